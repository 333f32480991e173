// SPDX-License-Identifier: Apache-2.0
//
// How many of something may come: so many at once, and so fast after that (a token bucket). It says
// how long the next one waits; to wait, or to do without, is its owner's part.
//
// Not thread-safe.

#ifndef MEMMON_BASE_PACE_H_
#define MEMMON_BASE_PACE_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace memmon::base {

class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // So many at once, 1 at least, and one in each `interval` after that.
  Pace(size_t at_once, std::chrono::nanoseconds interval)
      : interval_(interval), all_(static_cast<int64_t>(at_once) * interval) {}

  // How long it is from `now`, which never goes back, until the next one may; 0: it may at once.
  std::chrono::nanoseconds Wait(Time now) const {
    return std::max(all_free_ + interval_ - all_ - now, std::chrono::nanoseconds(0));
  }

  // One has come, which takes a place or, where `cost` is that of more, as many.
  void Take(Time now, std::chrono::nanoseconds cost = {}) {
    all_free_ = std::max(all_free_, now) + std::max(cost, interval_);
  }

 private:
  std::chrono::nanoseconds interval_;  // in it a place becomes free: what one costs
  std::chrono::nanoseconds all_;       // in that, all of them
  Time all_free_{};                    // when that is so, if nobody comes
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_PACE_H_
