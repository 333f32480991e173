// SPDX-License-Identifier: Apache-2.0
//
// Answers questions about processes and their past, once they are checked: from
// the process table where they are about now, else from the store, for which
// they may wait.
//
// Thread safety: any threads. `response` comes empty.

#ifndef MEMMON_API_HISTORY_CALLS_H_
#define MEMMON_API_HISTORY_CALLS_H_

#include <grpcpp/support/status.h>

#include <cstdint>

#include "api/details.h"
#include "api/parts.h"
#include "api/process_request.h"
#include "memmon/v1/memmon.pb.h"
#include "store/history.h"

namespace memmon::api {

grpc::Status ListProcesses(const Parts& parts, const ProcessListQuery& query,
                           store::Deadline deadline, int64_t now_unix_ns, Details details,
                           v1::ListProcessesResponse* response);

grpc::Status GetProcessHistory(const Parts& parts, const store::HistoryQuery& query,
                               Details details, v1::GetProcessHistoryResponse* response);

grpc::Status GetActivity(const Parts& parts, const store::ActivityQuery& query,
                         v1::GetActivityResponse* response);

// Stored figures, of a span.
grpc::Status GetStoredSummary(const Parts& parts, const v1::GetSummaryRequest& request,
                              const store::RequestedQuery& span, v1::GetSummaryResponse* response);

}  // namespace memmon::api

#endif  // MEMMON_API_HISTORY_CALLS_H_
