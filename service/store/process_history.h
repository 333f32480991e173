// SPDX-License-Identifier: Apache-2.0
//
// One process through time, from its minutes, hours and days and, for finer steps,
// its events.

#ifndef MEMMON_STORE_PROCESS_HISTORY_H_
#define MEMMON_STORE_PROCESS_HISTORY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "store/history.h"

namespace memmon::store {

class Transaction;

// Longest time of which events are read: of five minutes at 300 points to 75
// minutes. Whoever asks for longer times gets minutes, whatever max_points.
inline constexpr int64_t kLongestRawUs = 75LL * 60 * 1'000'000;
// Nor are they read where the host has more in that time: they are found by time
// alone, and so many take about 100 ms.
inline constexpr int64_t kMostRawEvents = 500'000;

// `now_us`: where a span without end ends.
absl::StatusOr<ProcessHistory> ReadProcessHistory(Transaction* work, const std::string& machine_id,
                                                  const HistoryQuery& query, int64_t now_us);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_HISTORY_H_
