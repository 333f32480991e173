// SPDX-License-Identifier: Apache-2.0
//
// memmond through its gRPC API.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"

namespace memmon::integration {
namespace {

// Ten events a millisecond, for as long as any test needs.
constexpr int kPairs = 100'000;
constexpr uint64_t kGapNs = 100'000;

std::unique_ptr<v1::MemoryMonitor::Stub> Connect(const MemmondProcess& memmond) {
  return v1::MemoryMonitor::NewStub(
      grpc::CreateChannel(memmond.grpc(), grpc::InsecureChannelCredentials()));
}

std::string FieldOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  if (!details.ParseFromString(status.error_details()) || details.details_size() != 1 ||
      !details.details(0).UnpackTo(&bad_request) || bad_request.field_violations_size() != 1) {
    return "";
  }
  return bad_request.field_violations(0).field();
}

class Api : public testing::Test {
 protected:
  Api() : recording_(kPairs, kGapNs), memmond_(MemmondProcess::Replay(recording_, "1")) {
    stub_ = Connect(memmond_);
  }

  // The first events of a stream with this filter.
  std::vector<v1::Event> Read(const v1::EventFilter& filter, size_t count) {
    grpc::ClientContext context;
    v1::StreamEventsRequest request;
    *request.mutable_filter() = filter;
    auto stream = stub_->StreamEvents(&context, request);
    std::vector<v1::Event> events;
    v1::StreamEventsResponse response;
    while (events.size() < count && stream->Read(&response)) {
      events.insert(events.end(), response.events().begin(), response.events().end());
    }
    context.TryCancel();
    stream->Finish();
    return events;
  }

  v1::GetStatusResponse Status() {
    grpc::ClientContext context;
    v1::GetStatusResponse response;
    EXPECT_TRUE(stub_->GetStatus(&context, {}, &response).ok());
    return response;
  }

