// SPDX-License-Identifier: Apache-2.0
//
// Today, for whoever throws away what is old: a day that the clock came to by a leap is believed
// once it has stood for an hour. A clock that was set wrong is set right by then, most often;
// one that was right, or a host that slept, loses nothing but that hour.
//
// Not thread-safe.

#ifndef MEMMON_STORE_STEADY_DAY_H_
#define MEMMON_STORE_STEADY_DAY_H_

#include <chrono>
#include <cstdint>
#include <optional>

namespace memmon::store {

class SteadyDay {
 public:
  using Clock = std::chrono::steady_clock;

  // `day`, as a number, is what was believed last.
  explicit SteadyDay(int64_t day) : day_(day) {}

  // To be called much more often than once a day, with the day that the clock tells.
  int64_t Believe(int64_t today, Clock::time_point now) {
    if (today <= day_ + 1) {
      leapt_at_.reset();
    } else if (!leapt_at_) {
      leapt_at_ = now;
    }
    if (!leapt_at_ || now - *leapt_at_ >= kStands) day_ = today;
    return day_;
  }

 private:
  static constexpr std::chrono::hours kStands{1};

  int64_t day_;
  std::optional<Clock::time_point> leapt_at_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_STEADY_DAY_H_
