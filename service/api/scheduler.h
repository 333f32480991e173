// SPDX-License-Identifier: Apache-2.0
//
// Runs tasks at a given time, on one thread of its own. Streams use it to be
// woken by the feed without working on the pump's thread, and to hold back
// messages that are not due yet.
//
// Thread safety: all methods, from any thread; a task may call them. Tasks are
// held weakly: one that is gone by its time does not run.

#ifndef MEMMON_API_SCHEDULER_H_
#define MEMMON_API_SCHEDULER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace memmon::api {

using Clock = std::chrono::steady_clock;

class Task {
 public:
  virtual ~Task() = default;
  // Must not wait for anything.
  virtual void Run() = 0;
};

class Scheduler {
 public:
  Scheduler();
  ~Scheduler();  // the task that runs ends before; no other begins

  void Post(std::weak_ptr<Task> task) { At(Clock::time_point::min(), std::move(task)); }
  void At(Clock::time_point time, std::weak_ptr<Task> task);

 private:
  struct Entry {
    Clock::time_point time;
    uint64_t order;  // those of one time run in the order they came
    std::weak_ptr<Task> task;
    bool operator>(const Entry& other) const {
      return time != other.time ? time > other.time : order > other.order;
    }
  };

  void Loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries_;
  uint64_t next_order_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_SCHEDULER_H_