  Recording recording_;
  MemmondProcess memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

TEST_F(Api, StreamsEveryEventInOrder) {
  auto events = Read({}, 3'000);
  ASSERT_GE(events.size(), 3'000u);
  std::map<uint32_t, uint64_t> next;
  for (const v1::Event& event : events) {
    auto [at, first] = next.try_emplace(event.cpu(), event.sequence());
    EXPECT_EQ(event.sequence(), at->second);
    at->second = event.sequence() + 1;
  }
  EXPECT_EQ(next.size(), 2u);
}

TEST_F(Api, StreamsWhatAFilterAsksFor) {
  v1::EventFilter filter;
  filter.add_pids(103);
  for (const auto& event : Read(filter, 100)) EXPECT_EQ(event.pid(), 103u);
  filter.Clear();
  filter.add_process_names("worker[");
  filter.add_process_names("*r4");
  for (const auto& event : Read(filter, 100)) EXPECT_EQ(event.process_name(), "worker4");
  filter.Clear();
  filter.add_kinds(v1::EVENT_KIND_MUNMAP);
  for (const auto& event : Read(filter, 100)) EXPECT_EQ(event.kind(), v1::EVENT_KIND_MUNMAP);
  filter.Clear();
  filter.set_min_length_bytes(8192);
  auto events = Read(filter, 100);
  ASSERT_GE(events.size(), 100u);
  for (const auto& event : events) EXPECT_EQ(event.kind(), v1::EVENT_KIND_MMAP);
}

TEST_F(Api, StreamsProcessesAsASnapshotThenChanges) {
  grpc::ClientContext context;
  v1::StreamProcessesRequest request;
  request.mutable_min_interval()->set_nanos(20'000'000);
  auto stream = stub_->StreamProcesses(&context, request);
  v1::StreamProcessesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.snapshot());
  EXPECT_EQ(response.revision(), 0u);
  uint64_t epoch = response.epoch();
  for (uint64_t revision = 1; revision <= 5; ++revision) {
    ASSERT_TRUE(stream->Read(&response));
    if (response.epoch() != epoch) {
      // The capture began after the first look.
      EXPECT_TRUE(response.snapshot());
      epoch = response.epoch();
      revision = 0;
    }
    EXPECT_EQ(response.revision(), revision);
    EXPECT_EQ(response.snapshot(), revision == 0);
    EXPECT_GT(response.processes_size(), 0);
  }
  context.TryCancel();
  stream->Finish();
}

TEST_F(Api, WatchGivesEveryPart) {
  grpc::ClientContext context;
  v1::WatchRequest request;
  request.mutable_events();
  request.mutable_processes();
  request.set_status(true);
  auto stream = stub_->Watch(&context, request);
  std::map<v1::WatchResponse::ItemCase, int> seen;
  v1::WatchResponse response;
  while (seen.size() < 3 && stream->Read(&response)) ++seen[response.item_case()];
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen.count(v1::WatchResponse::ITEM_NOT_SET), 0u);
  context.TryCancel();
  stream->Finish();
}

TEST_F(Api, NamesTheFieldThatIsWrong) {
  auto events = [&](const std::function<void(v1::EventFilter*)>& edit) {
    grpc::ClientContext context;
    v1::StreamEventsRequest request;
    edit(request.mutable_filter());
    return FieldOf(stub_->StreamEvents(&context, request)->Finish());
  };
  EXPECT_EQ(events([](auto* f) { f->add_kinds(v1::EVENT_KIND_UNSPECIFIED); }), "filter.kinds[0]");
  EXPECT_EQ(events([](auto* f) { f->add_process_names(std::string(65, 'x')); }),
            "filter.process_names[0]");
  EXPECT_EQ(events([](auto* f) {
              for (int i = 0; i <= 1'000; ++i) f->add_pids(i);
            }),
            "filter.pids");
  {
    grpc::ClientContext context;
    v1::StreamProcessesRequest request;
    request.mutable_min_interval()->set_nanos(1'000'000);
    EXPECT_EQ(FieldOf(stub_->StreamProcesses(&context, request)->Finish()), "min_interval");
  }
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(stub_->Watch(&context, {})->Finish()), "events");
  }
  {
    grpc::ClientContext context;
    v1::ListEventsRequest request;
    v1::ListEventsResponse response;
    request.set_page_token("garbage");
    EXPECT_EQ(FieldOf(stub_->ListEvents(&context, request, &response)), "page_token");
  }
  {
    grpc::ClientContext context;
    v1::GetSummaryRequest request;
    v1::GetSummaryResponse response;
    request.set_slice_count(101);
    EXPECT_EQ(FieldOf(stub_->GetSummary(&context, request, &response)), "slice_count");
  }
}

TEST_F(Api, SaysThatThereIsNoHistoryWithoutADatabase) {
  grpc::ClientContext context;
  v1::ListEventsResponse response;
  EXPECT_EQ(stub_->ListEvents(&context, {}, &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Status().database().state(), v1::DatabaseStatus::STATE_OFF);
}

TEST_F(Api, SummaryAddsUp) {
  Read({}, 1'000);
  grpc::ClientContext context;
  v1::GetSummaryRequest request;
  v1::GetSummaryResponse response;
  request.set_slice_count(3);
  ASSERT_TRUE(stub_->GetSummary(&context, request, &response).ok());
  ASSERT_EQ(response.slices_size(), 3);
  uint64_t sum = response.others().bytes();
  for (const auto& slice : response.slices()) sum += slice.bytes();
  EXPECT_EQ(sum, response.total_bytes());
  EXPECT_GT(sum, 0u);
  EXPECT_EQ(response.others().process_count(), 7u);
}

TEST_F(Api, SurvivesAStormOfCancelledStreams) {
  for (int round = 0; round < 4; ++round) {
    std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
    std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchResponse>>> streams;
    v1::WatchRequest request;
    request.mutable_events();
    request.mutable_processes();
    for (int i = 0; i < 50; ++i) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      streams.push_back(stub_->Watch(contexts.back().get(), request));
    }
    v1::WatchResponse response;
    if (!streams.back()->Read(&response)) {
      grpc::Status status = streams.back()->Finish();
      FAIL() << "round " << round << ": " << status.error_code() << " " << status.error_message();
    }
    for (auto& context : contexts) context->TryCancel();
    for (auto& stream : streams) stream->Finish();
  }
  // Each status is a round trip; the last streams end meanwhile.
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  v1::GetStatusResponse status = Status();
  while (status.service().subscriber_count() != 0 && std::chrono::steady_clock::now() < deadline) {
    status = Status();
  }
  EXPECT_EQ(status.service().subscriber_count(), 0u);
}

TEST_F(Api, EndsStreamsWhenItStops) {
  grpc::ClientContext context;
  auto stream = stub_->StreamEvents(&context, {});
  v1::StreamEventsResponse response;
  ASSERT_TRUE(stream->Read(&response));
  memmond_.Signal(SIGTERM);
  while (stream->Read(&response)) {
  }
  grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "shutting down");
  EXPECT_EQ(memmond_.Wait(), 0) << memmond_.log();
}

TEST(ApiStatus, CountersObeyConservation) {
  Recording recording(5'000, 0);
  MemmondProcess memmond = MemmondProcess::Replay(recording, "0");
  auto stub = Connect(memmond);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  v1::GetStatusResponse status;
  do {
    grpc::ClientContext context;
    status.Clear();
    ASSERT_TRUE(stub->GetStatus(&context, {}, &status).ok());
  } while (status.source().state() != v1::SourceStatus::STATE_ENDED &&
           std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(status.totals().event_count(), 10'000u);
  uint64_t received = 0;
  for (const auto& cpu : status.cpus()) {
    received += cpu.received_count();
    EXPECT_EQ(cpu.unexplained_count(), 0u);
  }
  EXPECT_EQ(received, 10'000u);
  EXPECT_GE(status.hops_size(), 3);
  for (const auto& hop : status.hops()) {
    EXPECT_EQ(hop.in_count(), hop.out_count() + hop.dropped_count() + hop.waiting_count())
        << hop.name();
  }
  EXPECT_GT(status.service().resident_bytes(), 0u);
}

TEST(ApiPort, InUseIsOneLineThatNamesTheFlag) {
  Recording recording(1, 0);
  MemmondProcess first = MemmondProcess::Replay(recording, "0");
  ASSERT_NE(first.grpc(), "") << first.log();
  MemmondProcess second({"--replay", recording.path(), "--grpc-address", first.grpc(),
                         "--web-address", "127.0.0.1:0"});
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_NE(second.log().find("memmond: --grpc-address: cannot listen on " + first.grpc()),
            std::string::npos)
      << second.log();
  MemmondProcess third({"--replay", recording.path(), "--grpc-address", "127.0.0.1:0",
                        "--web-address", first.web()});
  EXPECT_EQ(third.Wait(), 1);
  EXPECT_NE(third.log().find("memmond: --web-address: cannot listen on " + first.web()),
            std::string::npos)
      << third.log();
}

}  // namespace
}  // namespace memmon::integration
