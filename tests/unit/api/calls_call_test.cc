// SPDX-License-Identifier: Apache-2.0

#include "api/calls_call.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "fakes/event_builder.h"
#include "field_of.h"

namespace memmon::api {
namespace {

using model::Event;
using model::EventKind;

Event Make(EventKind kind, uint64_t ticket, uint64_t pages, uint64_t length, int64_t result) {
  Event event;
  event.kind = kind;
  event.tgid = event.tid = 7;
  event.start_ns = 600;
  event.time_ns = 1'000 + ticket;
  event.mm_id = 1;
  event.ticket = ticket;
  event.virtual_size_bytes = pages * 4096;
  event.length_bytes = length;
  event.result = result;
  fakes::SetName(&event, "shell");
  return event;
}

v1::GetProcessCallsRequest CallsOf(uint32_t pid, uint64_t start_ns) {
  v1::GetProcessCallsRequest request;
  request.mutable_process()->set_pid(pid);
  request.mutable_process()->set_start_ns(start_ns);
  return request;
}

TEST(CallsCallTest, TellsWhatTheTableCounted) {
  processes::ProcessTable table;
  Event lost;
  lost.kind = EventKind::kLost;
  lost.lost_count = 3;
  lost.time_ns = lost.lost_until_ns = 2'000;
  table.Take(fakes::MakeBatch(
      fakes::MakeCapture(),
      {Make(EventKind::kFork, 1, 5, 0, 1), Make(EventKind::kExec, 2, 10, 0, 0),
       Make(EventKind::kMmap, 3, 11, 4096, 0x7000), Make(EventKind::kMmap, 4, 11, 8192, -ENOMEM),
       Make(EventKind::kBrk, 5, 13, 0, 0x8000), lost}));
  v1::GetProcessCallsResponse response;
  ASSERT_TRUE(GetProcessCalls(table, CallsOf(7, 600), &response).ok());
  ASSERT_EQ(response.counts_size(), 4);
  EXPECT_EQ(response.counts(0).kind(), v1::EVENT_KIND_MMAP);
  EXPECT_EQ(response.counts(0).count(), 2u);
  EXPECT_EQ(response.counts(3).kind(), v1::EVENT_KIND_EXEC);
  ASSERT_EQ(response.failures_size(), 1);
  EXPECT_EQ(response.failures(0).error(), static_cast<uint32_t>(ENOMEM));
  EXPECT_EQ(response.failures(0).count(), 1u);
  EXPECT_EQ(response.failures(0).largest_bytes(), 8192u);
  ASSERT_EQ(response.sizes_size(), 2);
  EXPECT_EQ(response.sizes(0).exponent(), 12u);
  EXPECT_EQ(response.sizes(0).succeeded(), 1u);
  EXPECT_EQ(response.sizes(1).failed(), 1u);
  ASSERT_EQ(response.execs_size(), 1);
  EXPECT_EQ(response.execs(0).name(), "shell");
  EXPECT_EQ(response.execs(0).time().nanos(), 1'002 + 1'000'000);  // the capture's clocks
  ASSERT_EQ(response.size_changes_size(), 1);
  EXPECT_EQ(response.size_changes(0).kind(), v1::EVENT_KIND_BRK);
  EXPECT_EQ(response.size_changes(0).bytes(), 2 * 4096);
  EXPECT_EQ(response.size_began(), v1::EVENT_KIND_EXEC);
  EXPECT_EQ(response.size_began_bytes(), 10u * 4096);
  EXPECT_EQ(response.missed_since().nanos(), 2'000 + 1'000'000);
}

TEST(CallsCallTest, OfWhomItDoesNotKnowItSaysSo) {
  processes::ProcessTable table;
  v1::GetProcessCallsResponse response;
  EXPECT_EQ(GetProcessCalls(table, CallsOf(7, 600), &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  table.Take(fakes::MakeBatch(fakes::MakeCapture(), {Make(EventKind::kMmap, 3, 11, 4096, 0x7000)}));
  EXPECT_TRUE(GetProcessCalls(table, CallsOf(7, 600), &response).ok());
  EXPECT_FALSE(response.has_missed_since());
  v1::GetProcessCallsResponse of_the_living;
  EXPECT_TRUE(GetProcessCalls(table, CallsOf(7, 0), &of_the_living).ok());
  EXPECT_EQ(of_the_living.SerializeAsString(), response.SerializeAsString());
  EXPECT_EQ(GetProcessCalls(table, CallsOf(8, 0), &of_the_living).error_code(),
            grpc::StatusCode::NOT_FOUND);
  const grpc::Status other = GetProcessCalls(table, CallsOf(7, 601), &response);
  EXPECT_EQ(other.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_NE(other.error_message().find("ListProcesses"), std::string::npos);
  EXPECT_EQ(FieldOf(GetProcessCalls(table, {}, &response)), "process.pid");
}

}  // namespace
}  // namespace memmon::api
