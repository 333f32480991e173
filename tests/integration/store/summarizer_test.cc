// SPDX-License-Identifier: Apache-2.0
//
// What is read for a moment of the newest events, while PostgreSQL itself sums up nothing.

#include "store/summarizer.h"

#include <gtest/gtest.h>

#include <string>

#include "fixture.h"

namespace memmon::test {
namespace {

constexpr uint64_t kEvents = 120'000;

class SummarizerTest : public StoreTest {
 protected:
  SummarizerTest() { SetAutovacuum("off"); }
  ~SummarizerTest() override { SetAutovacuum("on"); }

  void SetAutovacuum(const std::string& value) {
    Rows("ALTER SYSTEM SET autovacuum = " + value);
    Rows("SELECT pg_reload_conf()");
    EXPECT_TRUE(Eventually([&] { return Value("SHOW autovacuum") == value; }));
  }
  // Pages that a search for the newest millisecond looks through by what BRIN has summed up; 0: it
  // reads all without.
  uint64_t PagesRead() {
    const auto plan = Connect()->QueryLast(
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT FROM memmon.event WHERE event_time > '" +
        Value("SELECT max(last_event_time) - interval '1 ms' FROM memmon.capture") + "'");
    EXPECT_TRUE(plan.ok()) << plan.status();
    const std::string key = "lossy=";
    uint64_t pages = 0;
    for (const auto& row : *plan) {
      const size_t at = row[0].find(key);
      if (at != std::string::npos) pages += std::stoull(row[0].substr(at + key.size()));
    }
    return pages;
  }
  // But for less than half of them.
  bool IsSummedUp() {
    const uint64_t read = PagesRead();
    return read > 0 && read <= Pages() / 2;
  }
  uint64_t Pages() {
    return std::stoull(
        Value("SELECT sum(pg_relation_size(relid)) / 8192 FROM pg_partition_tree('memmon.event')"));
  }
};

TEST_F(SummarizerTest, TheNewestEventsAreFoundWithoutAMinutesOthers) {
  auto store = Open();
  const auto capture = MakeCapture();
  for (uint64_t from = 0; from < kEvents; from += 10'000) {
    store->Take(MakeBatch(capture, 0, from, 10'000));
  }
  Drain(*store);
  EXPECT_TRUE(Eventually([&] { return IsSummedUp(); })) << PagesRead() << " pages of " << Pages();
}

TEST_F(SummarizerTest, WaitsForNobodyWhoWorksOnTheTable) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 10'000));
  Drain(*store);
  const std::string day = "date '2026-11-22'";
  // As a vacuum does.
  auto vacuum = Connect();
  const std::string table = Value(
      "SELECT relid FROM pg_partition_tree('memmon.event') WHERE isleaf AND relid::text LIKE"
      " '%20261122'");
  ASSERT_TRUE(
      vacuum->Execute("BEGIN; LOCK TABLE " + table + " IN SHARE UPDATE EXCLUSIVE MODE").ok());
  EXPECT_EQ(Value("SELECT memmon.summarize_events(" + day + ")"), "0");
  // Who writes is not kept waiting by either.
  store->Take(MakeBatch(capture, 0, 10'000, kEvents));
  Drain(*store);
  EXPECT_EQ(StoredCount(), kEvents + 10'000);
  ASSERT_TRUE(vacuum->Execute("COMMIT").ok());
  // Unless memmond has just done it; or is just doing it, and has the lock.
  EXPECT_TRUE(Eventually([&] {
    Value("SELECT memmon.summarize_events(" + day + ")");
    return IsSummedUp();
  })) << PagesRead()
      << " pages of " << Pages();
  EXPECT_EQ(Value("SELECT memmon.summarize_events(date '2001-01-01')"), "0");
}

}  // namespace
}  // namespace memmon::test
