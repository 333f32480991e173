// SPDX-License-Identifier: Apache-2.0
//
// How much the tables may take, and how much they do. Plain values.

#ifndef MEMMON_STORE_SPACE_H_
#define MEMMON_STORE_SPACE_H_

#include <cstdint>
#include <optional>

namespace memmon::store {

// What is kept; see housekeeper.h for what goes. 0: without a limit.
struct SpaceLimits {
  int keep_days = 0;         // of events, whole days (UTC) before today
  uint64_t keep_bytes = 0;   // all tables together, indexes included; half is the events'
  int keep_rollup_days = 0;  // of minutes
  // Of hours and days; these stay at least as long as the minutes.
  int keep_coarse_days = 0;
};

// As of the last look, a minute ago at most.
struct SpaceStatus {
  uint64_t size_bytes = 0;  // 0 where not known
  // Nothing where there is none, or where not known.
  std::optional<int64_t> oldest_event_unix_ns{};
  std::optional<int64_t> oldest_rollup_unix_ns{};  // of minutes
  // No older day of events is left, and it is too much: events are stored in the
  // rollups alone.
  bool full = false;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPACE_H_
