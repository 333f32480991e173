// SPDX-License-Identifier: Apache-2.0

#include "device/decoder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/match.h"
#include "device/layout.h"
#include "fakes/stream_builder.h"
#include "model/names.h"

namespace memmon::device {
namespace {

using fakes::MakeRecord;
using fakes::StreamBuilder;
using model::Event;
using model::EventKind;

struct Decoded {
  std::vector<model::SharedBatch> batches;
  absl::Status status;
  absl::Status finish;

  std::vector<Event> events() const {
    std::vector<Event> all;
    for (const auto& batch : batches) {
      all.insert(all.end(), batch->events.begin(), batch->events.end());
    }
    return all;
  }
};

Decoded DecodeWith(Decoder* decoder, std::span<const std::byte> bytes) {
  Decoded decoded;
  decoded.status = decoder->Decode(bytes, &decoded.batches);
  decoded.finish = decoder->Finish();
  return decoded;
}

Decoded Decode(std::span<const std::byte> bytes) {
  Decoder decoder;
  return DecodeWith(&decoder, bytes);
}

// Everything of a stream: baseline, two CPUs, a loss, a kind of the future,
// and a second capture.
std::vector<std::byte> SampleStream() {
  StreamBuilder builder;
  builder.Header(1)
      .Event(0, MakeRecord(MEMMON_BASELINE, 7))
      .Event(0, MakeRecord(MEMMON_MMAP, 7))
      .Event(0, MakeRecord(MEMMON_BASELINE, 8))
      .Event(1, MakeRecord(MEMMON_MUNMAP, 8))
      .Lost(1, 5)
      .Event(1, MakeRecord(MEMMON_FORK, 9))
      .Event(1, MakeRecord(99, 9))
      .Event(1, MakeRecord(MEMMON_EXIT, 9))
      .Header(2)
      .Event(0, MakeRecord(MEMMON_BASELINE, 7))
      .Event(0, MakeRecord(MEMMON_BRK, 7));
  return builder.bytes();
}

std::string Fields(const Event& e) {
  std::string text;
  for (const uint64_t value : {uint64_t(e.kind),
                               uint64_t(e.flags),
                               uint64_t(e.cpu),
                               e.sequence,
                               e.time_ns,
                               uint64_t(e.tgid),
                               uint64_t(e.tid),
                               e.start_ns,
                               e.mm_id,
                               e.ticket,
                               e.virtual_size_bytes,
                               e.cgroup_id,
                               e.address,
                               e.length_bytes,
                               uint64_t(e.result),
                               uint64_t(e.prot),
                               uint64_t(e.map_flags),
                               uint64_t(e.uid),
                               uint64_t(e.namespace_tgid),
                               e.lost_count,
                               e.lost_until_ns}) {
    text += std::to_string(value) + " ";
  }
  return text + std::string(e.name());
}

TEST(DecoderTest, GivesEveryFieldOfAnEvent) {
  memmon_event record{};
  record.kind = MEMMON_MMAP;
  record.flags = MEMMON_F_COMPAT;
  record.time_ns = 11;
  record.tgid = 12;
  record.tid = 13;
  record.start_ns = 14;
  record.mm_id = 15;
  record.ticket = 16;
  record.total_vm = 17;
  record.cgroup_id = 18;
  record.addr = 19;
  record.length = 20;
  record.result = -12;
  record.prot = 22;
  record.map_flags = 23;
  record.uid = 24;
  record.ns_tgid = 25;
  std::memcpy(record.comm, "fifteen letters", 15);
  StreamBuilder builder(2, 65536);
  builder.Header().Event(1, record);

  const Decoded decoded = Decode(builder.bytes());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  ASSERT_EQ(decoded.events().size(), 1u);
  const Event event = decoded.events()[0];
  EXPECT_EQ(Fields(event),
            "16 4 1 0 11 12 13 14 15 16 1114112 18 19 20 18446744073709551604 22 23 24 25 0 0 "
            "fifteen letters");
  EXPECT_TRUE(event.failed());
}

TEST(DecoderTest, GivesTheCapture) {
  StreamBuilder builder(3);
  builder.Header(4, 555).Event(2, MakeRecord(MEMMON_MMAP, 1));
  Decoder decoder;
  const Decoded decoded = DecodeWith(&decoder, builder.bytes());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  const model::Capture& capture = *decoder.capture();
  EXPECT_EQ(capture.abi_version, 1u);
  EXPECT_EQ(model::BootIdHex(capture), "0102030405060708090a0b0c0d0e0f10");
  EXPECT_EQ(capture.start_ns, 555u);
  EXPECT_EQ(capture.realtime_offset_ns, 1'700'000'000'000'000'000);
  EXPECT_EQ(capture.ram_bytes, 8ULL << 30);
  EXPECT_EQ(capture.swap_bytes, 1ULL << 30);
  EXPECT_EQ(capture.page_size_bytes, 4096u);
  EXPECT_EQ(capture.cpu_count, 3u);
  EXPECT_EQ(capture.number, 4u);
  EXPECT_EQ(capture.ring_records, 4096u);
  EXPECT_EQ(capture.kernel_release, "6.1.0-fake");
  EXPECT_EQ(model::NameCoverage(capture.coverage).covered,
            (std::vector<std::string>{"mmap", "munmap"}));
  EXPECT_EQ(decoded.batches[0]->capture, decoder.capture());
}

TEST(DecoderTest, CoverageWordsStandForTheHeadersBits) {
  const auto word = [](uint32_t bit) { return model::NameCoverage(bit).covered.at(0); };
  EXPECT_EQ(word(MEMMON_COVER_UNMAP), "unmap");
  EXPECT_EQ(word(MEMMON_COVER_MREMAP), "mremap");
  EXPECT_EQ(word(MEMMON_COVER_BRK), "brk");
  EXPECT_EQ(word(MEMMON_COVER_STACK), "stack");
  EXPECT_EQ(word(MEMMON_COVER_SPECIAL), "special");
  EXPECT_EQ(word(MEMMON_COVER_FORK), "fork");
  EXPECT_EQ(word(MEMMON_COVER_EXEC), "exec");
  EXPECT_EQ(word(MEMMON_COVER_EXIT), "exit");
  EXPECT_EQ(word(MEMMON_COVER_MM_EXIT), "mm_exit");
  EXPECT_TRUE(model::NameCoverage(MEMMON_COVER_ALL).not_covered.empty());
}

TEST(DecoderTest, CountsEachSubStream) {
  Decoder decoder;
  StreamBuilder builder;
  builder.Header()
      .Event(0, MakeRecord(MEMMON_BASELINE, 7))
      .Event(0, MakeRecord(MEMMON_MMAP, 7))
      .Lost(1, 5)
      .Event(1, MakeRecord(99, 9))
      .Event(1, MakeRecord(MEMMON_EXIT, 9));
  const Decoded decoded = DecodeWith(&decoder, builder.bytes());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_TRUE(decoded.finish.ok());
  EXPECT_EQ(decoder.baseline().received, 1u);
  EXPECT_EQ(decoder.streams()[0].received, 1u);
  EXPECT_EQ(decoder.streams()[1].received, 2u);  // the unknown one was delivered, too
  EXPECT_EQ(decoder.streams()[1].lost, 5u);
  EXPECT_EQ(decoder.streams()[1].unexplained, 0u);
  EXPECT_EQ(decoder.counters().in, 5u);
  EXPECT_EQ(decoder.counters().out, 4u);
  EXPECT_EQ(decoder.counters().dropped, 1u);
}

TEST(DecoderTest, GivesALossAtItsPlace) {
  StreamBuilder builder;
  builder.Header()
      .Event(0, MakeRecord(MEMMON_MMAP, 7))
      .Lost(0, 3, 700)
      .Event(0, MakeRecord(MEMMON_MMAP, 7));
  const auto events = Decode(builder.bytes()).events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].kind, EventKind::kLost);
  EXPECT_EQ(events[1].lost_count, 3u);
  EXPECT_EQ(events[1].sequence, 1u);
  EXPECT_EQ(events[1].time_ns, 700u);
  EXPECT_EQ(events[1].lost_until_ns, 710u);
  EXPECT_EQ(events[2].sequence, 4u);
}

