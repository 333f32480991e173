// SPDX-License-Identifier: Apache-2.0
//
// Clients that come back so late that memory does not have their place any more,
// or that memmond is another one: the database has it.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"

namespace memmon::integration {
namespace {

// Each sub-stream's next number.
using Numbers = std::map<uint32_t, uint64_t>;

class ResumeStored : public testing::Test {
 protected:
  ResumeStored()
      : conninfo_(test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase())) {}
  void TearDown() override { test::SharedCluster().Start(); }

  void Start(const Recording& recording, const std::string& speed,
             const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags = {
        "--replay", recording.path(), "--replay-speed", speed,           "--database",
        conninfo_,  "--grpc-address", "127.0.0.1:0",    "--web-address", "127.0.0.1:0"};
    flags.insert(flags.end(), more.begin(), more.end());
    memmond_ = std::make_unique<MemmondProcess>(flags);
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(memmond_->grpc(), grpc::InsecureChannelCredentials()));
  }
  void Stop() {
    memmond_->Signal(SIGTERM);
    EXPECT_EQ(memmond_->Wait(), 0) << memmond_->log();
  }
  void UntilStored(uint64_t events) {
    v1::GetStatusResponse status;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    do {
      grpc::ClientContext context;
      ASSERT_TRUE(stub_->GetStatus(&context, {}, &status).ok());
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    } while (status.database().stored_count() < events);
  }

  // From the token on, until `enough` says so after a message. Checks that every
  // number comes once: the next one, but for what gaps tell.
  grpc::Status Read(const std::function<bool()>& enough) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(5));
    v1::StreamEventsRequest request;
    request.set_resume_token(token_);
    const auto stream = stub_->StreamEvents(&context, request);
    v1::StreamEventsResponse response;
    while (stream->Read(&response)) {
      if (response.has_gap()) {
        gaps_.push_back(response.gap());
        missing_ += response.gap().event_count();
        // What a capture that was not asked for is preceded by.
        if (response.gap().reason().starts_with("the source was interrupted")) {
          next_ = {{0, 0}, {1, 0}};
        }
      }
      for (const auto& event : response.events()) {
        uint64_t& next = next_[event.cpu()];
        EXPECT_GE(event.sequence(), next) << "CPU " << event.cpu();
        skipped_ += event.sequence() - next;
        next = event.sequence() + 1;
        ++events_;
      }
      token_ = response.resume_token();
      if (enough()) {
        context.TryCancel();
        stream->Finish();
        return grpc::Status::OK;
      }
    }
    return stream->Finish();
  }
  // Where it stands in both sub-streams is known: a first message may be of one.
  bool Begun() const { return next_.at(0) > 0 && next_.at(1) > 0; }
  bool Has(uint64_t of_each_cpu) const {
    return next_ == Numbers{{0, of_each_cpu}, {1, of_each_cpu}};
  }

  const std::string conninfo_;
  std::unique_ptr<MemmondProcess> memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  std::string token_;
  Numbers next_ = {{0, 0}, {1, 0}};
  uint64_t events_ = 0;
  uint64_t missing_ = 0;
  uint64_t skipped_ = 0;
  std::vector<v1::Gap> gaps_;
};

constexpr uint64_t kPairs = 75'000;  // more than twice what memory holds

