// SPDX-License-Identifier: Apache-2.0

#include "api/address_space_call.h"

#include <gtest/gtest.h>

#include "field_of.h"

namespace memmon::api {
namespace {

class SpaceReader : public processes::ProcessInfoReader {
 public:
  absl::StatusOr<processes::ProcessInfo> Read(const model::ProcessKey&) override {
    return absl::NotFoundError("not asked for here");
  }
  uint64_t ReadResidentBytes(uint32_t) override { return 0; }
  absl::StatusOr<processes::AddressSpace> ReadAddressSpace(const model::ProcessKey& key) override {
    if (key != model::ProcessKey{7, 500}) return absl::NotFoundError("process 7 is gone");
    return processes::AddressSpace{
        .regions = {{processes::RegionKind::kFile, "/bin/some", 8'192, 2},
                    {processes::RegionKind::kHeap, "", 4'096, 1}},
        .virtual_size_bytes = 12'288,
        .coarse = true,
        .resident_anonymous_bytes = 1,
        .resident_file_bytes = 2,
        .resident_shared_bytes = 3,
        .swapped_bytes = 4};
  }
};

v1::GetAddressSpaceRequest SpaceOf(uint32_t pid, uint64_t start_ns) {
  v1::GetAddressSpaceRequest request;
  request.mutable_process()->set_pid(pid);
  request.mutable_process()->set_start_ns(start_ns);
  return request;
}

TEST(AddressSpaceCallTest, TellsEachRegion) {
  SpaceReader reader;
  Parts parts;
  parts.process_info = &reader;
  v1::GetAddressSpaceResponse response;
  ASSERT_TRUE(GetAddressSpace(parts, SpaceOf(7, 500), &response).ok());
  ASSERT_EQ(response.regions_size(), 2);
  EXPECT_EQ(response.regions(0).kind(), v1::REGION_KIND_FILE);
  EXPECT_EQ(response.regions(0).name(), "/bin/some");
  EXPECT_EQ(response.regions(0).size_bytes(), 8'192u);
  EXPECT_EQ(response.regions(0).mapping_count(), 2u);
  EXPECT_EQ(response.regions(1).kind(), v1::REGION_KIND_HEAP);
  EXPECT_EQ(response.virtual_size_bytes(), 12'288u);
  EXPECT_TRUE(response.coarse());
  EXPECT_EQ(response.resident_anonymous_bytes(), 1u);
  EXPECT_EQ(response.resident_file_bytes(), 2u);
  EXPECT_EQ(response.resident_shared_bytes(), 3u);
  EXPECT_EQ(response.swapped_bytes(), 4u);
}

TEST(AddressSpaceCallTest, SaysWhyNot) {
  SpaceReader reader;
  Parts parts;
  v1::GetAddressSpaceResponse response;
  EXPECT_EQ(GetAddressSpace(parts, SpaceOf(7, 500), &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  parts.process_info = &reader;
  EXPECT_EQ(GetAddressSpace(parts, SpaceOf(7, 501), &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(FieldOf(GetAddressSpace(parts, SpaceOf(0, 0), &response)), "process.pid");
}

}  // namespace
}  // namespace memmon::api
