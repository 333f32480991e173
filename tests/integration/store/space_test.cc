// SPDX-License-Identifier: Apache-2.0
//
// The store keeps to its space: partitions ahead, days that go, books that
// stay as long as they are needed, and what is left out on purpose.

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "fixture.h"

namespace memmon::test {
namespace {

constexpr int64_t kNsPerDay = 86'400'000'000'000;

class SpaceTest : public StoreTest {
 protected:
  // Its day is one and the same: a test does not begin where it could outlive it.
  SpaceTest() {
    const auto tomorrow = std::chrono::ceil<std::chrono::days>(Clock::now());
    if (tomorrow - Clock::now() < std::chrono::minutes(3)) std::this_thread::sleep_until(tomorrow);
    today_ = std::chrono::floor<std::chrono::days>(Clock::now()).time_since_epoch().count();
  }
  // Whose events are of the morning so many days ago (UTC).
  std::shared_ptr<const model::Capture> DaysAgo(int days) const {
    return MakeCapture(days + 1, 1'000, (today_ - days) * kNsPerDay + 3'600'000'000'000);
  }
  // As partitions are named.
  std::string Name(const std::string& table, int days_ago) {
    return Value("SELECT '" + table + "_' || to_char(date '1970-01-01' + " +
                 std::to_string(today_ - days_ago) + ", 'YYYYMMDD')");
  }
  bool HasDay(const std::string& table, int days_ago) {
    return Value("SELECT to_regclass('memmon." + Name(table, days_ago) + "') IS NOT NULL") == "t";
  }
  uint64_t Count(const std::string& from) {
    return std::stoull(Value("SELECT count(*) FROM memmon." + from));
  }
  std::string Calls() {
    return Value(
        "SELECT coalesce(sum(mmap_count + munmap_count + failed_count), 0)"
        " FROM memmon.process_minute");
  }
  // Looks at its space all the time.
  store::PostgresStoreOptions Busy(store::SpaceLimits limits) const {
    auto busy = options();
    busy.limits = limits;
    busy.housekeeping_interval = std::chrono::milliseconds(20);
    return busy;
  }
  void Store(const model::SharedBatch& batch) { Store(options(), batch); }
  void Store(const store::PostgresStoreOptions& options, const model::SharedBatch& batch) {
    auto store = Open(options);
    store->Take(batch);
    Drain(*store);
  }

  int64_t today_ = 0;  // UTC, since 1970

 private:
  using Clock = std::chrono::system_clock;
};

TEST_F(SpaceTest, PartitionsAreThereBeforeTheirDay) {
  auto store = Open(Busy({}));
  for (const char* table : {"event", "process_minute"}) {
    EXPECT_TRUE(Eventually([&] { return HasDay(table, -3); })) << table;
    EXPECT_TRUE(HasDay(table, 0));
  }
}

TEST_F(SpaceTest, DaysThatAreTooOldGoAndTheRollupsOutliveThem) {
  for (const int days : {10, 3, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 10}));
  ASSERT_TRUE(Eventually([&] { return !HasDay("event", 10); }));
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
  EXPECT_EQ(Count("event"), 200u);
  EXPECT_EQ(Calls(), "300");
  ASSERT_TRUE(Eventually([&] {
    return store->status().space.oldest_event_unix_ns == DaysAgo(3)->realtime_offset_ns;
  }));
  EXPECT_EQ(store->status().space.oldest_rollup_unix_ns, DaysAgo(10)->realtime_offset_ns);

  store = Open(Busy({.keep_days = 5, .keep_rollup_days = 9}));
  ASSERT_TRUE(Eventually([&] { return !HasDay("process_minute", 10); }));
  EXPECT_EQ(Calls(), "200");
  EXPECT_EQ(Count("event"), 200u);
}

// PostgreSQL's clock leaps ahead, or that of who recorded was behind: what was stored last stays.
TEST_F(SpaceTest, DaysAreTooOldBesideTheNewestEvent) {
  for (const int days : {30, 20}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 5}));
  ASSERT_TRUE(Eventually([&] { return !HasDay("event", 30) && !HasDay("process_minute", 30); }));
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
  EXPECT_EQ(Count("event"), 100u);
  EXPECT_EQ(Calls(), "100");
  store->Take(MakeBatch(DaysAgo(0), 0, 0, 100));
  EXPECT_TRUE(Eventually([&] { return !HasDay("event", 20); }));
}

