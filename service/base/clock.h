// SPDX-License-Identifier: Apache-2.0
//
// The seam to time: what waits for a while waits through a Clock, so that
// tests need no sleep (tests/fakes/fake_clock.h).
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_BASE_CLOCK_H_
#define MEMMON_BASE_CLOCK_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace memmon::base {

class Clock {
 public:
  virtual ~Clock() = default;

  // Monotonic; only differences mean something.
  virtual std::chrono::nanoseconds Now() = 0;

  // Waits until `done` holds or `limit` has gone by; says whether `done`
  // holds. `lock` is held when `done` is asked and on return. Whoever makes
  // `done` true notifies `condition`.
  virtual bool WaitFor(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
                       std::chrono::nanoseconds limit, const std::function<bool()>& done) = 0;
};

class SystemClock : public Clock {
 public:
  std::chrono::nanoseconds Now() override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }

  bool WaitFor(std::unique_lock<std::mutex>& lock, std::condition_variable& condition,
               std::chrono::nanoseconds limit, const std::function<bool()>& done) override {
    return condition.wait_for(lock, limit, done);
  }
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_CLOCK_H_
