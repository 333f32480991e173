// SPDX-License-Identifier: Apache-2.0

#include "api/address_space_call.h"

#include <utility>

#include "api/errors.h"

namespace memmon::api {

static_assert(static_cast<int>(processes::RegionKind::kHeap) == v1::REGION_KIND_HEAP);
static_assert(static_cast<int>(processes::RegionKind::kOther) == v1::REGION_KIND_OTHER);

grpc::Status GetAddressSpace(const Parts& parts, const v1::GetAddressSpaceRequest& request,
                             v1::GetAddressSpaceResponse* response) {
  const v1::ProcessKey& process = request.process();
  if (process.pid() == 0) return InvalidField("process.pid", "say which process");
  if (parts.process_info == nullptr) {
    return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                        "a recording is played: its processes are not on this machine");
  }
  auto space = parts.process_info->ReadAddressSpace({process.pid(), process.start_ns()});
  if (!space.ok()) return FromAbsl(space.status());
  for (processes::Region& region : space->regions) {
    v1::Region* out = response->add_regions();
    out->set_kind(static_cast<v1::RegionKind>(region.kind));
    out->set_name(std::move(region.name));
    out->set_size_bytes(region.size_bytes);
    out->set_mapping_count(region.mapping_count);
  }
  response->set_virtual_size_bytes(space->virtual_size_bytes);
  response->set_coarse(space->coarse);
  response->set_resident_anonymous_bytes(space->resident_anonymous_bytes);
  response->set_resident_file_bytes(space->resident_file_bytes);
  response->set_resident_shared_bytes(space->resident_shared_bytes);
  response->set_swapped_bytes(space->swapped_bytes);
  return grpc::Status::OK;
}

}  // namespace memmon::api
