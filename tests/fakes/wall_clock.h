// SPDX-License-Identifier: Apache-2.0
//
// A wall clock that is set back at the worst moment: after somebody has read it, and before
// he waits by what he read. A wait that goes by it then takes as much longer.
//
// It stands in for the C library's clock_gettime in the whole program, so one file of a test
// program may include it. Thread safety: all of it, from any thread.

#ifndef MEMMON_TESTS_FAKES_WALL_CLOCK_H_
#define MEMMON_TESTS_FAKES_WALL_CLOCK_H_

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

namespace memmon::fakes {

// While it lives, the wall clock is read as that much ahead of what the kernel waits by.
class SetBackWallClock {
 public:
  explicit SetBackWallClock(std::chrono::seconds by) { ahead_s = by.count(); }
  ~SetBackWallClock() { ahead_s = 0; }

  static inline std::atomic<time_t> ahead_s = 0;
};

}  // namespace memmon::fakes

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, time);
  if (failed == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec += memmon::fakes::SetBackWallClock::ahead_s;
  }
  return static_cast<int>(failed);
}

#endif  // MEMMON_TESTS_FAKES_WALL_CLOCK_H_
