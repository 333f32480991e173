// SPDX-License-Identifier: Apache-2.0
//
// Questions of a database that does not answer, while memmond stops.

#include "store/query_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <pqxx/pqxx>
#include <utility>

#include "fixture.h"
#include "store/connection.h"

namespace memmon::test {
namespace {

using std::chrono::seconds;

class QueryPoolTest : public StoreTest {};

TEST_F(QueryPoolTest, EndsWhatIsBeingAsked) {
  const auto conninfo = store::CompleteConninfo(options().conninfo);
  ASSERT_TRUE(conninfo.ok()) << conninfo.status();
  // A server that slept on would say DEADLINE_EXCEEDED in the end.
  store::QueryPool pool(*conninfo, seconds(30));
  std::promise<void> asked;
  auto answer = std::async(std::launch::async, [&] {
    bool first = true;
    return pool.Ask([&](pqxx::transaction_base* work) {
      if (std::exchange(first, false)) asked.set_value();
      work->exec("SELECT pg_sleep(600)");
      return absl::OkStatus();
    });
  });
  asked.get_future().wait();
  pool.End();
  EXPECT_TRUE(absl::IsUnavailable(answer.get()));
  const auto later = pool.Ask([](pqxx::transaction_base*) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsUnavailable(later)) << later;
  EXPECT_EQ(later.message(), "memmond is stopping");
}

}  // namespace
}  // namespace memmon::test
