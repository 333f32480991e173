// SPDX-License-Identifier: Apache-2.0
//
// Questions to PostgreSQL, over connections of their own (a few, opened when
// asked for), so that they never wait for the writer.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_QUERY_POOL_H_
#define MEMMON_STORE_QUERY_POOL_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"

namespace memmon::store {

class Transaction;

class QueryPool {
 public:
  using Clock = std::chrono::steady_clock;
  // Asks within one transaction, however many statements it takes. May be called twice: what it
  // found the first time counts for nothing then.
  using Question = std::function<absl::Status(Transaction* work)>;

  // `conninfo` as CompleteConninfo gives it. `limit`: most a statement may take, and to connect to
  // each of the hosts that it names.
  QueryPool(const std::string& conninfo, std::chrono::milliseconds limit);
  ~QueryPool();

  std::chrono::milliseconds limit() const { return limit_; }

  // What the question says; else UNAVAILABLE where the server cannot be reached (with the cause
  // of that, store/cause.h, where it lets no new connection in, or stands still: it has not
  // answered a second after the limit, when it should have ended the statement itself),
  // DEADLINE_EXCEEDED where a statement took longer than the limit or was not done by `deadline`,
  // INTERNAL with its words where it refuses.
  absl::Status Ask(const Question& question, Clock::time_point deadline = Clock::time_point::max());

  // What is being asked ends with UNAVAILABLE, whether or not the server answers, and so does
  // all that is asked from now on. From any thread.
  void End();

 private:
  class Connections;
  // `broke` becomes true where a connection that was had did.
  absl::Status AskOnce(const Question& question, Clock::time_point deadline, bool* broke);

  const std::chrono::milliseconds limit_;
  const std::unique_ptr<Connections> connections_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_QUERY_POOL_H_