TEST(DecoderTest, MakesAHoleVisible) {
  StreamBuilder builder;
  builder.Header().Event(0, MakeRecord(MEMMON_MMAP, 7)).Skip(0, 4);
  builder.Event(0, MakeRecord(MEMMON_MMAP, 7, 9'000));
  Decoder decoder;
  const auto events = DecodeWith(&decoder, builder.bytes()).events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].kind, EventKind::kLost);
  EXPECT_EQ(events[1].sequence, 1u);
  EXPECT_EQ(events[1].lost_count, 4u);
  EXPECT_EQ(events[1].lost_until_ns, 9'000u);
  EXPECT_EQ(decoder.streams()[0].unexplained, 4u);
  EXPECT_EQ(decoder.streams()[0].lost, 0u);
}

TEST(DecoderTest, ASecondHeaderBeginsACapture) {
  Decoder decoder;
  const Decoded decoded = DecodeWith(&decoder, SampleStream());
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  ASSERT_EQ(decoded.batches.size(), 2u);
  EXPECT_EQ(decoded.batches[0]->capture->number, 1u);
  EXPECT_EQ(decoded.batches[0]->events.size(), 7u);
  EXPECT_EQ(decoded.batches[1]->capture->number, 2u);
  EXPECT_EQ(decoded.batches[1]->events.size(), 2u);
  EXPECT_EQ(decoder.streams()[0].received, 1u);
  EXPECT_EQ(decoder.streams()[1].received, 0u);
}

TEST(DecoderTest, CutsBatchesAtTheirBound) {
  StreamBuilder builder;
  builder.Header();
  for (int i = 0; i < 10; ++i) builder.Event(0, MakeRecord(MEMMON_MMAP, 7));
  Decoder decoder(4);
  const Decoded decoded = DecodeWith(&decoder, builder.bytes());
  ASSERT_EQ(decoded.batches.size(), 3u);
  EXPECT_EQ(decoded.batches[0]->events.size(), 4u);
  EXPECT_EQ(decoded.batches[2]->events.size(), 2u);
}

TEST(DecoderTest, PiecesOfAnySizeGiveTheSameEvents) {
  const auto bytes = SampleStream();
  std::vector<std::string> whole;
  for (const Event& event : Decode(bytes).events()) whole.push_back(Fields(event));
  std::mt19937 random(20240901);
  for (int round = 0; round < 500; ++round) {
    Decoder decoder;
    std::vector<std::string> pieces;
    std::span<const std::byte> rest = bytes;
    const size_t largest = 1 + random() % 400;
    while (!rest.empty()) {
      const size_t size = std::min<size_t>(rest.size(), 1 + random() % largest);
      // A copy of its own, so that ASan sees any step beyond the piece.
      const std::vector<std::byte> piece(rest.begin(), rest.begin() + size);
      std::vector<model::SharedBatch> batches;
      ASSERT_TRUE(decoder.Decode(piece, &batches).ok());
      for (const auto& batch : batches) {
        for (const Event& event : batch->events) pieces.push_back(Fields(event));
      }
      rest = rest.subspan(size);
    }
    ASSERT_EQ(pieces, whole);
    ASSERT_TRUE(decoder.Finish().ok());
  }
}

TEST(DecoderTest, KeepsWhatIsWholeOfATruncatedStream) {
  auto bytes = SampleStream();
  bytes.resize(3 * kRecordSize + 40);
  const Decoded decoded = Decode(bytes);
  EXPECT_TRUE(decoded.status.ok());
  EXPECT_EQ(decoded.events().size(), 2u);
  EXPECT_EQ(decoded.finish.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(decoded.finish.message(), "at byte 384, has 40 of 128 bytes"))
      << decoded.finish;
}

TEST(DecoderTest, SaysThatAnEmptyStreamIsEmpty) {
  EXPECT_EQ(Decode({}).finish.code(), absl::StatusCode::kDataLoss);
}

TEST(DecoderTest, SaysWhereGarbageBegins) {
  auto bytes = SampleStream();
  std::fill(bytes.begin() + 2 * kRecordSize, bytes.end(), std::byte{0xa5});
  const Decoded decoded = Decode(bytes);
  EXPECT_EQ(decoded.events().size(), 1u);
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(decoded.status.message(), "broken at byte 256")) << decoded.status;
  EXPECT_EQ(decoded.finish, decoded.status);
}

