// SPDX-License-Identifier: Apache-2.0
//
// Page tokens of ListProcesses: the place of the last process that was given,
// and which query it belongs to. So nothing is kept for a client between its
// pages; what that means while figures move is told in memmon.proto.

#ifndef MEMMON_API_PROCESS_TOKEN_H_
#define MEMMON_API_PROCESS_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "api/process_list_query.h"
#include "model/process_order.h"

namespace memmon::api {

// Of the filter, the order and the time.
uint64_t QueryHash(const ProcessListQuery& query);

std::string EncodeProcessToken(const model::ProcessPlace& place, uint64_t query_hash);

// INVALID_ARGUMENT with what is wrong.
absl::StatusOr<model::ProcessPlace> DecodeProcessToken(std::string_view token, uint64_t query_hash);

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_TOKEN_H_
