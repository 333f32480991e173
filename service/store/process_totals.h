// SPDX-License-Identifier: Apache-2.0
//
// All processes of a host: at a moment, and what they asked for in a span. From
// minutes, hours and days; what is not whole minutes from events, where they are
// kept.

#ifndef MEMMON_STORE_PROCESS_TOTALS_H_
#define MEMMON_STORE_PROCESS_TOTALS_H_

#include <cstddef>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "store/history.h"

namespace memmon::store {

class Transaction;

// How many processes of a moment may be in memory, of all calls about one.
struct MomentRoom {
  // One call's, some 650 bytes each; those of few take no turns.
  size_t most_processes = 0;
  std::timed_mutex turn;
};

// RESOURCE_EXHAUSTED where more lived then than there is room for. Once a transaction.
absl::StatusOr<StoredProcesses> ReadProcesses(Transaction* work, const std::string& machine_id,
                                              const ProcessesQuery& query, MomentRoom* room);

RequestedSummary ReadRequested(Transaction* work, const std::string& machine_id,
                               const RequestedQuery& query);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_TOTALS_H_