// Its clock leapt, and events of the wrong time were stored; then memmond was started anew.
TEST_F(SpaceTest, ALeapIsNotBelievedBecauseMemmondBeganAfterIt) {
  for (const int days : {30, 31}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  ASSERT_TRUE(Connect()
                  ->Execute("INSERT INTO memmon.believed_day (day) VALUES (date '1970-01-01' + " +
                            std::to_string(today_ - 30) +
                            ") ON CONFLICT (only_one) DO UPDATE SET day = excluded.day")
                  .ok());
  for (const store::SpaceLimits& limits :
       {store::SpaceLimits{.keep_days = 5, .keep_rollup_days = 5}, {.keep_bytes = 1}}) {
    auto store = Open(Busy(limits));
    store->Take(MakeBatch(DaysAgo(0), 0, 0, 100));
    Drain(*store);
    ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
    EXPECT_TRUE(HasDay("event", 30));
    EXPECT_TRUE(HasDay("process_minute", 30));
  }
  EXPECT_EQ(Value("SELECT day FROM memmon.believed_day"),
            Value("SELECT date '1970-01-01' + " + std::to_string(today_ - 30)));
}

TEST_F(SpaceTest, ALeapIsNotBelievedSoonerWhereSeveralMemmondsLook) {
  Open(options());
  ASSERT_TRUE(Connect()
                  ->Execute("INSERT INTO memmon.believed_day (day) VALUES (date '1970-01-01' + " +
                            std::to_string(today_ - 30) +
                            ") ON CONFLICT (only_one) DO UPDATE SET day = excluded.day,"
                            " stood_seconds = 0, looked_at = now()")
                  .ok());
  auto often = options();
  often.housekeeping_interval = std::chrono::milliseconds(1'000);  // seconds are counted
  auto store = Open(often);
  const auto stood = [&] {
    return std::stoll(Value("SELECT stood_seconds FROM memmon.believed_day"));
  };
  ASSERT_TRUE(Eventually([&] { return stood() > 0; }));
  // As if another one always were the last that looked.
  Rows("UPDATE memmon.believed_day SET stood_seconds = 0, looked_at = now() + interval '1 h'");
  // A round that may have begun before, and one after it.
  const uint64_t size = store->status().space.size_bytes;
  Rows("CREATE TABLE memmon.filler AS SELECT generate_series(1, 100000)");
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > size; }));
  const uint64_t filled = store->status().space.size_bytes;
  Rows("DROP TABLE memmon.filler");
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes < filled; }));
  EXPECT_EQ(stood(), 0);
  // It has gone.
  Rows("UPDATE memmon.believed_day SET looked_at = now()");
  EXPECT_TRUE(Eventually([&] { return stood() > 0; }));
}

TEST_F(SpaceTest, ADayIsBelievedByWhoBeginsAnewToo) {
  auto store = Open(Busy({}));
  EXPECT_TRUE(Eventually([&] {
    return Value(
               "SELECT count(*) FROM memmon.believed_day WHERE day = (now() AT TIME ZONE"
               " 'UTC')::date") == "1";
  }));
}

