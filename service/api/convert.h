// SPDX-License-Identifier: Apache-2.0
//
// From the model to the API's messages. Each fills a message that is empty.

#ifndef MEMMON_API_CONVERT_H_
#define MEMMON_API_CONVERT_H_

#include <cstdint>

#include "api/details.h"
#include "memmon/v1/memmon.pb.h"
#include "model/event.h"
#include "model/process.h"
#include "model/process_calls.h"

namespace memmon::api {

// 0 to 999,999,999 ns after a second, both since 1970.
struct UnixTime {
  int64_t seconds;
  int32_t nanos;
};
// `ns` since 1970; may be negative.
UnixTime ToUnixTime(int64_t ns);
void SetTimestamp(int64_t ns, google::protobuf::Timestamp* timestamp);

// `unix_ns`: the wall clock at the event.
void ToProto(const model::Event& event, int64_t unix_ns, Details details, v1::Event* out);
void ToProto(const model::ProcessKey& key, v1::ProcessKey* out);
// `realtime_offset_ns`: wall clock - boot clock.
void ToProto(const model::Process& process, int64_t realtime_offset_ns, Details details,
             v1::Process* out);
void ToProto(const model::ProcessCalls& calls, v1::GetProcessCallsResponse* out);
void ToProto(const model::HostTotals& totals, v1::HostTotals* out);

}  // namespace memmon::api

#endif  // MEMMON_API_CONVERT_H_
