// SPDX-License-Identifier: Apache-2.0
//
// Answers what a process has called, out of the process table.
//
// Thread safety: any threads. `response` comes empty.

#ifndef MEMMON_API_CALLS_CALL_H_
#define MEMMON_API_CALLS_CALL_H_

#include <grpcpp/support/status.h>

#include "memmon/v1/memmon.pb.h"
#include "processes/process_table.h"

namespace memmon::api {

grpc::Status GetProcessCalls(const processes::ProcessTable& processes,
                             const v1::GetProcessCallsRequest& request,
                             v1::GetProcessCallsResponse* response);

}  // namespace memmon::api

#endif  // MEMMON_API_CALLS_CALL_H_
