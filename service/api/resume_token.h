// SPDX-License-Identifier: Apache-2.0
//
// Resume tokens: where a stream of events stands, opaque to clients, the same
// on every memmond of this version.

#ifndef MEMMON_API_RESUME_TOKEN_H_
#define MEMMON_API_RESUME_TOKEN_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "model/position.h"

namespace memmon::api {

// About 50 bytes and 5 a CPU, in characters that are good in URLs.
std::string EncodeResumeToken(const model::Position& position);

// INVALID_ARGUMENT with what is wrong.
absl::StatusOr<model::Position> DecodeResumeToken(std::string_view token);

}  // namespace memmon::api

#endif  // MEMMON_API_RESUME_TOKEN_H_
