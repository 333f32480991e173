// SPDX-License-Identifier: Apache-2.0
//
// A client that stops reading while the source goes on.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"

namespace memmon::integration {
namespace {

// Many times what may wait for a client (65,536 events), in fifteen seconds.
constexpr int kPairs = 300'000;
constexpr uint64_t kGapNs = 25'000;
constexpr uint64_t kEvents = 2 * kPairs;
// Its queue, and what gRPC holds for it. Without a bound, the events alone
// take 80 MB.
constexpr uint64_t kMostGrowth = 40 << 20;

// Where in the recording it stands: its pairs take turns on two CPUs.
uint64_t IndexOf(const v1::Event& event) {
  const uint64_t pair = 2 * (event.sequence() / 2) + event.cpu();
  return 2 * pair + event.sequence() % 2;
}

// A subscriber with a connection of its own, that checks that nothing is
// missing but what it is told of.
class Subscriber {
 public:
  explicit Subscriber(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    stream_ = stub_->StreamEvents(&context_, {});
  }
  ~Subscriber() {
    context_.TryCancel();
    stream_->Finish();
  }

  bool Read() {
    v1::StreamEventsResponse response;
    if (!stream_->Read(&response)) return false;
    if (response.has_gap()) {
      gap_ += response.gap().event_count();
      next_ += response.gap().event_count();
      EXPECT_NE(response.gap().reason().find("too slow"), std::string::npos);
    }
    for (const auto& event : response.events()) {
      if (received_ == 0) first_ = next_ = IndexOf(event);
      EXPECT_EQ(IndexOf(event), next_);
      if (IndexOf(event) != next_) return false;
      ++next_;
      ++received_;
    }
    return true;
  }
  bool ReadToTheEnd() {
    while (next_ != kEvents) {
      if (!Read()) return false;
    }
    return true;
  }

  uint64_t issued() const { return kEvents - first_; }
  uint64_t received() const { return received_; }
  uint64_t gap() const { return gap_; }

 private:
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::StreamEventsResponse>> stream_;
  uint64_t first_ = 0;
  uint64_t next_ = 0;
  uint64_t received_ = 0;
  uint64_t gap_ = 0;
};

TEST(SlowClient, IsToldOfItsGapAndDisturbsNobody) {
  Recording recording(kPairs, kGapNs);
  MemmondProcess memmond = MemmondProcess::Replay(recording, "1");
  auto stub = v1::MemoryMonitor::NewStub(
      grpc::CreateChannel(memmond.grpc(), grpc::InsecureChannelCredentials()));
  const auto resident = [&] {
    grpc::ClientContext context;
    v1::GetStatusResponse status;
    EXPECT_TRUE(stub->GetStatus(&context, {}, &status).ok());
    return status.service().resident_bytes();
  };

  Subscriber stalled(memmond.grpc());
  ASSERT_TRUE(stalled.Read());
  Subscriber other(memmond.grpc());
  ASSERT_TRUE(other.Read());
  const uint64_t before = resident();
  ASSERT_TRUE(other.ReadToTheEnd());
  const uint64_t after = resident();
  EXPECT_EQ(other.gap(), 0u);
  EXPECT_EQ(other.received(), other.issued());
  EXPECT_LT(after, before + kMostGrowth);

  ASSERT_TRUE(stalled.ReadToTheEnd());
  EXPECT_GT(stalled.gap(), 0u);
  EXPECT_EQ(stalled.received() + stalled.gap(), stalled.issued());
  RecordProperty("gap", std::to_string(stalled.gap()));
  RecordProperty("resident_growth", std::to_string(after - before));
}

}  // namespace
}  // namespace memmon::integration
