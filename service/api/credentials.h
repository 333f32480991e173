// SPDX-License-Identifier: Apache-2.0
//
// What gRPC's port asks of its clients.

#ifndef MEMMON_API_CREDENTIALS_H_
#define MEMMON_API_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "base/access.h"

namespace memmon::api {

// Plain, or TLS; with the token, if there is one, in every call's metadata:
// UNAUTHENTICATED without it. Calls of the in-process channel are not asked.
std::shared_ptr<grpc::ServerCredentials> MakeCredentials(const base::Access& access);

}  // namespace memmon::api

#endif  // MEMMON_API_CREDENTIALS_H_
