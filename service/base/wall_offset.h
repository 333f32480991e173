// SPDX-License-Identifier: Apache-2.0
//
// How far the wall clock is ahead of the clock that counts since boot. That changes when
// somebody sets it: by hand, at the first word from a time server, after a virtual machine
// stood still. Slewing it changes nothing here, as both go slower or faster.
//
// A value; both clocks cannot be read at once, so it is known from below and above.

#ifndef MEMMON_BASE_WALL_OFFSET_H_
#define MEMMON_BASE_WALL_OFFSET_H_

#include <time.h>

#include <chrono>

namespace memmon::base {

class WallOffset {
 public:
  using Duration = std::chrono::nanoseconds;

  static WallOffset Now() {
    const Duration before = Read(CLOCK_BOOTTIME);
    const Duration wall = Read(CLOCK_REALTIME);
    return {wall - Read(CLOCK_BOOTTIME), wall - before};
  }

  WallOffset(Duration least, Duration most) : least_(least), most_(most) {}

  // By how much the clock was set ahead since `earlier`, at least; negative where it was set
  // back, and 0 where perhaps it was not.
  Duration SetSince(const WallOffset& earlier) const {
    if (least_ > earlier.most_) return least_ - earlier.most_;
    if (most_ < earlier.least_) return most_ - earlier.least_;
    return Duration::zero();
  }

 private:
  static Duration Read(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + Duration(now.tv_nsec);
  }

  Duration least_;
  Duration most_;
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_WALL_OFFSET_H_
