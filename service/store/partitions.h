// SPDX-License-Identifier: Apache-2.0
//
// The days that memmon.event and memmon.process_minute are parted into: make
// one, list them, drop one. Days are counted from 1970-01-01, in UTC.
//
// Not thread-safe, as a connection is not.

#ifndef MEMMON_STORE_PARTITIONS_H_
#define MEMMON_STORE_PARTITIONS_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/connection.h"

namespace memmon::store {

inline constexpr char kEventTable[] = "event";
inline constexpr char kMinuteTable[] = "process_minute";

struct Partition {
  int64_t day = 0;
  uint64_t bytes = 0;  // on disk, indexes included
};

// Both tables' partitions of that day are there. Stops nobody who reads or
// writes.
absl::Status MakeDay(Connection& connection, int64_t day);

// The oldest first.
absl::StatusOr<std::vector<Partition>> ListPartitions(Connection& connection,
                                                      const std::string& table);

// Waits no longer than `lock_limit` for those who use the table, since who
// comes after would wait with it: UNAVAILABLE then, and nothing has happened.
// True where there was such a day.
absl::StatusOr<bool> DropDay(Connection& connection, const std::string& table, int64_t day,
                             std::chrono::milliseconds lock_limit);

// "2026-11-22".
std::string DayText(int64_t day);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PARTITIONS_H_
