// SPDX-License-Identifier: Apache-2.0
//
// Clients that lose their connection and come back; and those that want records.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"

namespace memmon::integration {
namespace {

// For nine seconds: so slow that what is kept for who comes back outlasts a busy machine.
constexpr int kPairs = 75'000;
constexpr uint64_t kGapNs = 60'000;

TEST(Resume, EveryEventOnceHoweverOftenTheConnectionBreaks) {
  Recording recording(kPairs, kGapNs);
  MemmondProcess memmond = MemmondProcess::Replay(recording, "1");
  auto stub = v1::MemoryMonitor::NewStub(
      grpc::CreateChannel(memmond.grpc(), grpc::InsecureChannelCredentials()));
  std::mt19937 random(1);
  std::map<uint32_t, uint64_t> next;  // by CPU, from the first that came
  std::string token;
  int resumed = 0;
  const auto over = [&] { return next == std::map<uint32_t, uint64_t>{{0, kPairs}, {1, kPairs}}; };
  while (!over()) {
    grpc::ClientContext context;
    v1::StreamEventsRequest request;
    request.set_resume_token(token);
    auto stream = stub->StreamEvents(&context, request);
    v1::StreamEventsResponse response;
    for (unsigned i = random() % 20; i > 0 && !over(); --i) {
      ASSERT_TRUE(stream->Read(&response));
      ASSERT_FALSE(response.has_gap()) << response.gap().reason();
      for (const auto& event : response.events()) {
        const auto [at, first] = next.try_emplace(event.cpu(), event.sequence());
        ASSERT_EQ(event.sequence(), at->second) << "CPU " << event.cpu();
        ++at->second;
      }
      token = response.resume_token();
    }
    context.TryCancel();
    stream->Finish();
    ++resumed;
  }
  EXPECT_GT(resumed, 5);
  RecordProperty("resumed", resumed);
}

TEST(Records, BeginWithAHeaderAndAreWhole) {
  Recording recording(kPairs, kGapNs);
  MemmondProcess memmond = MemmondProcess::Replay(recording, "1");
  auto stub = v1::MemoryMonitor::NewStub(
      grpc::CreateChannel(memmond.grpc(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  v1::StreamRecordsRequest request;
  request.mutable_filter()->add_kinds(v1::EVENT_KIND_MMAP);
  auto stream = stub->StreamRecords(&context, request);
  v1::StreamRecordsResponse response;
  std::string records;
  while (records.size() < 5'000 * MEMMON_RECORD_SIZE) {
    ASSERT_TRUE(stream->Read(&response));
    ASSERT_EQ(response.records().size() % MEMMON_RECORD_SIZE, 0u);
    records += response.records();
  }
  context.TryCancel();
  stream->Finish();
  memmon_header header;
  std::memcpy(&header, records.data(), sizeof(header));
  EXPECT_EQ(header.kind, MEMMON_HEADER);
  EXPECT_EQ(header.magic, MEMMON_MAGIC);
  EXPECT_STREQ(reinterpret_cast<const char*>(header.release), "6.1.0-fake");
  std::map<uint16_t, uint64_t> next;
  for (size_t at = sizeof(header); at < records.size(); at += MEMMON_RECORD_SIZE) {
    memmon_event event;
    std::memcpy(&event, records.data() + at, sizeof(event));
    ASSERT_EQ(event.kind, MEMMON_MMAP);
    ASSERT_EQ(event.seq, next[event.cpu]++);
    ASSERT_EQ(event.total_vm, 10u);
  }
}

}  // namespace
}  // namespace memmon::integration
