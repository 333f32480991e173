// SPDX-License-Identifier: Apache-2.0
//
// What one process did in each step of a time, added up by the database: from
// its minutes, hours and days, or from its events.

#ifndef MEMMON_STORE_PROCESS_STEPS_H_
#define MEMMON_STORE_PROCESS_STEPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/event.h"
#include "store/call_sums.h"
#include "store/image_fold.h"
#include "store/rollup_rows.h"

namespace memmon::store {

class Transaction;

// Steps of `step_us` from start_us on, both whole; until end_us.
struct StepRange {
  int64_t start_us = 0;
  int64_t end_us = 0;
  int64_t step_us = 0;
};

struct ProcessRef {
  int64_t host_id = 0;
  int64_t boot_row = 0;
  model::ProcessKey key;
  int64_t page_size_bytes = 4096;
};

// A step of rollups, and where the process stood at its end.
struct RollupStep {
  int64_t step_us = 0;
  CallSums sums;
  uint64_t max_size_bytes = 0;
  Image image;          // number is 0
  int64_t last_us = 0;  // begin of its last minute, or of the hour or day with it
  uint64_t held = 0;    // modulo 2^64
  uint64_t ticket = 0;
  uint64_t size_bytes = 0;
};

// From where on what a process holds adds up.
struct RollupSince {
  int64_t capture_row = 0;
  int64_t begin_us = 0;  // of the capture, or of the process
};

// Where it stood at start_us, a whole minute; nothing where there is no row of
// it before that in this capture.
std::optional<RollupStep> ReadRollupBefore(Transaction* work, const ProcessRef& process,
                                           const RollupCoverage& coverage, const RollupSince& since,
                                           int64_t start_us);

// Oldest first; `before` is where the process stood at the start. Ranges of whole
// minutes, or of whole hours where no minutes are kept.
std::vector<RollupStep> ReadRollupSteps(Transaction* work, const ProcessRef& process,
                                        const RollupCoverage& coverage,
                                        const std::optional<RollupStep>& before,
                                        const StepRange& range);

// About how many events of all processes there are in a range of whole minutes: as
// many as these count calls; `most` + 1 where they are more.
int64_t CountAllCalls(Transaction* work, int64_t host_id, const StepRange& range, int64_t most);

struct EventStep {
  int64_t step_us = 0;
  Piece piece;
  CallSums sums;
  uint64_t max_size_bytes = 0;
};

// In the order that ImageFold wants.
std::vector<EventStep> ReadEventSteps(Transaction* work, const ProcessRef& process,
                                      const StepRange& range);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_STEPS_H_
