// SPDX-License-Identifier: Apache-2.0
//
// Questions of a database that does not answer: while memmond stops, and while the server stands
// still.

#include "store/query_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "cutting_proxy.h"
#include "fixture.h"
#include "store/cause.h"
#include "store/conninfo.h"
#include "store/transaction.h"

namespace memmon::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

absl::Status Nothing(store::Transaction* work) {
  work->Exec("SELECT 1");
  return absl::OkStatus();
}

class QueryPoolTest : public StoreTest {
 protected:
  // What the pool says while nothing of the server moves; OK where it says nothing for long.
  static absl::Status AskFrozen(store::QueryPool* pool) {
    std::future<absl::Status> answer;
    // Ends first: what waits for the server then has its answer.
    const PrivateCluster::Frozen frozen(cluster());
    answer = std::async(std::launch::async, [pool] { return pool->Ask(Nothing); });
    if (answer.wait_for(seconds(20)) != std::future_status::ready) return absl::OkStatus();
    return answer.get();
  }
  std::string Conninfo(const std::string& more = "") const {
    return *store::CompleteConninfo(options().conninfo + more);
  }
};

TEST_F(QueryPoolTest, EndsWhatIsBeingAsked) {
  const auto conninfo = store::CompleteConninfo(options().conninfo);
  ASSERT_TRUE(conninfo.ok()) << conninfo.status();
  // A server that slept on would say DEADLINE_EXCEEDED in the end.
  store::QueryPool pool(*conninfo, seconds(30));
  std::promise<void> asked;
  auto answer = std::async(std::launch::async, [&] {
    bool first = true;
    return pool.Ask([&](store::Transaction* work) {
      if (std::exchange(first, false)) asked.set_value();
      work->Exec("SELECT pg_sleep(600)");
      return absl::OkStatus();
    });
  });
  asked.get_future().wait();
  pool.End();
  EXPECT_TRUE(absl::IsUnavailable(answer.get()));
  const auto later = pool.Ask([](store::Transaction*) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsUnavailable(later)) << later;
  EXPECT_EQ(later.message(), "memmond is stopping");
}

TEST_F(QueryPoolTest, DoesNotWaitForAServerThatStandsStill) {
  store::QueryPool pool(Conninfo(), milliseconds(2'000));
  ASSERT_TRUE(pool.Ask(Nothing).ok());  // a connection lies idle
  const absl::Status status = AskFrozen(&pool);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(store::CauseOf(status), store::Cause::kUnreachable);
  EXPECT_EQ(status.message(),
            "the database stands still: 3000 ms went by without an answer, though it ends by "
            "itself what takes longer than 2000 ms; check that PostgreSQL runs (pg_isready) and "
            "that its disk answers");
  // It goes on with the server.
  EXPECT_TRUE(pool.Ask(Nothing).ok());
}

TEST_F(QueryPoolTest, DoesNotWaitForAServerThatLetsNobodyInNorSaysSo) {
  store::QueryPool pool(Conninfo(" connect_timeout=0"), milliseconds(2'000));
  const absl::Status status = AskFrozen(&pool);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(store::CauseOf(status), store::Cause::kUnreachable);
  EXPECT_TRUE(pool.Ask(Nothing).ok());
}

// A connection that broke while it lay idle: libpqxx opens none by itself that nobody watches, and
// the one that takes its place is watched, too.
TEST_F(QueryPoolTest, DoesNotWaitForAServerThatStandsStillOnANewConnection) {
  std::optional<CuttingProxy> proxy;
  proxy.emplace(cluster().socket_dir());
  store::QueryPool pool(*store::CompleteConninfo(proxy->conninfo(database_)), milliseconds(2'000));
  ASSERT_TRUE(pool.Ask(Nothing).ok());
  // Cut without a word of the server's.
  proxy.reset();
  proxy.emplace(cluster().socket_dir());
  std::optional<PrivateCluster::Frozen> frozen;
  auto answer = std::async(std::launch::async, [&] {
    return pool.Ask([&](store::Transaction* work) {
      frozen.emplace(cluster());
      return Nothing(work);
    });
  });
  const bool answered = answer.wait_for(seconds(20)) == std::future_status::ready;
  frozen.reset();
  const absl::Status status = answer.get();
  EXPECT_TRUE(answered);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(store::CauseOf(status), store::Cause::kUnreachable);
}

TEST_F(QueryPoolTest, AStatementIsOne) {
  store::QueryPool pool(Conninfo(), milliseconds(2'000));
  const absl::Status status = pool.Ask([](store::Transaction* work) {
    work->Exec("SELECT 1; SELECT 2");
    return absl::OkStatus();
  });
  EXPECT_NE(status.message().find("multiple commands"), std::string::npos) << status;
}

// Each of them is answered in time, all of them together would not be: the server moves.
TEST_F(QueryPoolTest, WaitsForAQuestionOfManyStatements) {
  store::QueryPool pool(Conninfo(), milliseconds(2'000));
  const absl::Status status = pool.Ask([](store::Transaction* work) {
    for (int i = 0; i < 8; ++i) work->Exec("SELECT pg_sleep(0.5)");
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(QueryPoolTest, TheServerEndsWhatTakesTooLong) {
  store::QueryPool pool(Conninfo(), milliseconds(100));
  const absl::Status status = pool.Ask([](store::Transaction* work) {
    work->Exec("SELECT pg_sleep(600)");
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
}

}  // namespace
}  // namespace memmon::test
