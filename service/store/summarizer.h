// SPDX-License-Identifier: Apache-2.0
//
// Keeps the newest events as quick to find by their time as older ones, on a thread and a
// connection of its own: what BRIN has not summed up is read by every question about that day,
// 0.2 µs an event, and a day that is not analyzed is read whole (sql/migrations/0012). PostgreSQL
// does both by itself, a minute later.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_SUMMARIZER_H_
#define MEMMON_STORE_SUMMARIZER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "store/connection.h"

namespace memmon::store {

struct SummarizerOptions {
  std::string conninfo;
  std::chrono::milliseconds connect_limit{5'000};
  // Done when the writer rests once it wrote so many events, no sooner than so long after the last
  // time.
  uint64_t events = 50'000;
  std::chrono::milliseconds pause{1'000};
  // A connection that was not needed for so long is closed.
  std::chrono::milliseconds idle{60'000};
};

class Summarizer {
 public:
  explicit Summarizer(SummarizerOptions options);
  ~Summarizer();

  // So many events are committed, the newest of them on that day since 1970-01-01. Never waits.
  void Wrote(uint64_t events, int64_t day);
  // The writer keeps up with what comes: until it does, nothing else is to take its time. Never
  // waits.
  void WriterRests();

 private:
  void Run();
  absl::Status Summarize(int64_t day);

  const SummarizerOptions options_;
  StopSwitch stop_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;  // guarded by mutex_
  bool due_ = false;     // guarded by mutex_
  uint64_t events_ = 0;  // not summed up; guarded by mutex_
  int64_t day_ = 0;      // of the newest of them; guarded by mutex_

  // The thread's.
  std::unique_ptr<Connection> connection_;
  std::string problem_;  // as it was logged last
  std::thread thread_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SUMMARIZER_H_
