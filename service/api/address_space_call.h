// SPDX-License-Identifier: Apache-2.0
//
// Answers what a living process's address space is made of, out of /proc.
//
// Thread safety: any threads; it may wait for the process, whose mappings are
// locked while they are read. `response` comes empty.

#ifndef MEMMON_API_ADDRESS_SPACE_CALL_H_
#define MEMMON_API_ADDRESS_SPACE_CALL_H_

#include <grpcpp/support/status.h>

#include "api/parts.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

grpc::Status GetAddressSpace(const Parts& parts, const v1::GetAddressSpaceRequest& request,
                             v1::GetAddressSpaceResponse* response);

}  // namespace memmon::api

#endif  // MEMMON_API_ADDRESS_SPACE_CALL_H_
