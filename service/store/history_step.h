// SPDX-License-Identifier: Apache-2.0
//
// How long the steps of a history are: of lengths that people think in, and that
// begin where clocks (UTC) strike them.

#ifndef MEMMON_STORE_HISTORY_STEP_H_
#define MEMMON_STORE_HISTORY_STEP_H_

#include <cstdint>

namespace memmon::store {

inline constexpr int64_t kSecondUs = 1'000'000;
inline constexpr int64_t kMinuteUs = 60 * kSecondUs;
inline constexpr int64_t kHourUs = 60 * kMinuteUs;
inline constexpr int64_t kDayUs = 24 * kHourUs;

// The last multiple of `step` at or before `time`; neither is below 0.
inline int64_t FloorTo(int64_t time, int64_t step) { return time - time % step; }
inline int64_t CeilTo(int64_t time, int64_t step) { return FloorTo(time + step - 1, step); }

// The shortest step, of `least_us` at least, of which `max_points` whole ones
// cover [start_us, end_us): 1, 5 or 15 seconds or minutes, 1 or 6 hours, 1, 7 or
// 28 days; for the longest times those doubled.
int64_t ChooseStepUs(int64_t start_us, int64_t end_us, int max_points, int64_t least_us);

}  // namespace memmon::store

#endif  // MEMMON_STORE_HISTORY_STEP_H_