// As where the disk is full: room is made nevertheless.
TEST_F(SpaceTest, DaysGoAlthoughHoursCannotBeAddedUp) {
  for (const int days : {10, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  ASSERT_TRUE(Connect()
                  ->Execute("CREATE OR REPLACE FUNCTION memmon.roll_up_next() RETURNS timestamptz "
                            "LANGUAGE plpgsql AS"
                            " $$ BEGIN RAISE disk_full; END $$")
                  .ok());
  auto store = Open(Busy({.keep_days = 5}));
  EXPECT_TRUE(Eventually([&] { return !HasDay("event", 10); }));
}

// Hours and days outlive the minutes they were added up from; with them go the
// books, and the processes that only they tell of.
TEST_F(SpaceTest, HoursOutliveTheMinutesAndTakeTheBooksWithThem) {
  for (const int days : {10, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  const std::string calls = "SELECT coalesce(sum(mmap_count + munmap_count), 0) FROM memmon.";
  {
    auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 5, .keep_coarse_days = 10}));
    ASSERT_TRUE(Eventually([&] { return !HasDay("process_minute", 10); }));
    ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
    EXPECT_EQ(Calls(), "100");
    for (const char* table : {"process_hour", "process_day"}) {
      EXPECT_EQ(Value(calls + table + " WHERE capture_row = 1"), "100") << table;
    }
    EXPECT_EQ(Count("capture"), 2u);
    // Who asked for most on that day is known by hours.
    const int64_t start = DaysAgo(10)->realtime_offset_ns;
    auto requested = store->GetRequested({start, start + kNsPerDay, 10});
    ASSERT_TRUE(requested.ok()) << requested.status();
    EXPECT_EQ(requested->process_count, 7u);
    EXPECT_EQ(requested->total_bytes, 10u * (1 + 2 + 3 + 4 + 5) * 4'096);
  }
  // Never earlier than the minutes.
  auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 9, .keep_coarse_days = 1}));
  ASSERT_TRUE(Eventually([&] { return Count("capture") == 1; }));
  for (const char* old : {"process_hour WHERE hour", "process_day WHERE day",
                          "host_hour WHERE hour", "host_day WHERE day"}) {
    EXPECT_EQ(Count(std::string(old) + " < now() - interval '5 days'"), 0u) << old;
  }
  EXPECT_EQ(Count("minutes_gone"), 1u);  // of the empty day after
}

TEST_F(SpaceTest, WithoutLimitsNothingGoes) {
  Store(MakeBatch(DaysAgo(5'000), 0, 0, 100));
  auto store = Open(Busy({}));
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
  EXPECT_EQ(Count("event"), 100u);
  EXPECT_FALSE(store->status().space.full);
}

TEST_F(SpaceTest, TheOldestDaysGoFirstWhereTheTablesAreTooLarge) {
  for (const int days : {3, 2, 1, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 20'000));
  const uint64_t day =
      std::stoull(Value("SELECT pg_total_relation_size('memmon." + Name("event", 3) + "')"));
  uint64_t all = 0;
  {
    auto store = Open(Busy({}));
    ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes > 4 * day; }));
    all = store->status().space.size_bytes;
  }
  auto store = Open(Busy({.keep_bytes = all - day / 2}));
  ASSERT_TRUE(Eventually([&] { return !HasDay("event", 3); }));
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes <= all - day / 2; }));
  EXPECT_EQ(Count("event"), 60'000u);
  EXPECT_TRUE(HasDay("process_minute", 3));
  EXPECT_FALSE(store->status().space.full);
  EXPECT_EQ(store->status().problem, "");
}