TEST(DecoderTest, TakesNothingAfterAnError) {
  StreamBuilder builder;
  builder.Header();
  Decoder decoder;
  std::vector<model::SharedBatch> batches;
  const std::vector<std::byte> zeros(kRecordSize);
  EXPECT_FALSE(decoder.Decode(zeros, &batches).ok());
  EXPECT_FALSE(decoder.Decode(builder.bytes(), &batches).ok());
  decoder.Reset();
  EXPECT_TRUE(decoder.Decode(SampleStream(), &batches).ok());
  EXPECT_EQ(batches.size(), 2u);
}

TEST(DecoderTest, RefusesAnotherAbi) {
  StreamBuilder builder;
  memmon_header header = builder.MakeHeader();
  header.abi_version = 2;
  builder.Raw(&header);
  const Decoded decoded = Decode(builder.bytes());
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(decoded.status.message(), "ABI version 2")) << decoded.status;
}

// One wrong field each: what the stream says of it, and where.
struct BadRecord {
  const char* says;
  void (*spoil)(memmon_event*);
};

class BadRecordTest : public testing::TestWithParam<BadRecord> {};

TEST_P(BadRecordTest, IsRefused) {
  StreamBuilder builder;
  builder.Header().Event(0, MakeRecord(MEMMON_MMAP, 7)).Event(0, MakeRecord(MEMMON_MMAP, 7));
  memmon_event record = MakeRecord(MEMMON_MMAP, 7);
  record.seq = 2;
  GetParam().spoil(&record);
  builder.Raw(&record);
  const Decoded decoded = Decode(builder.bytes());
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(decoded.status.message(), "broken at byte 384")) << decoded.status;
  EXPECT_TRUE(absl::StrContains(decoded.status.message(), GetParam().says)) << decoded.status;
  EXPECT_EQ(decoded.events().size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRecordTest,
    testing::Values(BadRecord{"kind 0", [](memmon_event* e) { e->kind = 0; }},
                    BadRecord{"reserved", [](memmon_event* e) { e->reserved = 1; }},
                    BadRecord{"CPU 2, but the machine has 2", [](memmon_event* e) { e->cpu = 2; }},
                    BadRecord{"kind 16 in the sub-stream of the baseline",
                              [](memmon_event* e) { e->cpu = MEMMON_CPU_NONE; }},
                    BadRecord{"kind 3 in the sub-stream of CPU 0",
                              [](memmon_event* e) { e->kind = MEMMON_BASELINE; }},
                    BadRecord{"sequence number 1 of CPU 0 where 2",
                              [](memmon_event* e) { e->seq = 1; }},
                    BadRecord{"out of any range", [](memmon_event* e) { e->seq = ~0ULL; }},
                    BadRecord{"name without an end", [](memmon_event* e) { e->comm[15] = 'x'; }},
                    BadRecord{"address space", [](memmon_event* e) { e->total_vm = 1ULL << 51; }},
                    BadRecord{"counts nothing",
                              [](memmon_event* e) {
                                e->kind = MEMMON_LOST;
                                reinterpret_cast<memmon_lost*>(e)->count = 0;
                              }},
                    BadRecord{"ends before it begins",
                              [](memmon_event* e) {
                                e->kind = MEMMON_LOST;
                                reinterpret_cast<memmon_lost*>(e)->count = 1;
                                reinterpret_cast<memmon_lost*>(e)->last_ns = 1;
                              }},
                    BadRecord{"magic", [](memmon_event* e) { e->kind = MEMMON_HEADER; }}));

