// SPDX-License-Identifier: Apache-2.0
//
// Questions about a moment at which very many processes lived: all of them stand in memory for
// as long as one takes, in no more of it than is set aside.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crowd.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"

namespace memmon::integration {
namespace {

// As config/memory.cc reckons: of a process, and what is set aside for the answers.
constexpr uint64_t kMomentBytes = 650;
constexpr uint64_t kAnswersBytes = 10'000'000;

class PastMemory : public testing::Test {
 protected:
  PastMemory()
      : conninfo_(test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase())) {}

  void Begin(const std::string& memory) {
    memmond_.reset();
    memmond_ = std::make_unique<MemmondProcess>(std::vector<std::string>{
        "--replay", crowd_.path(), "--replay-speed", "0", "--grpc-address", "127.0.0.1:0",
        "--web-address", "127.0.0.1:0", "--memory", memory, "--database", conninfo_});
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(memmond_->grpc(), grpc::InsecureChannelCredentials()));
  }
  void Store() {
    Begin("1G");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (Stored() < 2 * kCrowd && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_EQ(Stored(), 2 * kCrowd) << memmond_->log();
  }
  uint64_t Stored() {
    grpc::ClientContext context;
    v1::GetStatusResponse status;
    EXPECT_TRUE(stub_->GetStatus(&context, {}, &status).ok());
    for (const auto& hop : status.hops()) {
      if (hop.name() == "store") return hop.out_count();
    }
    return 0;
  }
  grpc::Status AskOnce() {
    v1::ListProcessesRequest request;
    request.set_page_size(1'000);
    // Of the recording's: 2023.
    request.mutable_as_of_time()->set_seconds(1'700'000'060);
    grpc::ClientContext context;
    v1::ListProcessesResponse response;
    const grpc::Status status = stub_->ListProcesses(&context, request, &response);
    if (status.ok()) EXPECT_EQ(response.processes_size(), 1'000);
    return status;
  }

  const Recording crowd_{Crowd()};
  const std::string conninfo_;
  std::unique_ptr<MemmondProcess> memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

TEST_F(PastMemory, AMomentOfManyTakesWhatIsSetAside) {
  Store();
  const uint64_t before = memmond_->StatusBytes("VmRSS:");
  std::atomic<int> answered = 0;
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      for (int again = 0; again < 3; ++again) {
        const grpc::Status status = AskOnce();
        EXPECT_TRUE(status.ok()) << status.error_message();
        answered += status.ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(answered, 12);
  const uint64_t peak = memmond_->StatusBytes("VmHWM:");
  RecordProperty("before_bytes", std::to_string(before));
  RecordProperty("peak_bytes", std::to_string(peak));
  EXPECT_LT(peak - before, kMomentBytes * kCrowd + kAnswersBytes);
}

TEST_F(PastMemory, MoreThanTheMemoryHasRoomForIsRefused) {
  Store();
  Begin("256M");
  const grpc::Status status = AskOnce();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(status.error_message().find("--memory"), std::string::npos) << status.error_message();
  EXPECT_LT(memmond_->StatusBytes("VmHWM:"), uint64_t{256} << 20);
}

}  // namespace
}  // namespace memmon::integration
