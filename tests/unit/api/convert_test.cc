// SPDX-License-Identifier: Apache-2.0

#include "api/convert.h"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fakes/event_builder.h"

namespace memmon::api {
namespace {

// Every field is set, so that one that was forgotten is seen.
void ExpectEveryFieldIsSet(const google::protobuf::Message& message,
                           const std::vector<std::string>& but) {
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    const bool wanted = std::find(but.begin(), but.end(), field->name()) == but.end();
    EXPECT_EQ(message.GetReflection()->HasField(message, field), wanted) << field->name();
  }
}

TEST(Convert, TimesBeforeAndAfter1970) {
  google::protobuf::Timestamp timestamp;
  SetTimestamp(1'700'000'000'000'000'001, &timestamp);
  EXPECT_EQ(timestamp.seconds(), 1'700'000'000);
  EXPECT_EQ(timestamp.nanos(), 1);
  SetTimestamp(-1, &timestamp);
  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'999'999);
  SetTimestamp(-2'000'000'000, &timestamp);
  EXPECT_EQ(timestamp.seconds(), -2);
  EXPECT_EQ(timestamp.nanos(), 0);
}

TEST(Convert, AnEvent) {
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.cpu = 1;
  event.sequence = 2;
  event.tgid = 3;
  event.tid = 4;
  event.start_ns = 5;
  event.uid = 6;
  event.cgroup_id = 7;
  event.address = 8;
  event.length_bytes = 9;
  event.prot = 10;
  event.map_flags = 11;
  event.result = -12;
  event.virtual_size_bytes = 13;
  event.mm_id = 14;
  event.namespace_tgid = 15;
  fakes::SetName(&event, "caf\xe9");  // no UTF-8
  v1::Event out;
  ToProto(event, 16, Details::kShown, &out);
  ExpectEveryFieldIsSet(out, {"lost_count", "details_hidden"});
  EXPECT_EQ(out.kind(), v1::EVENT_KIND_MMAP);
  EXPECT_EQ(out.cpu(), 1u);
  EXPECT_EQ(out.sequence(), 2u);
  EXPECT_EQ(out.pid(), 3u);
  EXPECT_EQ(out.tid(), 4u);
  EXPECT_EQ(out.start_ns(), 5u);
  EXPECT_EQ(out.process_name(), "caf?");
  EXPECT_EQ(out.uid(), 6u);
  EXPECT_EQ(out.cgroup_id(), 7u);
  EXPECT_EQ(out.address(), 8u);
  EXPECT_EQ(out.length_bytes(), 9u);
  EXPECT_EQ(out.prot(), 10u);
  EXPECT_EQ(out.map_flags(), 11u);
  EXPECT_EQ(out.result(), -12);
  EXPECT_EQ(out.virtual_size_bytes(), 13u);
  EXPECT_EQ(out.mm_id(), 14u);
  EXPECT_EQ(out.namespace_pid(), 15u);
  EXPECT_EQ(out.event_time().nanos(), 16);
}

TEST(Convert, ALossSaysHowManyAndNothingOfAProcess) {
  model::Event event;
  event.kind = model::EventKind::kLost;
  event.cpu = 1;
  event.sequence = 2;
  event.lost_count = 99;
  event.tgid = 3;
  event.length_bytes = 4;
  v1::Event out;
  ToProto(event, 5, Details::kHidden, &out);
  EXPECT_EQ(out.lost_count(), 99u);
  EXPECT_EQ(out.pid(), 0u);
  EXPECT_EQ(out.length_bytes(), 0u);
  EXPECT_FALSE(out.details_hidden());
}

TEST(Convert, AHiddenAddressIsNoZero) {
  model::Event event;
  event.kind = model::EventKind::kMmap;
  event.tgid = 3;
  event.address = 8;
  event.result = 0x7f00;
  v1::Event out;
  ToProto(event, 5, Details::kHidden, &out);
  EXPECT_TRUE(out.details_hidden());
  EXPECT_EQ(out.address(), 0u);
  EXPECT_EQ(out.result(), 0);
  EXPECT_EQ(out.pid(), 3u);
  out.Clear();
  ToProto(event, 5, Details::kShown, &out);
  EXPECT_FALSE(out.details_hidden());
  EXPECT_EQ(out.result(), 0x7f00);
}

TEST(Convert, WhatIsNoAddressIsToldToAll) {
  const auto told = [](model::EventKind kind, int64_t result) {
    model::Event event;
    event.kind = kind;
    event.result = result;
    v1::Event out;
    ToProto(event, 5, Details::kHidden, &out);
    return out.result();
  };
  EXPECT_EQ(told(model::EventKind::kMmap, -12), -12);
  EXPECT_EQ(told(model::EventKind::kFork, 4711), 4711);
  EXPECT_EQ(told(model::EventKind::kExit, 0x8b), 0x8b);
  for (const auto kind : {model::EventKind::kMmap, model::EventKind::kMremap,
                          model::EventKind::kBrk, model::EventKind::kStack}) {
    EXPECT_EQ(told(kind, 0x5555), 0);
  }
  // Below the kernel's own half, but above all numbers of errors.
  EXPECT_EQ(told(model::EventKind::kMmap, -4096), 0);
}

TEST(Convert, AProcess) {
  model::Process process;
  process.key = {1, 2'000};
  process.parent_tgid = 3;
  process.namespace_tgid = 4;
  process.uid = 5;
  process.cgroup_id = 6;
  process.mm_id = 7;
  process.end_ns = 8'000;
  process.held_bytes = 9;
  process.virtual_size_bytes = 10;
  process.requested_bytes = 11;
  process.mmap_count = 12;
  process.munmap_count = 13;
  process.failed_count = 14;
  process.no_memory_count = 15;
  process.no_memory_largest_bytes = 16;
  process.uncertain = true;
  process.name = "name";
  process.command_line = "line \xff";
  process.user_name = "ana";
  process.resident_bytes = 8'192;
  process.container = "ssh.service";
  v1::Process out;
  ToProto(process, 1'000'000'000, Details::kShown, &out);
  ExpectEveryFieldIsSet(out, {"details_hidden"});
  EXPECT_EQ(out.user_name(), "ana");
  EXPECT_EQ(out.container(), "ssh.service");
  EXPECT_EQ(out.pid(), 1u);
  EXPECT_EQ(out.start_ns(), 2'000u);
  EXPECT_EQ(out.parent_pid(), 3u);
  EXPECT_EQ(out.namespace_pid(), 4u);
  EXPECT_EQ(out.uid(), 5u);
  EXPECT_EQ(out.cgroup_id(), 6u);
  EXPECT_EQ(out.mm_id(), 7u);
  EXPECT_EQ(out.start_time().seconds(), 1);
  EXPECT_EQ(out.start_time().nanos(), 2'000);
  EXPECT_EQ(out.end_time().nanos(), 8'000);
  EXPECT_EQ(out.held_bytes(), 9u);
  EXPECT_EQ(out.virtual_size_bytes(), 10u);
  EXPECT_EQ(out.requested_bytes(), 11u);
  EXPECT_EQ(out.mmap_count(), 12u);
  EXPECT_EQ(out.munmap_count(), 13u);
  EXPECT_EQ(out.failed_count(), 14u);
  EXPECT_EQ(out.no_memory_count(), 15u);
  EXPECT_EQ(out.no_memory_largest_bytes(), 16u);
  EXPECT_EQ(out.command_line(), "line ?");

  process.end_ns = 0;
  out.Clear();
  ToProto(process, 1'000'000'000, Details::kShown, &out);
  EXPECT_FALSE(out.has_end_time());

  out.Clear();
  ToProto(process, 1'000'000'000, Details::kHidden, &out);
  ExpectEveryFieldIsSet(out, {"command_line", "end_time"});
  EXPECT_EQ(out.command_line(), "");
}

TEST(Convert, TheTotals) {
  model::HostTotals totals;
  totals.ram_bytes = 1;
  totals.swap_bytes = 2;
  totals.event_count = 3;
  totals.requested_bytes = 4;
  totals.lost_count = 5;
  totals.capture_start_unix_ns = 6;
  totals.untracked_count = 7;
  v1::HostTotals out;
  ToProto(totals, &out);
  ExpectEveryFieldIsSet(out, {});
  EXPECT_EQ(out.ram_bytes(), 1u);
  EXPECT_EQ(out.swap_bytes(), 2u);
  EXPECT_EQ(out.event_count(), 3u);
  EXPECT_EQ(out.requested_bytes(), 4u);
  EXPECT_EQ(out.lost_count(), 5u);
  EXPECT_EQ(out.capture_start_time().nanos(), 6);
  EXPECT_EQ(out.untracked_count(), 7u);
  // Before the first capture there is none.
  out.Clear();
  ToProto(model::HostTotals(), &out);
  EXPECT_FALSE(out.has_capture_start_time());
}

}  // namespace
}  // namespace memmon::api
