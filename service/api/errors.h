// SPDX-License-Identifier: Apache-2.0
//
// Errors as clients get them.

#ifndef MEMMON_API_ERRORS_H_
#define MEMMON_API_ERRORS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace memmon::api {

// INVALID_ARGUMENT with a google.rpc.BadRequest that names `field`.
grpc::Status InvalidField(const std::string& field, const std::string& description);

// The same code and message.
grpc::Status FromAbsl(const absl::Status& status);

}  // namespace memmon::api

#endif  // MEMMON_API_ERRORS_H_
