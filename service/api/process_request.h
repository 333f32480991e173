// SPDX-License-Identifier: Apache-2.0
//
// Checks questions about processes and their past, as event_request.h does those
// about events.

#ifndef MEMMON_API_PROCESS_REQUEST_H_
#define MEMMON_API_PROCESS_REQUEST_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "api/details.h"
#include "api/process_list_query.h"
#include "api/process_producer.h"
#include "memmon/v1/memmon.pb.h"
#include "model/process_filter.h"
#include "store/history.h"

namespace memmon::api {

inline constexpr std::chrono::milliseconds kMinInterval{20};
inline constexpr std::chrono::milliseconds kMaxInterval{60'000};
inline constexpr int kDefaultPoints = 300;
inline constexpr int kMaxPoints = 2'000;

// `path` stands before the names of fields: "filter", "processes.filter".
grpc::Status ReadProcessFilter(const v1::ProcessFilter& request, const std::string& path,
                               model::ProcessFilter* filter);

// `path`: "" or "processes.".
grpc::Status ReadStreamProcesses(const v1::StreamProcessesRequest& request, const std::string& path,
                                 Details details, ProcessStreamOptions* options);

// The token included.
grpc::Status ReadListProcesses(const v1::ListProcessesRequest& request, ProcessListQuery* query);

grpc::Status ReadProcessHistory(const v1::GetProcessHistoryRequest& request,
                                store::HistoryQuery* query);

grpc::Status ReadActivity(const v1::GetActivityRequest& request, store::ActivityQuery* query);

// Nothing where the request asks for live figures. `now_unix_ns`: the end of a
// span that has none.
grpc::Status ReadSummarySpan(const v1::GetSummaryRequest& request, int64_t now_unix_ns,
                             std::optional<store::RequestedQuery>* span);

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_REQUEST_H_
