// SPDX-License-Identifier: Apache-2.0
//
// The kinds of events that a process may have, numbered without a hole: for tables of
// something of each. Pure functions.

#ifndef MEMMON_MODEL_KIND_INDEX_H_
#define MEMMON_MODEL_KIND_INDEX_H_

#include <cstddef>
#include <cstdint>

#include "model/event.h"

namespace memmon::model {

inline constexpr size_t kKindIndexes = 15;

// BASELINE to RESYNC_END, MMAP to UNMAP, FORK to MM_EXIT; then all that is none of these.
constexpr size_t IndexOf(EventKind kind) {
  const auto number = static_cast<size_t>(kind);
  if (number >= 3 && number <= 5) return number - 3;
  if (number >= 16 && number <= 22) return number - 16 + 3;
  if (number >= 32 && number <= 35) return number - 32 + 10;
  return kKindIndexes - 1;
}

// The kind of an index other than the last.
constexpr EventKind KindAt(size_t index) {
  const size_t number = index < 3 ? index + 3 : index < 10 ? index - 3 + 16 : index - 10 + 32;
  return static_cast<EventKind>(number);
}

}  // namespace memmon::model

#endif  // MEMMON_MODEL_KIND_INDEX_H_
