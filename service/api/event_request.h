// SPDX-License-Identifier: Apache-2.0
//
// Checks what clients ask for, and turns it into the model's terms. Every
// refusal is an INVALID_ARGUMENT that names the field.

#ifndef MEMMON_API_EVENT_REQUEST_H_
#define MEMMON_API_EVENT_REQUEST_H_

#include <grpcpp/support/status.h>

#include <chrono>
#include <string>

#include "api/details.h"
#include "api/event_producer.h"
#include "memmon/v1/memmon.pb.h"
#include "model/filter.h"
#include "store/store.h"

namespace memmon::api {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;
inline constexpr std::chrono::milliseconds kLongestMaxDelay{10'000};

// A time from 1970 on, as ns since then.
grpc::Status ReadTime(const google::protobuf::Timestamp& timestamp, const std::string& field,
                      int64_t* unix_ns);

// `path` stands before the names of fields: "filter", "events.filter".
grpc::Status ReadFilter(const v1::EventFilter& request, const std::string& path,
                        model::Filter* filter);

// `path`: "" or "events.". `machine_id`: a token of another machine is refused.
grpc::Status ReadStreamEvents(const v1::StreamEventsRequest& request, const std::string& path,
                              const std::string& machine_id, Details details,
                              EventStreamOptions* options);

// The token included.
grpc::Status ReadListEvents(const v1::ListEventsRequest& request, store::EventQuery* query);

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_REQUEST_H_
