// SPDX-License-Identifier: Apache-2.0
//
// Today, for whoever throws away what is old: a day that the clock came to by a leap is believed
// once it has stood for an hour. A clock that was set wrong is set right by then, most often;
// one that was right, or a host that slept, loses nothing but that hour.
//
// A plain value, as memmon.believed_day keeps it from round to round and from run to run; the hour
// may be made of several runs, and of those of several memmonds that take turns. (The clock is
// PostgreSQL's, and so the same for all of them.)

#ifndef MEMMON_STORE_STEADY_DAY_H_
#define MEMMON_STORE_STEADY_DAY_H_

#include <chrono>
#include <cstdint>

namespace memmon::store {

struct SteadyDay {
  int64_t day = 0;                // as a number; what is believed
  std::chrono::seconds stood{0};  // of a later one that came by a leap

  friend bool operator==(const SteadyDay&, const SteadyDay&) = default;

  // To be called much more often than once a day, with the day that the clock tells, and how long
  // ago anybody last looked.
  void Look(int64_t today, std::chrono::seconds since_last) {
    constexpr std::chrono::hours kStands{1};
    const bool leapt = today > day + 1;
    stood = leapt ? stood + since_last : std::chrono::seconds(0);
    if (leapt && stood < kStands) return;
    day = today;
    stood = std::chrono::seconds(0);
  }
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_STEADY_DAY_H_
