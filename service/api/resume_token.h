// SPDX-License-Identifier: Apache-2.0
//
// Resume tokens: where a stream of events stands, opaque to clients. Good on
// every memmond of this version on the same machine, also after it, or the
// machine, began anew.

#ifndef MEMMON_API_RESUME_TOKEN_H_
#define MEMMON_API_RESUME_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/position.h"

namespace memmon::api {

// About 50 bytes and 8 a CPU, in characters that are good in URLs. `machine_id`
// as base/machine_id.h has it; it cannot be read off the token.
std::string EncodeResumeToken(const model::Position& position, std::string_view machine_id);

// `since` may be 2 µs older than it was. INVALID_ARGUMENT with what is wrong, and
// what to do; also for a token of another machine.
absl::StatusOr<model::Position> DecodeResumeToken(std::string_view token,
                                                  std::string_view machine_id);

}  // namespace memmon::api

#endif  // MEMMON_API_RESUME_TOKEN_H_
