// SPDX-License-Identifier: Apache-2.0
//
// All processes of a host: at a moment, and what they asked for in a span. From
// minutes, hours and days; what is not whole minutes from events, where they are
// kept.

#ifndef MEMMON_STORE_PROCESS_TOTALS_H_
#define MEMMON_STORE_PROCESS_TOTALS_H_

#include <string>

#include "store/history.h"

namespace memmon::store {

class Transaction;

StoredProcesses ReadProcesses(Transaction* work, const std::string& machine_id,
                              const ProcessesQuery& query);

RequestedSummary ReadRequested(Transaction* work, const std::string& machine_id,
                               const RequestedQuery& query);

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_TOTALS_H_
