// SPDX-License-Identifier: Apache-2.0

#include "api/record_producer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "api/convert.h"
#include "api/event_producer.h"
#include "device/decoder.h"
#include "device/replay_source.h"
#include "fakes/stream_builder.h"
#include "message_reader.h"

namespace memmon::api {
namespace {

constexpr uint16_t kKinds[] = {MEMMON_MMAP,  MEMMON_MUNMAP,  MEMMON_MREMAP, MEMMON_BRK,
                               MEMMON_STACK, MEMMON_SPECIAL, MEMMON_UNMAP,  MEMMON_FORK,
                               MEMMON_EXEC,  MEMMON_EXIT,    MEMMON_MM_EXIT};

// A capture with every kind of record and every bit of every field.
fakes::StreamBuilder SomeStream(int events, uint32_t page_size = 4096) {
  fakes::StreamBuilder stream(3, page_size);
  std::mt19937_64 random(9);
  stream.Header();
  for (int i = 0; i < events; ++i) {
    if (random() % 50 == 0) stream.Lost(random() % 3, 1 + random() % 9, 2'000 + i);
    uint16_t kind = kKinds[random() % std::size(kKinds)];
    if (random() % 20 == 0) kind = MEMMON_BASELINE;
    auto record = fakes::MakeRecord(kind, 1 + random() % 5, 2'000 + i, random(),
                                    static_cast<int64_t>(random()), "some name");
    record.flags = random() % 16;
    record.start_ns = random();
    record.mm_id = random();
    record.ticket = random();
    record.total_vm = random() % (1ULL << 40);
    record.cgroup_id = random();
    record.addr = random();
    record.prot = random();
    record.map_flags = random();
    record.uid = random();
    record.ns_tgid = random();
    stream.Event(random() % 3, record);
  }
  return stream;
}

std::vector<model::SharedBatch> Decode(std::span<const std::byte> bytes, size_t batch_events) {
  device::Decoder decoder(batch_events);
  std::vector<model::SharedBatch> batches;
  EXPECT_TRUE(decoder.Decode(bytes, &batches).ok());
  return batches;
}

std::string ReadAll(RecordProducer* producer) {
  std::string records;
  v1::StreamRecordsResponse message;
  auto again = Clock::time_point::max();
  while (ReadNext(producer, /*last=*/true, &message, &again)) {
    EXPECT_EQ(message.records().size() % MEMMON_RECORD_SIZE, 0u);
    EXPECT_LT(message.records().size(), 1u << 20);
    records += message.records();
  }
  return records;
}

// As memmond --replay reads it: every event, and the decoder's word on holes.
struct Replayed {
  std::vector<std::string> events;
  uint64_t lost = 0;
  uint64_t unexplained = 0;
};
Replayed Replay(const std::string& records) {
  char path[] = "/tmp/memmon-records-XXXXXX";
  const int fd = mkstemp(path);
  EXPECT_GE(fd, 0);
  close(fd);
  std::ofstream(path, std::ios::binary) << records;
  device::ReplaySource source(path);
  EXPECT_TRUE(source.Open().ok());
  device::Decoder decoder;
  std::vector<std::byte> buffer(1'000);
  std::vector<model::SharedBatch> batches;
  for (;;) {
    const auto got = source.Read(buffer);
    EXPECT_TRUE(got.ok());
    if (!got.ok() || *got == 0) break;
    const auto status = decoder.Decode(std::span(buffer).first(*got), &batches);
    EXPECT_TRUE(status.ok()) << status;
    if (!status.ok()) break;
  }
  EXPECT_TRUE(decoder.Finish().ok()) << decoder.Finish();
  unlink(path);
  Replayed replayed;
  for (const auto& batch : batches) {
    for (const auto& event : batch->events) {
      v1::Event out;
      ToProto(event, static_cast<int64_t>(event.time_ns) + batch->capture->realtime_offset_ns,
              Details::kShown, &out);
      replayed.events.push_back(out.SerializeAsString());
    }
  }
  for (const auto& stream : decoder.streams()) {
    replayed.lost += stream.lost;
    replayed.unexplained += stream.unexplained;
  }
  replayed.lost += decoder.baseline().lost;
  replayed.unexplained += decoder.baseline().unexplained;
  return replayed;
}

TEST(RecordProducer, GivesTheBytesThatTheModuleGave) {
  for (const uint32_t page_size : {4'096u, 65'536u}) {
    const auto stream = SomeStream(20'000, page_size);
    live::Feed feed;
    RecordProducer producer(feed.Subscribe([] {}), {{}, nullptr}, nullptr);
    for (const auto& batch : Decode(stream.bytes(), 777)) feed.Take(batch);
    const std::string records = ReadAll(&producer);
    ASSERT_EQ(records.size(), stream.bytes().size());
    EXPECT_TRUE(std::equal(records.begin(), records.end(),
                           reinterpret_cast<const char*>(stream.bytes().data())));
  }
}

TEST(RecordProducer, ReplaysAsTheEventsThatWereStreamed) {
  live::Feed feed;
  RecordProducer records(feed.Subscribe([] {}), {{}, nullptr}, nullptr);
  EventProducer events(feed.Subscribe([] {}), {});
  for (const auto& batch : Decode(SomeStream(20'000).bytes(), 500)) feed.Take(batch);
  std::vector<std::string> streamed;
  v1::StreamEventsResponse message;
  auto again = Clock::time_point::max();
  while (ReadNext(&events, /*last=*/true, &message, &again)) {
    for (const auto& event : message.events()) streamed.push_back(event.SerializeAsString());
  }
  ASSERT_GT(streamed.size(), 20'000u);
  EXPECT_EQ(Replay(ReadAll(&records)).events, streamed);
}

TEST(RecordProducer, FromTheMiddleAndFilteredItHasNoHole) {
  live::Feed feed;
  const auto batches = Decode(SomeStream(20'000).bytes(), 500);
  for (size_t i = 0; i < 20; ++i) feed.Take(batches[i]);
  model::Filter filter;
  filter.kinds = {model::EventKind::kMmap, model::EventKind::kBaseline};
  RecordProducer producer(feed.Subscribe([] {}), {filter, nullptr}, feed.capture());
  size_t wanted = 0;
  for (size_t i = 20; i < batches.size(); ++i) {
    feed.Take(batches[i]);
    for (const auto& event : batches[i]->events) wanted += filter.Matches(event);
  }
  const auto replayed = Replay(ReadAll(&producer));
  EXPECT_EQ(replayed.events.size(), wanted);
  EXPECT_GT(wanted, 100u);
  EXPECT_EQ(replayed.unexplained, 0u);
}

TEST(RecordProducer, WhatASlowClientMissedIsLostAtItsPlace) {
  live::Feed feed({.queue_events = 2'000, .history_events = 0});
  const auto batches = Decode(SomeStream(20'000).bytes(), 500);
  RecordProducer producer(feed.Subscribe([] {}), {{}, nullptr}, nullptr);
  std::string records;
  uint64_t sequences = 0;
  uint64_t lost_by_kernel_and_given = 0;
  for (const auto& batch : batches) {
    for (const auto& event : batch->events) sequences += event.next_sequence() - event.sequence;
  }
  for (size_t i = 0; i < batches.size(); ++i) {
    feed.Take(batches[i]);
    if (i == 1) records += ReadAll(&producer);
  }
  records += ReadAll(&producer);
  const auto replayed = Replay(records);
  EXPECT_EQ(replayed.unexplained, 0u);
  EXPECT_GT(feed.counters().dropped, 10'000u);
  for (const auto& bytes : replayed.events) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    if (event.kind() != v1::EVENT_KIND_LOST) ++lost_by_kernel_and_given;
  }
  EXPECT_EQ(replayed.lost + lost_by_kernel_and_given, sequences);
}

TEST(RecordProducer, ADropOnTheFirstMessageCountsWhatWasDroppedAlone) {
  live::Feed feed({.queue_events = 1'000, .history_events = 0});
  const auto batches = Decode(SomeStream(20'000).bytes(), 500);
  for (size_t i = 0; i < 10; ++i) feed.Take(batches[i]);
  RecordProducer producer(feed.Subscribe([] {}), {{}, nullptr}, nullptr);
  uint64_t sequences = 0;
  for (size_t i = 10; i < 20; ++i) {
    feed.Take(batches[i]);
    for (const auto& event : batches[i]->events) {
      sequences += event.next_sequence() - event.sequence;
    }
  }
  const auto replayed = Replay(ReadAll(&producer));
  uint64_t given = 0;
  for (const auto& bytes : replayed.events) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    given += event.kind() != v1::EVENT_KIND_LOST;
  }
  EXPECT_EQ(replayed.unexplained, 0u);
  EXPECT_EQ(replayed.lost + given, sequences);
}

TEST(RecordProducer, ANewCaptureIsANewHeader) {
  live::Feed feed;
  RecordProducer producer(feed.Subscribe([] {}), {{}, nullptr}, nullptr);
  fakes::StreamBuilder stream;
  for (uint32_t capture = 1; capture <= 3; ++capture) {
    stream.Header(capture, 1'000 * capture);
    for (int i = 0; i < 10; ++i) stream.Event(i % 2, fakes::MakeRecord(MEMMON_MMAP, 5));
  }
  for (const auto& batch : Decode(stream.bytes(), 100)) feed.Take(batch);
  const std::string records = ReadAll(&producer);
  EXPECT_TRUE(std::equal(
      records.begin(), records.end(), reinterpret_cast<const char*>(stream.bytes().data()),
      reinterpret_cast<const char*>(stream.bytes().data()) + stream.bytes().size()));
}

TEST(RecordProducer, TheHeaderOfWhatRunsComesAtOnce) {
  live::Feed feed;
  const auto batches = Decode(SomeStream(10).bytes(), 500);
  feed.Take(batches[0]);
  RecordProducer producer(feed.Subscribe([] {}), {{}, nullptr}, feed.capture());
  v1::StreamRecordsResponse message;
  auto again = Clock::time_point::max();
  ASSERT_TRUE(ReadNext(&producer, false, &message, &again));
  EXPECT_EQ(message.records().size(), static_cast<size_t>(MEMMON_RECORD_SIZE));
  EXPECT_FALSE(ReadNext(&producer, false, &message, &again));
}

}  // namespace
}  // namespace memmon::api
