// SPDX-License-Identifier: Apache-2.0
//
// Answers GetProcessHistory, GetProcesses, GetRequested and GetActivity.
//
// Rows of memmon.process_minute are found by process, so long times cost a row a
// minute. Events are found by time alone (BRIN), whatever the process: they are
// read for steps shorter than a minute, and then for kLongestRawUs and
// kMostRawEvents at most, and for the edges of spans that are not whole minutes.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_HISTORY_READER_H_
#define MEMMON_STORE_HISTORY_READER_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "store/history.h"
#include "store/process_totals.h"
#include "store/query_pool.h"

namespace memmon::store {

class HistoryReader {
 public:
  // `pool` must outlive it. Of one moment `most_processes` at most are taken into memory.
  HistoryReader(QueryPool* pool, std::string machine_id, size_t most_processes);

  absl::StatusOr<ProcessHistory> GetProcessHistory(const HistoryQuery& query);
  absl::StatusOr<StoredProcesses> GetProcesses(const ProcessesQuery& query);
  absl::StatusOr<RequestedSummary> GetRequested(const RequestedQuery& query);
  absl::StatusOr<Activity> GetActivity(const ActivityQuery& query);

 private:
  QueryPool* const pool_;
  const std::string machine_id_;
  MomentRoom room_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_HISTORY_READER_H_
