// SPDX-License-Identifier: Apache-2.0
//
// A clock on which every wait is over at once: time jumps to its end.

#ifndef MEMMON_TESTS_FAKES_FAKE_CLOCK_H_
#define MEMMON_TESTS_FAKES_FAKE_CLOCK_H_

#include <vector>

#include "base/clock.h"

namespace memmon::fakes {

class FakeClock : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  bool WaitFor(std::unique_lock<std::mutex>&, std::condition_variable&,
               std::chrono::nanoseconds limit, const std::function<bool()>& done) override {
    if (done()) return true;
    const std::lock_guard lock(mutex_);
    now_ += limit;
    waits_.push_back(limit);
    return false;
  }

  std::vector<std::chrono::nanoseconds> waits() const {
    const std::lock_guard lock(mutex_);
    return waits_;
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::nanoseconds now_{1'000'000};
  std::vector<std::chrono::nanoseconds> waits_;
};

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_FAKE_CLOCK_H_
