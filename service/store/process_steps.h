// SPDX-License-Identifier: Apache-2.0
//
// What one process did in each step of a time, added up by the database: from
// its minutes, or from its events.

#ifndef MEMMON_STORE_PROCESS_STEPS_H_
#define MEMMON_STORE_PROCESS_STEPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/event.h"
#include "store/call_sums.h"
#include "store/image_fold.h"

namespace pqxx {
class transaction_base;
}

namespace memmon::store {

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

// A step of minutes, and where the process stood at its end.
struct MinuteStep {
  std::optional<int64_t> step_us;  // nothing: all that was before the start
  CallSums sums;
  uint64_t max_size_bytes = 0;
  Image image;          // number is 0
  int64_t last_us = 0;  // begin of its last minute
  uint64_t held = 0;    // modulo 2^64
  uint64_t ticket = 0;
  uint64_t size_bytes = 0;
};

// Oldest first; what was before the start, from `since_us` on, comes first.
// Ranges of whole minutes.
std::vector<MinuteStep> ReadMinuteSteps(pqxx::transaction_base* work, const ProcessRef& process,
                                        int64_t since_us, const StepRange& range);

struct EventStep {
  int64_t step_us = 0;
  Piece piece;
  CallSums sums;
  uint64_t max_size_bytes = 0;
};

// In the order that ImageFold wants.
std::vector<EventStep> ReadEventSteps(pqxx::transaction_base* work, const ProcessRef& process,
                                      const StepRange& range);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_STEPS_H_