struct BadHeader {
  const char* says;
  void (*spoil)(memmon_header*);
};

class BadHeaderTest : public testing::TestWithParam<BadHeader> {};

TEST_P(BadHeaderTest, IsRefused) {
  StreamBuilder builder;
  memmon_header header = builder.MakeHeader();
  GetParam().spoil(&header);
  builder.Raw(&header);
  const Decoded decoded = Decode(builder.bytes());
  EXPECT_EQ(decoded.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(decoded.status.message(), GetParam().says)) << decoded.status;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadHeaderTest,
    testing::Values(BadHeader{"magic", [](memmon_header* h) { h->magic ^= 1; }},
                    BadHeader{"records of 64 bytes", [](memmon_header* h) { h->record_size = 64; }},
                    BadHeader{"not the first", [](memmon_header* h) { h->seq = 1; }},
                    BadHeader{"not the first", [](memmon_header* h) { h->cpu = 0; }},
                    BadHeader{"page size of 0", [](memmon_header* h) { h->page_size = 0; }},
                    BadHeader{"page size of 5000", [](memmon_header* h) { h->page_size = 5000; }},
                    BadHeader{"machine of 0 CPUs", [](memmon_header* h) { h->cpu_count = 0; }},
                    BadHeader{"machine of 65535 CPUs",
                              [](memmon_header* h) { h->cpu_count = 65535; }},
                    BadHeader{"a start at 9223372036854775807 ns",
                              [](memmon_header* h) { h->time_ns = INT64_MAX; }},
                    BadHeader{"a start at 18446744073709551615 ns",
                              [](memmon_header* h) { h->time_ns = UINT64_MAX; }},
                    BadHeader{"-1001 ns before the wall clock",
                              [](memmon_header* h) { h->realtime_offset_ns = -1'001; }},
                    BadHeader{"release", [](memmon_header* h) { h->release[27] = 'x'; }},
                    BadHeader{"HEADER record", [](memmon_header* h) { h->kind = MEMMON_MMAP; }}));

// Every byte of a stream, every bit of it: no crash, no wrong magic or ABI
// taken, and nothing before the spoilt record touched.
TEST(DecoderTest, SurvivesEveryFlippedBit) {
  const auto good = SampleStream();
  std::vector<std::string> whole;
  for (const Event& event : Decode(good).events()) whole.push_back(Fields(event));
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto bytes = good;
      bytes[at] ^= std::byte(1 << bit);
      const Decoded decoded = Decode(bytes);
      const size_t in_record = at % kRecordSize;
      const bool in_header = at < kRecordSize;
      if (in_header && in_record >= offsetof(memmon_header, magic) &&
          in_record < offsetof(memmon_header, boot_id)) {
        ASSERT_FALSE(decoded.status.ok()) << "byte " << at;
        ASSERT_TRUE(decoded.batches.empty());
      }
      const auto events = decoded.events();
      const size_t untouched = in_header ? 0 : std::min<size_t>(at / kRecordSize - 1, 6);
      ASSERT_GE(events.size(), untouched) << "byte " << at;
      for (size_t i = 0; i < untouched; ++i) ASSERT_EQ(Fields(events[i]), whole[i]);
    }
  }
}

TEST(DecoderTest, SurvivesRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    StreamBuilder builder;
    builder.Header();
    auto bytes = builder.bytes();
    const size_t size = random() % 2'000;
    for (size_t i = 0; i < size; ++i) bytes.push_back(std::byte(random()));
    Decode(bytes);
  }
}

}  // namespace
}  // namespace memmon::device
