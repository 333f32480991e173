// SPDX-License-Identifier: Apache-2.0
//
// Times in which events are missing from what is stored: LOST records, what
// memmond itself had no room for, and times between captures, in which nobody
// looked.

#ifndef MEMMON_STORE_HISTORY_GAPS_H_
#define MEMMON_STORE_HISTORY_GAPS_H_

#include <cstdint>
#include <vector>

#include "store/capture_rows.h"
#include "store/history.h"
#include "store/process_steps.h"

namespace memmon::store {

// Those of a boot that touch the range, oldest first; to a step where LOST
// records tell of them.
std::vector<HistoryGap> FindGaps(Transaction* work, int64_t host_id,
                                 const std::vector<StoredCapture>& captures,
                                 const StepRange& range);

}  // namespace memmon::store

#endif  // MEMMON_STORE_HISTORY_GAPS_H_
