// SPDX-License-Identifier: Apache-2.0
//
// The server goes away and there is a spool: events wait on disk, outlive the
// store, and are stored once, in order; what found no room is written down.

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "cutting_proxy.h"
#include "fixture.h"
#include "outages.h"

namespace memmon::test {
namespace {

using std::chrono::milliseconds;
using store::StoreState;

class SpooledStoreTest : public StoreTest {
 protected:
  SpooledStoreTest() {
    char pattern[] = "/tmp/memmon-spool-XXXXXX";
    EXPECT_NE(mkdtemp(pattern), nullptr);
    directory_ = pattern;
  }
  ~SpooledStoreTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  void TearDown() override { cluster().Start(); }  // for the next test

  store::PostgresStoreOptions Spooled(uint64_t bytes = uint64_t{1} << 30) const {
    auto spooled = options();
    spooled.spool.emplace();
    spooled.spool->directory = directory_;
    spooled.spool->bytes = bytes;
    return spooled;
  }
  static void Load(store::Store& store, const std::shared_ptr<const model::Capture>& capture,
                   uint64_t first, uint64_t count) {
    // Four sub-streams in turn.
    for (uint64_t i = first; i < first + count; i += 1'000) {
      store.Take(MakeBatch(capture, i / 1'000 % 4, i / 4'000 * 1'000, 1'000));
    }
  }
  // Waits until memory is empty: everything is stored or on disk.
  static void DrainToDisk(store::Store& store) { Drain(store); }
  static bool UntilStored(store::Store& store, uint64_t count) {
    return Eventually([&] { return store.status().counters.out == count; });
  }
  std::string Ranges() {
    return Value(
        "SELECT string_agg(cpu || ':' || first_sequence || '-' || last_sequence, ' '"
        " ORDER BY cpu, first_sequence) FROM memmon.ingest_range");
  }
  // Numbers of rows and of losses together, having checked that no number is
  // both and none is neither.
  uint64_t StoredOrLost() {
    const auto rows = Rows(
        "WITH loss AS (SELECT cpu, generate_series(first_sequence, last_sequence) AS n"
        " FROM memmon.loss), told AS (SELECT cpu, sequence AS n FROM memmon.event"
        " UNION ALL SELECT cpu, n FROM loss)"
        " SELECT count(*), count(DISTINCT (cpu, n)), sum(last) FROM (SELECT cpu, n,"
        " CASE WHEN n = max(n) OVER (PARTITION BY cpu) THEN n + 1 ELSE 0 END AS last FROM told) t");
    EXPECT_EQ(rows[0][0], rows[0][1]) << "a number is told twice";
    EXPECT_EQ(rows[0][0], rows[0][2]) << "a number is missing";
    EXPECT_EQ(Value("SELECT coalesce(sum(last_sequence - first_sequence + 1 - event_count), 0)"
                    " FROM memmon.loss"),
              "0");
    return std::stoull(rows[0][0]);
  }
  bool DirectoryIsEmpty() const {
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      if (entry.path().filename() != "memmon-spool") return false;
    }
    return true;
  }