TEST_F(ResumeStored, WhatIsOlderThanMemoryAndThenWhatIsLive) {
  Recording recording(kPairs, 20'000);  // three seconds
  Start(recording, "1");
  // Comes late, from a position at the very beginning.
  ASSERT_TRUE(Read([&] { return Begun(); }).ok());
  const uint64_t had = events_;
  EXPECT_EQ(skipped_ + had, next_[0] + next_[1]);  // nobody resumed: no gap is told
  skipped_ = 0;
  UntilStored(kPairs * 3 / 2);
  // While the rest comes, breaking off again and again.
  int rounds = 0;
  while (!Has(kPairs)) {
    const uint64_t before = events_;
    ASSERT_TRUE(Read([&] { return Has(kPairs) || events_ > before + 20'000; }).ok());
    ++rounds;
  }
  EXPECT_GT(rounds, 3);
  EXPECT_EQ(skipped_, 0u);
  EXPECT_TRUE(gaps_.empty()) << gaps_[0].reason();
}

TEST_F(ResumeStored, AcrossARestartIntoTheNextCapture) {
  Recording first(kPairs, 20'000, 1);
  Recording second(kPairs, 10'000, 2);
  Start(first, "1");
  ASSERT_TRUE(Read([&] { return Begun(); }).ok());
  skipped_ = 0;
  UntilStored(2 * kPairs);
  Stop();
  Start(second, "1");
  // All that was stored of the first one, then the second one, as it goes on.
  bool first_was_whole = false;
  ASSERT_TRUE(Read([&] {
                if (Has(kPairs)) {
                  if (first_was_whole && gaps_.size() == 1) return true;
                  first_was_whole = gaps_.empty();
                }
                return false;
              }).ok());
  EXPECT_TRUE(first_was_whole);
  EXPECT_EQ(skipped_, 0u);
  ASSERT_EQ(gaps_.size(), 1u);
  EXPECT_EQ(gaps_[0].event_count(), 0u);
}

TEST_F(ResumeStored, ADatabaseThatIsDownIsToldWithTheCount) {
  Recording recording(kPairs, 20'000);  // three seconds: the stream begins long before their end
  Start(recording, "1");
  // What the stream begins with is not what is looked at.
  ASSERT_TRUE(Read([&] { return Begun(); }).ok());
  skipped_ = 0;
  UntilStored(2 * kPairs);
  test::SharedCluster().Stop();
  ASSERT_TRUE(Read([&] { return Has(kPairs); }).ok());
  ASSERT_EQ(gaps_.size(), 1u);
  EXPECT_EQ(missing_, skipped_);
  EXPECT_GT(missing_, 0u);
  EXPECT_NE(gaps_[0].reason().find("not in memory any more; the database cannot be reached"),
            std::string::npos)
      << gaps_[0].reason();
}

// It keeps the connection over which it answered a moment ago, and answers no more.
TEST_F(ResumeStored, ADatabaseThatStandsStillIsToldWithTheCount) {
  Recording recording(kPairs, 20'000);  // three seconds: the stream begins long before their end
  Start(recording, "1");
  ASSERT_TRUE(Read([&] { return Begun(); }).ok());
  skipped_ = 0;
  UntilStored(2 * kPairs);
  const uint64_t before = events_;
  ASSERT_TRUE(Read([&] { return events_ > before; }).ok());
  ASSERT_TRUE(gaps_.empty()) << gaps_[0].reason();
  const test::PrivateCluster::Frozen frozen(test::SharedCluster());
  ASSERT_TRUE(Read([&] { return Has(kPairs); }).ok());
  ASSERT_EQ(gaps_.size(), 1u);
  EXPECT_EQ(missing_, skipped_);
  EXPECT_GT(missing_, 0u);
  // That it stands still, or, where it was asked something else before, that it does not answer.
  EXPECT_NE(gaps_[0].reason().find("not in memory any more; the database "), std::string::npos)
      << gaps_[0].reason();
}

TEST_F(ResumeStored, WhatIsNotStoredOnPurposeIsToldWithTheCount) {
  Recording recording(kPairs, 20'000);
  Start(recording, "1", {"--store", "rollups"});
  ASSERT_TRUE(Read([&] { return Begun(); }).ok());
  skipped_ = 0;
  UntilStored(2 * kPairs);
  ASSERT_TRUE(Read([&] { return Has(kPairs); }).ok());
  EXPECT_EQ(missing_, skipped_);
  ASSERT_FALSE(gaps_.empty());
  EXPECT_NE(gaps_[0].reason().find("not in the database"), std::string::npos);
}

TEST_F(ResumeStored, ATokenThatIsNoneIsRefusedWithTheCure) {
  Recording recording(10, 1'000);
  Start(recording, "0");
  token_ = "garbage";
  const grpc::Status status = Read([] { return true; });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(status.error_message().find("begin without one"), std::string::npos);
}

}  // namespace
}  // namespace memmon::integration
