// SPDX-License-Identifier: Apache-2.0
//
// The server goes away, at the worst moments; nothing is missing and nothing
// doubled, and what could not be kept is counted exactly.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "cutting_proxy.h"
#include "fixture.h"
#include "outages.h"

namespace memmon::test {
namespace {

using store::Cause;
using store::StoreState;

class OutageTest : public StoreTest {
 protected:
  void TearDown() override { cluster().Start(); }  // for the next test
};

TEST_F(OutageTest, AMalformedConninfoIsRefused) {
  auto wrong = options();
  wrong.conninfo = "host=localhost nonsense";
  const auto status = store::OpenPostgresStore(wrong).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_NE(std::string(status.message()).find("nonsense"), std::string::npos) << status;
}

TEST_F(OutageTest, ACommitWhoseAnswerIsLostIsNotDoubled) {
  CuttingProxy proxy(cluster().socket_dir());
  auto through = options();
  through.conninfo = proxy.conninfo(database_);
  auto store = Open(through);
  proxy.Arm(CuttingProxy::Cut::kAfterServer, 3);
  const auto capture = MakeCapture();
  for (uint64_t i = 0; i < 30; ++i) store->Take(MakeBatch(capture, i % 2, i / 2 * 1'000, 1'000));
  Drain(*store);
  EXPECT_EQ(proxy.cuts(), 3);
  EXPECT_EQ(StoredCount(), 30'000u);
  EXPECT_EQ(store->status().counters.out, 30'000u);
}

TEST_F(OutageTest, ACommitThatNeverArrivesIsNotMissing) {
  CuttingProxy proxy(cluster().socket_dir());
  auto through = options();
  through.conninfo = proxy.conninfo(database_);
  auto store = Open(through);
  proxy.Arm(CuttingProxy::Cut::kBeforeServer, 3);
  store->Take(MakeBatch(MakeCapture(), 0, 0, 30'000));
  Drain(*store);
  EXPECT_EQ(proxy.cuts(), 3);
  EXPECT_EQ(StoredCount(), 30'000u);
}

class LoadTest : public OutageTest, public testing::WithParamInterface<Outage> {};

INSTANTIATE_TEST_SUITE_P(AServer, LoadTest, testing::ValuesIn(Outages()), NameOf);

TEST_P(LoadTest, ThatGoesInTheMiddleOfItLosesAndDoublesNothing) {
  constexpr uint64_t kBatches = 240;
  constexpr uint64_t kEvents = 1'000;
  auto store = Open();
  const auto capture = MakeCapture();
  ASSERT_TRUE(Eventually([&] { return store->status().state == StoreState::kConnected; }));
  // So slow that it goes in the middle of it even where this test is late.
  OnEachBatch("PERFORM pg_sleep(0.1);");
  std::jthread load([&] {
    for (uint64_t i = 0; i < kBatches; ++i) {
      store->Take(MakeBatch(capture, i % 4, i / 4 * kEvents, kEvents));
    }
  });
  for (const uint64_t stored : {20'000u, 100'000u}) {
    ASSERT_TRUE(Eventually([&] { return store->status().counters.out >= stored; }));
    GetParam().begin(cluster(), database_);
    EXPECT_LT(store->status().counters.out, kBatches * kEvents) << "too late to prove it";
    if (GetParam().lasts) {
      EXPECT_TRUE(Eventually([&] {
        return store->status().problem.find(GetParam().problem) != std::string::npos;
      })) << store->status().problem;
      EXPECT_EQ(store->status().state, StoreState::kDown);
      EXPECT_EQ(store->status().causes, std::vector{GetParam().cause});
      EXPECT_LT(store->status().counters.out, kBatches * kEvents);
    }
    GetParam().end(cluster(), database_);
  }
  load.join();
  Drain(*store);
  EXPECT_EQ(StoredCount(), kBatches * kEvents);
  EXPECT_EQ(Value("SELECT string_agg(cpu || ':' || first_sequence || '-' || last_sequence, ' '"
                  " ORDER BY cpu) FROM memmon.ingest_range"),
            "0:0-59999 1:0-59999 2:0-59999 3:0-59999");
  EXPECT_EQ(store->status().state, StoreState::kConnected);
  EXPECT_EQ(store->status().problem, "");
}

// The server lives, and answers as it does when its disk is full.
TEST_F(OutageTest, AServerWithoutRoomIsAskedUntilItHasSome) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 1'000));
  ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 1'000; }));
  OnEachBatch(
      "RAISE EXCEPTION 'could not extend file: No space left on device'"
      " USING ERRCODE = 'disk_full';");
  for (uint64_t i = 1; i < 30; ++i) store->Take(MakeBatch(capture, 0, i * 1'000, 1'000));
  ASSERT_TRUE(Eventually([&] {
    return store->status().problem.find("No space left on device") != std::string::npos;
  })) << store->status().problem;
  EXPECT_EQ(store->status().causes, std::vector{Cause::kDiskFull});
  EXPECT_EQ(store->status().counters.out, 1'000u);
  EXPECT_EQ(store->status().counters.dropped, 0u);
  OnEachBatch("");
  Drain(*store);
  EXPECT_EQ(StoredCount(), 30'000u);
  EXPECT_EQ(store->status().state, StoreState::kConnected);
  EXPECT_EQ(store->status().problem, "");
  EXPECT_TRUE(store->status().causes.empty());
}

// Far slower than events come: they wait, on disk too, and are stored once.
TEST_F(OutageTest, ASlowServerLosesAndDoublesNothing) {
  char directory[] = "/tmp/memmon-spool-XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  auto spooled = options();
  spooled.spool.emplace();
  spooled.spool->directory = directory;
  spooled.overdue = std::chrono::milliseconds(300);
  {
    auto store = Open(spooled);
    const auto capture = MakeCapture();
    store->Take(MakeBatch(capture, 0, 0, 1'000));
    ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 1'000; }));
    OnEachBatch("PERFORM pg_sleep(0.5);");
    for (uint64_t i = 1; i < 100; ++i) store->Take(MakeBatch(capture, 0, i * 1'000, 1'000));
    EXPECT_TRUE(Eventually([&] { return store->status().spool->in > 0; }));
    EXPECT_EQ(store->status().counters.dropped, 0u);
    Drain(*store);
    EXPECT_EQ(store->status().counters.out, 100'000u);
  }
  EXPECT_EQ(StoredCount(), 100'000u);
  EXPECT_EQ(Value("SELECT count(DISTINCT sequence) FROM memmon.event"), "100000");
  std::filesystem::remove_all(directory);
}

TEST_F(OutageTest, TheBoundIsKeptAndWhatIsRefusedIsCountedExactly) {
  cluster().Stop();
  auto bounded = options();
  bounded.queue_events = 1'000;
  auto store = Open(bounded);
  EXPECT_EQ(store->status().state, StoreState::kDown);
  const auto capture = MakeCapture();
  // Sub-streams 0 and 1 in turn, 100 events each: 1,000 fit, of both 500; the
  // eleventh batch is cut in none.
  for (uint64_t i = 0; i < 24; ++i) store->Take(MakeBatch(capture, i % 2, i / 2 * 100, 100));
  store->Take(MakeBatch(capture, 0, 1'200, 50));
  auto counters = store->status().counters;
  EXPECT_EQ(counters.in, 2'450u);
  EXPECT_EQ(counters.dropped, 1'450u);
  EXPECT_EQ(counters.waiting, 1'000u);
  EXPECT_EQ(counters.capacity, 1'000u);
  EXPECT_EQ(store->Drain(std::chrono::milliseconds(50)).code(),
            absl::StatusCode::kDeadlineExceeded);

  cluster().Start();
  Drain(*store);
  store->Take(MakeBatch(capture, 0, 1'250, 10));
  Drain(*store);
  counters = store->status().counters;
  EXPECT_EQ(counters.in, counters.out + counters.dropped);
  EXPECT_EQ(counters.out, 1'010u);
  EXPECT_EQ(StoredCount(), 1'010u);
  const auto losses =
      Rows("SELECT cpu, first_sequence, last_sequence, event_count FROM memmon.loss ORDER BY cpu");
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_EQ(losses[0], (store::Connection::Row{"0", "500", "1249", "750"}));
  EXPECT_EQ(losses[1], (store::Connection::Row{"1", "500", "1199", "700"}));
  // The ranges do not claim what was refused: a replay can bring it.
  store->Take(MakeBatch(capture, 0, 0, 1'260));
  Drain(*store);
  EXPECT_EQ(Value("SELECT count(*) FROM memmon.event WHERE cpu = 0"), "1010")
      << "the queue's bound lets 1,000 pass, of which 500 were there; 10 came before";
}

TEST_F(OutageTest, TheIdleWriterNoticesThatTheServerIsGone) {
  auto store = Open();
  ASSERT_EQ(store->status().state, StoreState::kConnected);
  cluster().Stop();
  EXPECT_TRUE(Eventually([&] { return store->status().state == StoreState::kDown; }));
  cluster().Start();
  EXPECT_TRUE(Eventually([&] { return store->status().state == StoreState::kConnected; }));
}

TEST_F(OutageTest, AnOldPageAsksAgainAfterARestartAndSaysWhenTheServerIsAway) {
  auto store = Open();
  store->Take(MakeBatch(MakeCapture(), 0, 0, 10));
  Drain(*store);
  ASSERT_TRUE(store->ListEvents({}).ok());
  cluster().Stop();
  const auto away = store->ListEvents({}).status();
  EXPECT_EQ(away.code(), absl::StatusCode::kUnavailable) << away;
  EXPECT_NE(std::string(away.message()).find("pg_isready"), std::string::npos) << away;
  cluster().Start();
  const auto page = store->ListEvents({});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->events.size(), 10u);
}

TEST_F(OutageTest, AForeignDatabaseFoundLaterIsTheStatusProblem) {
  Rows("CREATE TABLE payroll (salary integer)");
  cluster().Stop();
  auto store = Open();
  cluster().Start();
  EXPECT_TRUE(Eventually([&] {
    return store->status().problem.find("not memmon's") != std::string::npos;
  })) << store->status().problem;
  EXPECT_EQ(store->status().state, StoreState::kDown);
  EXPECT_EQ(store->status().causes, std::vector{Cause::kForeign});
  EXPECT_EQ(store->ListEvents({}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(OutageTest, ANewerSchemaFoundLaterIsTheStatusCause) {
  Open();
  Rows("UPDATE memmon.schema_migrations SET version = version + 100");
  cluster().Stop();
  auto store = Open();
  cluster().Start();
  EXPECT_TRUE(Eventually([&] {
    return store->status().causes == std::vector{Cause::kOtherVersion};
  })) << store->status().problem;
}

// What PostgreSQL answers to who wants to connect has a code, whatever its language.
TEST_F(OutageTest, WhyItIsNotLetInIsTheStatusCause) {
  std::string problem;
  const auto causes = [&](const std::string& more) {
    auto other = options();
    other.conninfo += more;
    auto store = Open(other);
    EXPECT_EQ(store->status().state, StoreState::kDown);
    problem = store->status().problem;
    EXPECT_EQ(problem.find("LOCATION"), std::string::npos) << problem;
    // Only where it may not run is there reason to look whether it does.
    EXPECT_EQ(problem.find("pg_isready") != std::string::npos,
              store->status().causes == std::vector{Cause::kUnreachable})
        << problem;
    // Who asks about the past is told the same.
    const auto asked = store->ListEvents({}).status();
    if (store->status().causes != std::vector{Cause::kReadOnly}) {
      EXPECT_TRUE(absl::IsUnavailable(asked)) << asked;
      EXPECT_EQ(std::vector{store::CauseOf(asked)}, store->status().causes) << asked;
      EXPECT_NE(asked.message().find(store::CureOf(store::CauseOf(asked))), std::string_view::npos)
          << asked;
    }
    return store->status().causes;
  };
  EXPECT_EQ(causes(" dbname=missing"), std::vector{Cause::kNoDatabase});
  EXPECT_NE(problem.find("createdb"), std::string::npos) << problem;
  EXPECT_EQ(causes(" user=nobody_of_this_name"), std::vector{Cause::kRefused});
  EXPECT_NE(problem.find("pg_hba.conf"), std::string::npos) << problem;
  EXPECT_EQ(causes(" host=/tmp/no-server-is-here"), std::vector{Cause::kUnreachable});
  cluster().Refuse(database_);
  EXPECT_EQ(causes(""), std::vector{Cause::kClosed});
  cluster().Admit(database_);
  EXPECT_EQ(causes(" options='-c default_transaction_read_only=on'"),
            std::vector{Cause::kReadOnly});
  Rows("CREATE ROLE outage_guest LOGIN");
  cluster().Stop();
  auto guest = options();
  guest.conninfo += " user=outage_guest";
  auto store = Open(guest);
  cluster().Start();
  EXPECT_TRUE(Eventually([&] {
    return store->status().causes == std::vector{Cause::kNoPrivilege};
  })) << store->status().problem;
}

TEST_F(OutageTest, TheStoreEndsAtOnceWhileTheServerDoesNotAnswer) {
  auto store = Open();
  // A lock that the writer waits for.
  auto connection = Connect();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 10));
  Drain(*store);
  ASSERT_TRUE(connection->Execute("BEGIN; LOCK TABLE memmon.event").ok());
  store->Take(MakeBatch(capture, 0, 10, 10));
  ASSERT_TRUE(
      Eventually([&] { return Value("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"; }));
  const auto began = std::chrono::steady_clock::now();
  store.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace memmon::test
