// SPDX-License-Identifier: Apache-2.0
//
// Spans of time in nanoseconds, for tests whose moments are numbers.

#ifndef MEMMON_TESTS_FAKES_DURATIONS_H_
#define MEMMON_TESTS_FAKES_DURATIONS_H_

#include <cstdint>

namespace memmon {

inline constexpr int64_t kSecondNs = 1'000'000'000;
inline constexpr int64_t kMinuteNs = 60 * kSecondNs;
inline constexpr int64_t kHourNs = 60 * kMinuteNs;
inline constexpr int64_t kDayNs = 24 * kHourNs;

}  // namespace memmon

#endif  // MEMMON_TESTS_FAKES_DURATIONS_H_
