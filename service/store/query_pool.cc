// SPDX-License-Identifier: Apache-2.0

#include "store/query_pool.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/cause.h"
#include "store/connection.h"

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMostConnections = 4;
// Most that is spent on asking why there is no connection.
constexpr milliseconds kMostAsking{1'000};

absl::Status TooLate() {
  return absl::DeadlineExceededError(
      "the database did not answer in time; ask for a shorter time range");
}

}  // namespace

// Connections that nobody uses now.
class QueryPool::Connections {
 public:
  explicit Connections(std::string conninfo) : conninfo_(std::move(conninfo)) {}

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

  // The socket of a connection that Get gave, for as long as this lives: End shuts it. A
  // descriptor of its own, since libpq closes what breaks, and others get the number.
  class Watched {
   public:
    Watched(Connections* connections, const pqxx::connection& connection)
        : connections_(connections), fd_(fcntl(connection.sock(), F_DUPFD_CLOEXEC, 0)) {
      std::lock_guard lock(connections_->mutex_);
      connections_->sockets_.push_back(fd_);
      if (connections_->ended_) shutdown(fd_, SHUT_RDWR);
    }
    ~Watched() {
      std::lock_guard lock(connections_->mutex_);
      std::erase(connections_->sockets_, fd_);
      close(fd_);
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    Connections* const connections_;
    const int fd_;
  };

  void End() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
    returned_.notify_all();
  }

  bool ended() const {
    std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  std::unique_ptr<pqxx::connection> Connect() {
    try {
      auto connection = std::make_unique<pqxx::connection>(conninfo_);
      connection->set_variable("timezone", "'UTC'");
      connection->set_client_encoding("UTF8");
      return connection;
    } catch (...) {
      std::lock_guard lock(mutex_);
      --in_use_;
      returned_.notify_one();
      throw;
    }
  }

  const std::string conninfo_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  bool ended_ = false;                                   // guarded by mutex_
  std::vector<int> sockets_;                             // of those in use; guarded by mutex_
  size_t in_use_ = 0;                                    // guarded by mutex_
  std::vector<std::unique_ptr<pqxx::connection>> idle_;  // guarded by mutex_
};

QueryPool::QueryPool(std::string conninfo, milliseconds limit)
    : limit_(limit), connections_(std::make_unique<Connections>(std::move(conninfo))) {}

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
  absl::Status status;
  try {
    connection = connections_->Get(limit);
    if (connection == nullptr) {
      return absl::UnavailableError(connections_->ended()
                                        ? "memmond is stopping"
                                        : "all connections for queries are in use; try again");
    }
    {
      const Connections::Watched watched(connections_.get(), *connection);
      pqxx::work work(*connection);
      // To compile a statement takes longer than these take to answer, and its
      // cost is thought to be that of all days, before those it needs are known.
      work.exec(
          absl::StrCat("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                       "SET LOCAL jit = off; SET LOCAL statement_timeout = ",
                       limit.count()));
      status = question(&work);
      work.commit();
    }
    connections_->Put(std::move(connection));
    return status;
  } catch (const pqxx::broken_connection& error) {
    if (connection == nullptr) return connections_->WhyNone(limit);
    connections_->Put(nullptr);
    *broke = true;
    return absl::UnavailableError(
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
  if (connection != nullptr) {
    if (!connection->is_open()) connection = nullptr;
    connections_->Put(std::move(connection));
  }
  return status;
}

}  // namespace memmon::store