  std::string directory_;
};

TEST_F(SpooledStoreTest, WhileTheServerIsWellNothingTouchesTheDisk) {
  auto spooled = Spooled();
  std::atomic<int> writes = 0;
  spooled.spool->write = [&](int fd, const void* data, size_t size, off_t offset) {
    ++writes;
    return pwrite(fd, data, size, offset);
  };
  spooled.overdue = std::chrono::minutes(1);
  auto store = Open(spooled);
  Load(*store, MakeCapture(), 0, 100'000);
  Drain(*store);
  EXPECT_EQ(StoredCount(), 100'000u);
  EXPECT_EQ(writes, 0);
  EXPECT_TRUE(DirectoryIsEmpty());
}

TEST_F(SpooledStoreTest, AnOutageGoesToDiskAndIsStoredInOrderAfterIt) {
  auto store = Open(Spooled());
  const auto capture = MakeCapture();
  Load(*store, capture, 0, 20'000);
  Drain(*store);
  cluster().Kill();
  ASSERT_TRUE(Eventually([&] { return store->status().state == StoreState::kDown; }));
  Load(*store, capture, 20'000, 300'000);
  DrainToDisk(*store);
  auto status = store->status();
  ASSERT_TRUE(status.spool.has_value());
  EXPECT_GE(status.spool->waiting, 290'000u) << "but for what the writer holds";
  EXPECT_EQ(status.counters.waiting, 300'000u);
  EXPECT_EQ(status.counters.dropped, 0u);
  cluster().Start();
  // New ones go behind those on disk.
  Load(*store, capture, 320'000, 20'000);
  ASSERT_TRUE(UntilStored(*store, 340'000));
  EXPECT_EQ(StoredCount(), 340'000u);
  EXPECT_EQ(Ranges(), "0:0-84999 1:0-84999 2:0-84999 3:0-84999");
  status = store->status();
  EXPECT_EQ(status.spool->in, status.spool->out);
  EXPECT_EQ(status.counters.in, status.counters.out);
  EXPECT_TRUE(Eventually([&] { return DirectoryIsEmpty(); }));
}

class SpooledLoadTest : public SpooledStoreTest, public testing::WithParamInterface<Outage> {};

// By force, and refusing: how a server stops between these two is no matter of the spool's.
INSTANTIATE_TEST_SUITE_P(AServer, SpooledLoadTest,
                         testing::Values(Outages().front(), Outages().back()), NameOf);

TEST_P(SpooledLoadTest, ThatGoesAgainAndAgainLosesAndDoublesNothing) {
  constexpr uint64_t kEvents = 400'000;
  auto store = Open(Spooled());
  const auto capture = MakeCapture();
  ASSERT_TRUE(Eventually([&] { return store->status().state == StoreState::kConnected; }));
  // So slow that it goes in the middle of it even where this test is late.
  OnEachBatch("PERFORM pg_sleep(0.1);");
  std::jthread load([&] { Load(*store, capture, 0, kEvents); });
  for (const uint64_t stored : {20'000u, 100'000u, 200'000u}) {
    ASSERT_TRUE(Eventually([&] { return store->status().counters.out >= stored; }));
    GetParam().begin(cluster(), database_);
    EXPECT_LT(store->status().counters.out, kEvents) << "too late to prove it";
    if (GetParam().lasts) {
      EXPECT_TRUE(Eventually([&] { return store->status().state == StoreState::kDown; }));
      EXPECT_TRUE(Eventually([&] { return store->status().spool->in > 0; }));
      EXPECT_LT(store->status().counters.out, kEvents);
    }
    GetParam().end(cluster(), database_);
  }
  load.join();
  ASSERT_TRUE(UntilStored(*store, kEvents));
  EXPECT_EQ(StoredCount(), kEvents);
  EXPECT_EQ(Ranges(), "0:0-99999 1:0-99999 2:0-99999 3:0-99999");
}

TEST_F(SpooledStoreTest, ACommitWhoseAnswerIsLostIsNotDoubledByTheSpool) {
  CuttingProxy proxy(cluster().socket_dir());
  auto through = Spooled();
  through.conninfo = proxy.conninfo(database_);
  auto store = Open(through);
  const auto capture = MakeCapture();
  for (const auto cut : {CuttingProxy::Cut::kAfterServer, CuttingProxy::Cut::kBeforeServer}) {
    proxy.Arm(cut, 3);
    Load(*store, capture, cut == CuttingProxy::Cut::kAfterServer ? 0 : 40'000, 40'000);
    ASSERT_TRUE(UntilStored(*store, cut == CuttingProxy::Cut::kAfterServer ? 40'000 : 80'000));
  }
  EXPECT_EQ(proxy.cuts(), 6);
  EXPECT_GT(store->status().spool->in, 0u);
  EXPECT_EQ(StoredCount(), 80'000u);
}

TEST_F(SpooledStoreTest, WhatAStoreLeavesTheNextOneStores) {
  const auto capture = MakeCapture();
  cluster().Stop();
  {
    auto store = Open(Spooled());
    Load(*store, capture, 0, 50'000);
    DrainToDisk(*store);
  }
  {
    auto store = Open(Spooled());
    EXPECT_EQ(store->status().counters.waiting, 50'000u);
    Load(*store, capture, 50'000, 30'000);
    DrainToDisk(*store);
  }
  cluster().Start();
  auto store = Open(Spooled());
  ASSERT_TRUE(UntilStored(*store, 80'000));
  EXPECT_EQ(StoredCount(), 80'000u);
  // Once more, as if it had been killed before it knew: nothing is doubled.
  Load(*store, capture, 0, 80'000);
  Drain(*store);
  EXPECT_EQ(StoredCount(), 80'000u);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.process"), "7");
}

TEST_F(SpooledStoreTest, AServerThatHangsDoesNotKeepEventsInMemory) {
  const auto capture = MakeCapture();
  auto hanging = Spooled();
  hanging.overdue = milliseconds(200);
  auto store = Open(hanging);
  Load(*store, capture, 0, 10'000);
  Drain(*store);
  auto connection = Connect();
  ASSERT_TRUE(connection->Execute("BEGIN; LOCK TABLE memmon.event").ok());
  Load(*store, capture, 10'000, 50'000);
  DrainToDisk(*store);
  EXPECT_EQ(store->status().state, StoreState::kConnected);
  const auto stored = connection->QueryLast("SELECT count(*) FROM memmon.event");
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ((*stored)[0][0], "10000");
  // It ends while it hangs; what it had in hand is on disk, too.
  store.reset();
  ASSERT_TRUE(connection->Execute("ROLLBACK").ok());
  store = Open(Spooled());
  ASSERT_TRUE(Eventually([&] { return store->status().counters.waiting == 0; }));
  EXPECT_EQ(StoredCount(), 60'000u);
}

TEST_F(SpooledStoreTest, AFullSpoolLosesTheOldestAndWritesItDown) {
  cluster().Stop();
  auto store = Open(Spooled(16 << 20));
  Load(*store, MakeCapture(), 0, 300'000);
  DrainToDisk(*store);
  const auto down = store->status();
  EXPECT_GT(down.spool->dropped, 0u);
  EXPECT_EQ(down.counters.dropped, down.spool->dropped);
  cluster().Start();
  ASSERT_TRUE(Eventually([&] { return store->status().counters.waiting == 0; }));
  Drain(*store);
  ASSERT_TRUE(Eventually([&] { return !Rows("SELECT FROM memmon.loss").empty(); }));
  EXPECT_EQ(StoredCount(), 300'000 - down.spool->dropped);
  EXPECT_EQ(StoredOrLost(), 300'000u);
  EXPECT_EQ(Value("SELECT DISTINCT reason FROM memmon.loss"), "spool full");
  EXPECT_EQ(Value("SELECT min(first_sequence) FROM memmon.loss"), "0");
  // The ranges do not claim what is lost: a replay brings it. All of it waits in
  // memory: a server that is slow then fills no spool once more.
  store = Open();
  Load(*store, MakeCapture(), 0, 300'000);
  ASSERT_TRUE(UntilStored(*store, 300'000));
  EXPECT_EQ(StoredCount(), 300'000u);
}

TEST_F(SpooledStoreTest, AFullSpoolRefusesTheNewestWhereThatIsAskedFor) {
  cluster().Stop();
  auto newest = Spooled(16 << 20);
  newest.spool->when_full = store::SpoolFull::kDropNewest;
  {
    auto store = Open(newest);
    Load(*store, MakeCapture(), 0, 300'000);
    DrainToDisk(*store);
    EXPECT_GT(store->status().spool->dropped, 0u);
  }
  // The next one knows of the loss, too.
  cluster().Start();
  auto store = Open(newest);
  ASSERT_TRUE(Eventually([&] { return store->status().counters.waiting == 0; }));
  ASSERT_TRUE(Eventually([&] { return !Rows("SELECT FROM memmon.loss").empty(); }));
  EXPECT_EQ(StoredOrLost(), 300'000u);
  EXPECT_EQ(Value("SELECT min(sequence) FROM memmon.event"), "0");
  EXPECT_EQ(Value("SELECT DISTINCT reason FROM memmon.loss"), "spool full");
}

TEST_F(SpooledStoreTest, WithoutRoomOnDiskEventsWaitInMemoryAndItIsSaid) {
  cluster().Stop();
  auto full = Spooled();
  std::atomic<bool> room = false;
  full.spool->write = [&](int fd, const void* data, size_t size, off_t offset) -> ssize_t {
    if (room) return pwrite(fd, data, size, offset);
    errno = ENOSPC;
    return -1;
  };
  auto store = Open(full);
  const auto capture = MakeCapture();
  Load(*store, capture, 0, 20'000);
  ASSERT_TRUE(Eventually([&] {
    return store->status().problem.find("--spool-bytes") != std::string::npos;
  })) << store->status().problem;
  EXPECT_EQ(store->status().causes,
            (std::vector{store::Cause::kUnreachable, store::Cause::kSpoolFull}));
  EXPECT_EQ(store->status().counters.waiting, 20'000u);
  EXPECT_EQ(store->status().spool->in, 0u);
  EXPECT_EQ(store->Drain(milliseconds(50)).code(), absl::StatusCode::kDeadlineExceeded);
  // Room again: it goes to disk.
  room = true;
  DrainToDisk(*store);
  EXPECT_EQ(store->status().problem.find("--spool-bytes"), std::string::npos);
  EXPECT_EQ(store->status().spool->waiting, 20'000u);
  // None again, and the server is back: out of both, in order.
  room = false;
  Load(*store, capture, 20'000, 20'000);
  cluster().Start();
  ASSERT_TRUE(UntilStored(*store, 40'000));
  EXPECT_EQ(StoredCount(), 40'000u);
  EXPECT_EQ(Ranges(), "0:0-9999 1:0-9999 2:0-9999 3:0-9999");
}

TEST_F(SpooledStoreTest, WithoutRoomOnDiskAndAServerThatHangsItIsSaidAndForgotten) {
  auto full = Spooled();
  full.overdue = milliseconds(200);
  full.spool->write = [](int, const void*, size_t, off_t) -> ssize_t {
    errno = ENOSPC;
    return -1;
  };
  auto store = Open(full);
  const auto capture = MakeCapture();
  Load(*store, capture, 0, 10'000);
  ASSERT_TRUE(UntilStored(*store, 10'000));
  auto connection = Connect();
  ASSERT_TRUE(connection->Execute("BEGIN; LOCK TABLE memmon.event").ok());
  Load(*store, capture, 10'000, 20'000);
  ASSERT_TRUE(Eventually([&] {
    return store->status().problem.find("--spool-bytes") != std::string::npos;
  })) << store->status().problem;
  EXPECT_EQ(store->status().state, StoreState::kConnected);
  // It goes on, and needs no spool.
  ASSERT_TRUE(connection->Execute("ROLLBACK").ok());
  ASSERT_TRUE(UntilStored(*store, 30'000));
  EXPECT_TRUE(Eventually([&] { return store->status().problem.empty(); }))
      << store->status().problem;
  EXPECT_EQ(StoredCount(), 30'000u);
}

TEST_F(SpooledStoreTest, ADirectoryThatCannotBeUsedIsRefused) {
  auto first = Open(Spooled());
  const auto second = store::OpenPostgresStore(Spooled()).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(second.message()).find("--spool-dir"), std::string::npos) << second;
}

}  // namespace
}  // namespace memmon::test
