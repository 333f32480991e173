// SPDX-License-Identifier: Apache-2.0
//
// One libpq connection, for the writer: statements, and binary COPY. Knows
// nothing of memmon's tables.
//
// Thread safety: one thread at a time; StopSwitch::Stop from any.

#ifndef MEMMON_STORE_CONNECTION_H_
#define MEMMON_STORE_CONNECTION_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct pg_conn;

namespace memmon::store {

// Ends whatever a connection waits for, so that a thread can be joined even
// while the server does not answer. Must outlive the connections opened with
// it.
class StopSwitch {
 public:
  void Stop();
  bool stopped() const { return stopped_; }

 private:
  friend class Connection;
  void Watch(int fd);  // -1: nothing

  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  int fd_ = -1;  // guarded by mutex_
};

class Connection {
 public:
  using Row = std::vector<std::string>;  // NULL is ""
  using Rows = std::vector<Row>;

  // UNAVAILABLE where there is no server, it refuses, or `limit` goes by. All errors have a cause
  // (store/cause.h).
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& conninfo,
                                                          std::chrono::milliseconds limit,
                                                          StopSwitch* stop);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements, several joined by ';' if need be. UNAVAILABLE where the
  // connection broke, so that nobody knows what became of them; else INTERNAL
  // with the server's words, see also last_sqlstate().
  absl::Status Execute(const std::string& sql);
  // The rows of one statement with parameters $1...
  absl::StatusOr<Rows> Query(const std::string& sql, const std::vector<std::string>& parameters);
  // The rows of the last of several statements, without parameters.
  absl::StatusOr<Rows> QueryLast(const std::string& sql);

  // COPY ... FROM STDIN: begin, any number of pieces, end.
  absl::Status BeginCopy(const std::string& sql);
  absl::Status PutCopyData(std::string_view data);
  absl::Status EndCopy();

  // Whether the server still has its end open; looks, does not ask.
  bool Check();
  bool broken() const;
  const std::string& last_sqlstate() const { return last_sqlstate_; }

 private:
  Connection(pg_conn* connection, StopSwitch* stop);
  absl::Status ErrorFrom(void* result);

  pg_conn* const connection_;  // owned
  StopSwitch* const stop_;
  std::string last_sqlstate_;
};

// An array parameter of numbers: {1,2,3}.
template <typename Numbers>
std::string NumberArray(const Numbers& numbers) {
  std::string out = "{";
  for (const auto& number : numbers) {
    if (out.size() > 1) out.push_back(',');
    out += std::to_string(number);
  }
  out.push_back('}');
  return out;
}

// An array parameter of texts, quoted.
std::string TextArray(const std::vector<std::string>& texts);

}  // namespace memmon::store

#endif  // MEMMON_STORE_CONNECTION_H_