// However many minutes there are: events are stored on, in half of the space.
TEST_F(SpaceTest, MinutesLeaveHalfOfTheSpaceToTheEvents) {
  for (const int days : {2, 1, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 1'000));
  // Hours of the minutes to come would take as much again.
  while (Value("SELECT memmon.roll_up_next() IS NULL") != "t") continue;
  const auto more_minutes = [&](int days_ago, int rows) {
    const std::string table = "memmon." + Name("process_minute", days_ago);
    const std::string made =
        Value("WITH made AS (INSERT INTO " + table +
              " SELECT (jsonb_populate_record(m, jsonb_build_object('tgid', n))).* FROM " + table +
              " m, generate_series(100001, " + std::to_string(100'000 + rows) +
              ") n WHERE m.ctid = '(0,1)' RETURNING 1) SELECT count(*) FROM made");
    ASSERT_EQ(made, std::to_string(rows));
  };
  more_minutes(2, 20'000);
  more_minutes(1, 5'000);
  const uint64_t large = std::stoull(
      Value("SELECT pg_total_relation_size('memmon." + Name("process_minute", 2) + "')"));
  // Less than all of it; more than what is left without the oldest day of minutes.
  auto store = Open(Busy({.keep_bytes = large}));
  ASSERT_TRUE(Eventually([&] { return !HasDay("process_minute", 2); }));
  ASSERT_TRUE(Eventually([&] { return store->status().space.size_bytes < large; }));
  EXPECT_TRUE(HasDay("process_minute", 1));
  EXPECT_TRUE(HasDay("event", 2));
  EXPECT_FALSE(store->status().space.full);
  store->Take(MakeBatch(DaysAgo(0), 0, 1'000, 500));
  Drain(*store);
  EXPECT_EQ(Count("event"), 3'500u);
}

// A day that alone is too large stays, and grows no more.
TEST_F(SpaceTest, TodayStaysAndWhatFindsNoRoomIsInTheRollups) {
  const auto today = DaysAgo(0);
  Store(MakeBatch(DaysAgo(1), 0, 0, 1'000));
  Store(MakeBatch(today, 0, 0, 1'000));
  {
    auto store = Open(Busy({.keep_bytes = 100'000}));
    ASSERT_TRUE(Eventually([&] { return store->status().space.full; }));
    EXPECT_EQ(store->status().state, store::StoreState::kConnected);
    EXPECT_NE(store->status().problem.find("--keep-bytes"), std::string::npos);
    EXPECT_EQ(store->status().causes, std::vector{store::Cause::kTablesFull});
    EXPECT_FALSE(HasDay("event", 1));
    store->Take(MakeBatch(today, 0, 1'000, 500));
    Drain(*store);
    EXPECT_EQ(store->status().counters.out, 500u);
    EXPECT_EQ(store->status().counters.dropped, 0u);
    EXPECT_EQ(Count("event"), 1'000u);
    EXPECT_EQ(Count("loss"), 0u);
    EXPECT_EQ(Value("SELECT sum(mmap_count + munmap_count) FROM memmon.process_minute WHERE minute"
                    " >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"),
              "1500");
    EXPECT_EQ(Rows("SELECT first_sequence, last_sequence, left_out_count FROM memmon.ingest_range"
                   " ORDER BY last_sequence DESC")[0],
              (store::Connection::Row{"0", "1499", "500"}));
  }
  // With more room events are stored again; those left out were not lost, and
  // are not stored now.
  auto store = Open(Busy({.keep_bytes = uint64_t{1} << 40}));
  store->Take(MakeBatch(today, 0, 0, 2'000));
  Drain(*store);
  EXPECT_EQ(Count("event"), 1'500u);
  EXPECT_FALSE(store->status().space.full);
}

// Somebody reads for long, such as a backup: the day that is to go waits, and
// nobody else does.
TEST_F(SpaceTest, ALongReaderMakesNoWriterWait) {
  for (const int days : {10, 0}) Store(MakeBatch(DaysAgo(days), 0, 0, 100));
  auto reader = Connect();
  ASSERT_TRUE(reader->Execute("BEGIN; SELECT count(*) FROM memmon.event").ok());
  auto store = Open(Busy({.keep_days = 5}));
  // How long somebody has been asking for its lock, ms; 0: nobody asks.
  const auto asking_ms = [&] {
    return std::stod(
        Value("SELECT coalesce(1000 * extract(epoch FROM max(clock_timestamp() - waitstart)), 0)"
              " FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"));
  };
  // 50 ms, and what a busy machine adds.
  double longest_ms = 0;
  for (int request = 0; request < 5; ++request) {
    ASSERT_TRUE(Eventually([&] { return asking_ms() > 0; }));
    double before_ms = 0;
    ASSERT_TRUE(Eventually([&] {
      const double now_ms = asking_ms();
      longest_ms = std::max(longest_ms, now_ms);
      return now_ms < std::exchange(before_ms, now_ms);
    }));
  }
  EXPECT_LT(longest_ms, 500);
  for (uint64_t first = 0; first < 500; first += 100) {
    // It asks for its lock, in vain.
    ASSERT_TRUE(Eventually([&] { return asking_ms() > 0; }));
    const auto began = std::chrono::steady_clock::now();
    store->Take(MakeBatch(DaysAgo(0), 0, first, 100));
    Drain(*store);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  }
  EXPECT_EQ(Count("event"), 600u);
  EXPECT_TRUE(HasDay("event", 10));
  ASSERT_TRUE(reader->Execute("COMMIT").ok());
  EXPECT_TRUE(Eventually([&] { return !HasDay("event", 10); }));
}

TEST_F(SpaceTest, BooksStayAsLongAsAnythingTheyAreOf) {
  const auto old = DaysAgo(10);
  auto batch = std::make_shared<model::Batch>(*MakeBatch(old, 0, 0, 100));
  batch->events.back().kind = model::EventKind::kExit;
  Store(batch);
  // Time goes on, elsewhere.
  auto other = options();
  other.machine_id = "another";
  Store(other, MakeBatch(DaysAgo(0), 0, 0, 1));
  const auto ours = [&](const std::string& table) { return Count(table + " WHERE host_id = 1"); };
  {
    auto store = Open(Busy({.keep_days = 5}));
    ASSERT_TRUE(Eventually([&] { return !HasDay("event", 10); }));
    // A spool comes late: the rollups have it already.
    store->Take(batch);
    Drain(*store);
    EXPECT_EQ(ours("event"), 0u);
    EXPECT_EQ(Calls(), "100");
    EXPECT_EQ(ours("process"), 7u);
  }
  auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 5, .keep_coarse_days = 5}));
  ASSERT_TRUE(Eventually([&] { return ours("ingest_range") == 0; }));
  EXPECT_TRUE(Eventually([&] { return ours("capture") + ours("process") == 0; }));
  // Later still, it is new; and too old, so it goes again, with its books.
  store->Take(batch);
  Drain(*store);
  EXPECT_TRUE(Eventually(
      [&] { return ours("event") + ours("process_minute") + ours("ingest_range") == 0; }));
}

TEST_F(SpaceTest, ALivingCaptureIsNotForgotten) {
  const auto today = DaysAgo(0);
  Store(MakeBatch(DaysAgo(10), 0, 0, 100));
  Store(MakeBatch(today, 0, 0, 100));
  auto store = Open(Busy({.keep_days = 5, .keep_rollup_days = 5, .keep_coarse_days = 5}));
  ASSERT_TRUE(Eventually([&] { return Count("capture") == 1; }));
  store->Take(MakeBatch(today, 0, 0, 200));
  Drain(*store);
  EXPECT_EQ(StoredCount(), 200u);
  EXPECT_EQ(Count("process"), 7u);
}

TEST_F(SpaceTest, AFilterLeavesOutEventsAndTheRollupsCountAll) {
  auto filtered = options();
  filtered.keep = {store::KeepMode::kFiltered, {.min_length_bytes = 3 * 4'096}};
  auto batch = std::make_shared<model::Batch>(*MakeBatch(DaysAgo(0), 2, 0, 100));
  batch->events[50].kind = model::EventKind::kLost;
  batch->events[50].lost_count = 1;
  Store(filtered, batch);
  // Lengths of 1 to 5 pages in turn, and the loss.
  EXPECT_EQ(Count("event WHERE length_bytes >= 12288 OR kind = 2"), 61u);
  EXPECT_EQ(Count("event"), 61u);
  EXPECT_EQ(Calls(), "99");
  EXPECT_EQ(
      Rows("SELECT first_sequence, last_sequence, left_out_count FROM memmon.ingest_range")[0],
      (store::Connection::Row{"0", "99", "39"}));
  // Offered again, whatever is wanted then.
  Store(batch);
  EXPECT_EQ(Count("event"), 61u);
  EXPECT_EQ(Calls(), "99");
  EXPECT_EQ(Value("SELECT sum(left_out_count) FROM memmon.ingest_range"), "39");
}

TEST_F(SpaceTest, RollupsAloneKeepNoEventButLosses) {
  auto rollups = options();
  rollups.keep = {store::KeepMode::kRollups};
  auto batch = std::make_shared<model::Batch>(*MakeBatch(DaysAgo(0), 0, 0, 100));
  batch->events[50].kind = model::EventKind::kLost;
  batch->events[50].lost_count = 1;
  auto store = Open(rollups);
  store->Take(batch);
  Drain(*store);
  EXPECT_EQ(store->status().counters.out, 100u);
  EXPECT_EQ(Count("event"), 1u);
  EXPECT_EQ(Count("event WHERE kind = 2"), 1u);
  EXPECT_EQ(Calls(), "99");
  EXPECT_EQ(Count("process"), 7u);
  EXPECT_EQ(Value("SELECT left_out_count FROM memmon.ingest_range"), "99");
}

}  // namespace
}  // namespace memmon::test
