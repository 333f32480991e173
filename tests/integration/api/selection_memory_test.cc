// SPDX-License-Identifier: Apache-2.0
//
// Clients that want the first few of very many processes, as many clients as memmond
// serves: each costs it what it is counted for, and not more.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crowd.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"

namespace memmon::integration {
namespace {

constexpr uint64_t kCeilingBytes = uint64_t{1} << 30;
// As config/memory.cc reckons: a stream's own, and of each process where it stands.
constexpr uint64_t kClientBytes = 1'300'000 + 96 * uint64_t{kCrowd};

TEST(SelectionMemory, AClientCostsWhatItIsCountedFor) {
  const Recording crowd{Crowd()};
  MemmondProcess memmond = MemmondProcess::Replay(crowd, "0", {"--memory", "1G"});
  const auto stub = v1::MemoryMonitor::NewStub(
      grpc::CreateChannel(memmond.grpc(), grpc::InsecureChannelCredentials()));
  v1::GetStatusResponse status;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (status.totals().event_count() < 2 * kCrowd &&
         std::chrono::steady_clock::now() < deadline) {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->GetStatus(&context, {}, &status).ok());
    std::this_thread::yield();
  }
  ASSERT_EQ(status.totals().event_count(), 2 * kCrowd);
  ASSERT_EQ(status.totals().untracked_count(), 0u);

  struct Client {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::StreamProcessesResponse>> stream;
  };
  std::vector<std::unique_ptr<Client>> clients;
  const auto open = [&] {
    v1::StreamProcessesRequest request;
    request.set_limit(3);
    clients.push_back(std::make_unique<Client>());
    clients.back()->stream = stub->StreamProcesses(&clients.back()->context, request);
    v1::StreamProcessesResponse message;
    if (!clients.back()->stream->Read(&message)) return false;
    EXPECT_EQ(message.processes_size(), 3);
    return true;
  };
  // What the first leaves behind is there once: a copy of all processes, given back.
  ASSERT_TRUE(open());
  const uint64_t before = memmond.StatusBytes("VmRSS:");
  while (open()) ASSERT_LT(clients.size(), 1'000u);
  const uint64_t after = memmond.StatusBytes("VmRSS:");
  const grpc::Status refusal = clients.back()->stream->Finish();
  clients.pop_back();
  EXPECT_EQ(refusal.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refusal.error_message().find("--memory"), std::string::npos);

  EXPECT_GE(clients.size(), 40u);
  EXPECT_LT((after - before) / (clients.size() - 1), kClientBytes);
  EXPECT_LT(after, kCeilingBytes);
  RecordProperty("clients", std::to_string(clients.size()));
  RecordProperty("resident_bytes", std::to_string(after));
  for (const auto& client : clients) client->context.TryCancel();
  for (const auto& client : clients) client->stream->Finish();
}

}  // namespace
}  // namespace memmon::integration
