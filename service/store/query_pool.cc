// SPDX-License-Identifier: Apache-2.0

#include "store/query_pool.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/cause.h"
#include "store/connection.h"
#include "store/conninfo.h"
#include "store/transaction.h"
#include "store/watchdog.h"

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostConnections = 4;
// Most that is spent on asking why there is no connection.
constexpr milliseconds kMostAsking{1'000};
// The server itself ends what takes too long; how much later that is known here.
constexpr milliseconds kGrace{1'000};

absl::Status TooLate() {
  return absl::DeadlineExceededError(
      "the database did not answer in time; ask for a shorter time range");
}

absl::Status StandsStill(milliseconds limit) {
  return Because(Cause::kUnreachable,
                 absl::UnavailableError(absl::StrCat(
                     "the database stands still: ", (limit + kGrace).count(),
                     " ms went by without an answer, though it ends by itself what takes longer "
                     "than ",
                     limit.count(),
                     " ms; check that PostgreSQL runs (pg_isready) and that its disk answers")));
}

}  // namespace

// Connections that nobody uses now.
class QueryPool::Connections {
 public:
  Connections(const std::string& conninfo, milliseconds limit)
      : conninfo_(LimitConnecting(conninfo, std::chrono::ceil<std::chrono::seconds>(limit))) {}

  // Null where all are in use for longer than `limit`. Throws where there is no new one.
  std::unique_ptr<pqxx::connection> Get(milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, limit, [this] { return ended_ || in_use_ < kMostConnections; })) {
      return nullptr;
    }
    if (ended_) return nullptr;
    ++in_use_;
    if (idle_.empty()) {
      lock.unlock();
      return Connect();
    }
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  // Why a new one did not come about: libpqxx tells of that neither PostgreSQL's code nor,
  // therefore, what to do.
  absl::Status WhyNone(milliseconds limit) const {
    StopSwitch never;
    const auto tried = Connection::Open(conninfo_, std::min(limit, kMostAsking), &never);
    if (tried.ok()) {
      return absl::UnavailableError("the database could not be reached a moment ago; try again");
    }
    const Cause cause = CauseOf(tried.status());
    return Because(cause, absl::UnavailableError(absl::StrCat(
                              "the database cannot be reached: ", tried.status().message(), "; ",
                              CureOf(cause))));
  }

  // `connection` null where it broke.
  void Put(std::unique_ptr<pqxx::connection> connection) {
    std::lock_guard lock(mutex_);
    --in_use_;
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    } else {
      idle_.clear();  // what broke one broke the others
    }
    returned_.notify_one();
  }

  void End() {
    {
      std::lock_guard lock(mutex_);
      ended_ = true;
    }
    returned_.notify_all();
    watchdog_.ShutAll();
  }

  bool ended() const {
    std::lock_guard lock(mutex_);
    return ended_;
  }

  // Of those that Get gave.
  Watchdog& watchdog() { return watchdog_; }

 private:
  std::unique_ptr<pqxx::connection> Connect() {
    try {
      return std::make_unique<pqxx::connection>(conninfo_);
    } catch (...) {
      std::lock_guard lock(mutex_);
      --in_use_;
      returned_.notify_one();
      throw;
    }
  }

  const std::string conninfo_;
  Watchdog watchdog_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  bool ended_ = false;                                   // guarded by mutex_
  size_t in_use_ = 0;                                    // guarded by mutex_
  std::vector<std::unique_ptr<pqxx::connection>> idle_;  // guarded by mutex_
};

QueryPool::QueryPool(const std::string& conninfo, milliseconds limit)
    : limit_(limit), connections_(std::make_unique<Connections>(conninfo, limit)) {}

QueryPool::~QueryPool() = default;

void QueryPool::End() { connections_->End(); }

absl::Status QueryPool::Ask(const Question& question, Clock::time_point deadline) {
  bool broke = false;
  absl::Status status = AskOnce(question, deadline, &broke);
  // A connection that lay idle while the server restarted: once more, with a
  // new one.
  if (broke) status = AskOnce(question, deadline, &broke);
  return status;
}

absl::Status QueryPool::AskOnce(const Question& question, Clock::time_point deadline, bool* broke) {
  const Clock::time_point now = Clock::now();
  if (deadline <= now) return TooLate();
  const milliseconds limit =
      deadline - now < limit_ ? std::chrono::ceil<milliseconds>(deadline - now) : limit_;
  std::unique_ptr<pqxx::connection> connection;
  std::optional<Watchdog::Watch> watch;
  absl::Status status;
  bool answered = false;
  try {
    connection = connections_->Get(limit);
    if (connection == nullptr) {
      return absl::UnavailableError(connections_->ended()
                                        ? "memmond is stopping"
                                        : "all connections for queries are in use; try again");
    }
    watch.emplace(&connections_->watchdog(), connection->sock(), limit + kGrace);
    pqxx::work work(*connection);
    Transaction transaction(&work, &*watch, limit);
    status = question(&transaction);
    transaction.Commit();
    answered = true;
  } catch (const pqxx::broken_connection& error) {
    if (connection == nullptr) return connections_->WhyNone(limit);
    *broke = true;
    status = absl::UnavailableError(
        absl::StrCat("the connection to the database broke: ", error.what(), "; try again"));
  } catch (const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    if (state == "57014") {
      status = TooLate();
    } else if (state == "42P01" || state == "3F000") {
      status = absl::UnavailableError("the database has no memmon schema yet; try again");
    } else {
      status = absl::InternalError(absl::StrCat("PostgreSQL says: ", error.what()));
    }
  } catch (const std::exception& error) {
    status = absl::InternalError(absl::StrCat("cannot ask PostgreSQL: ", error.what()));
  }
  // Without a connection the pool was told already.
  if (connection == nullptr) return status;
  const bool stands_still = watch->End();
  if (stands_still && !answered) {
    *broke = false;  // a new one would stand still, too
    status = StandsStill(limit);
  }
  if (stands_still || *broke || !connection->is_open()) connection = nullptr;
  connections_->Put(std::move(connection));
  return status;
}

}  // namespace memmon::store
