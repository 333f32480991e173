// SPDX-License-Identifier: Apache-2.0
//
// Figures that prove loss, or its absence. Plain values.

#ifndef MEMMON_MODEL_COUNTERS_H_
#define MEMMON_MODEL_COUNTERS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace memmon::model {

// The module's, of one CPU, since the capture began:
// hooked = delivered + dropped + filtered + pending.
struct KernelCounters {
  uint64_t hooked = 0;
  uint64_t delivered = 0;
  uint64_t dropped = 0;
  uint64_t filtered = 0;
  uint64_t pending = 0;
};

// The decoder's, of one sub-stream.
struct StreamCounters {
  uint64_t received = 0;     // events, LOST not counted
  uint64_t lost = 0;         // sum of LOST records' counts
  uint64_t unexplained = 0;  // sequence numbers no record accounts for
};

// One hop of the data inside memmond: in = out + dropped + waiting.
struct HopCounters {
  std::string name;
  uint64_t in = 0;
  uint64_t out = 0;
  uint64_t dropped = 0;
  uint64_t waiting = 0;
  uint64_t capacity = 0;  // most that may wait; 0 where nothing waits
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_COUNTERS_H_
