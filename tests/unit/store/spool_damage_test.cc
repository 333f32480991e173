// SPDX-License-Identifier: Apache-2.0
//
// Files that were cut or altered: at every byte and at every bit. Whatever is
// given out is what was put in; whatever is not, and is known, is told.

#include <functional>

#include "spool_fixture.h"

namespace memmon::store {
namespace {

bool Same(const model::Event& a, const model::Event& b) {
  return a.kind == b.kind && a.flags == b.flags && a.cpu == b.cpu && a.sequence == b.sequence &&
         a.time_ns == b.time_ns && a.tgid == b.tgid && a.tid == b.tid && a.start_ns == b.start_ns &&
         a.mm_id == b.mm_id && a.ticket == b.ticket &&
         a.virtual_size_bytes == b.virtual_size_bytes && a.cgroup_id == b.cgroup_id &&
         a.address == b.address && a.length_bytes == b.length_bytes && a.result == b.result &&
         a.prot == b.prot && a.map_flags == b.map_flags && a.uid == b.uid &&
         a.namespace_tgid == b.namespace_tgid && a.comm == b.comm && a.lost_count == b.lost_count &&
         a.lost_until_ns == b.lost_until_ns;
}

class SpoolDamage : public SpoolTest {
 protected:
  // Frames of two events, one on each of two CPUs, numbers 0, 1, 2...
  void Fill(uint64_t frames) {
    auto spool = Open();
    const auto capture = SpoolCapture();
    for (uint64_t i = 0; i < frames; ++i) {
      ASSERT_TRUE(spool->Append(ChunkOf(capture, {SpoolEvent(0, i), SpoolEvent(1, i)})).ok());
    }
  }

  // Opens, takes all; every event given out is whole and in order. The numbers
  // of CPU 0 and 1, which are the same.
  struct Result {
    std::set<uint64_t> stored;
    std::set<uint64_t> lost;
  };
  Result Read() {
    auto spool = Open();
    Result result;
    if (spool == nullptr) return result;
    std::map<uint16_t, std::set<uint64_t>> stored;
    for (const auto& event : TakeAll(*spool)) {
      EXPECT_TRUE(Same(event, SpoolEvent(event.cpu, event.sequence)));
      EXPECT_TRUE(stored[event.cpu].empty() || *stored[event.cpu].rbegin() < event.sequence);
      stored[event.cpu].insert(event.sequence);
    }
    EXPECT_EQ(stored[0], stored[1]) << "a frame is given out whole";
    EXPECT_EQ(Lost(*spool, 0), Lost(*spool, 1));
    result = {stored[0], Lost(*spool, 0)};
    for (const uint64_t number : result.stored) {
      EXPECT_FALSE(result.lost.contains(number)) << number << " is stored, and told to be lost";
    }
    ExpectLaw(*spool);
    EXPECT_TRUE(spool->empty());
    EXPECT_TRUE(Files().empty());
    return result;
  }

  // The files as they are now, to be put back.
  std::map<std::string, std::string> Snapshot() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      files[entry.path()] = ReadFile(entry.path());
    }
    return files;
  }
  void Restore(const std::map<std::string, std::string>& files) const {
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      std::filesystem::remove(entry.path());
    }
    for (const auto& [path, bytes] : files) WriteFile(path, bytes);
  }
};

TEST_F(SpoolDamage, EveryFieldComesBack) {
  auto spool = Open();
  const auto capture = SpoolCapture();
  model::Event lost;
  lost.kind = model::EventKind::kLost;
  lost.cpu = 3;
  lost.sequence = ~uint64_t{0} - 10;
  lost.lost_count = 11;
  lost.lost_until_ns = 12;
  model::Event baseline = SpoolEvent(model::kNoCpu, 1);
  baseline.kind = model::EventKind::kBaseline;
  const std::vector<model::Event> events = {SpoolEvent(7, 1), lost, baseline};
  ASSERT_TRUE(spool->Append(ChunkOf(capture, events, 42)).ok());
  const auto taken = spool->Next(10);
  ASSERT_EQ(taken.chunk.event_count, events.size());
  EXPECT_EQ(taken.chunk.epoch, 42u);
  const auto got = EventsOf(taken.chunk);
  for (size_t i = 0; i < events.size(); ++i) EXPECT_TRUE(Same(got[i], events[i])) << i;
  const model::Capture& back = *taken.chunk.capture;
  EXPECT_EQ(back.abi_version, capture->abi_version);
  EXPECT_EQ(back.boot_id, capture->boot_id);
  EXPECT_EQ(back.start_ns, capture->start_ns);
  EXPECT_EQ(back.realtime_offset_ns, capture->realtime_offset_ns);
  EXPECT_EQ(back.ram_bytes, capture->ram_bytes);
  EXPECT_EQ(back.swap_bytes, capture->swap_bytes);
  EXPECT_EQ(back.page_size_bytes, capture->page_size_bytes);
  EXPECT_EQ(back.cpu_count, capture->cpu_count);
  EXPECT_EQ(back.coverage, capture->coverage);
  EXPECT_EQ(back.number, capture->number);
  EXPECT_EQ(back.ring_records, capture->ring_records);
  EXPECT_EQ(back.kernel_release, capture->kernel_release);
}

TEST_F(SpoolDamage, ATailTornAtAnyByteLeavesWhatIsBefore) {
  constexpr uint64_t kFrames = 4;
  Fill(kFrames);
  const auto whole = Snapshot();
  ASSERT_EQ(Files().size(), 1u);
  const std::string file = Files()[0];
  const size_t size = whole.at(file).size();
  const size_t frame = (size - SpoolSegment::kHeaderBytes) / kFrames;
  for (size_t cut = 0; cut < size; ++cut) {
    SCOPED_TRACE(cut);
    Restore(whole);
    std::filesystem::resize_file(file, cut);
    Open().reset();
    for (const auto& left : Files()) {
      EXPECT_EQ((std::filesystem::file_size(left) - SpoolSegment::kHeaderBytes) % frame, 0u)
          << "the torn frame is cut off";
    }
    const Result result = Read();
    const size_t behind = cut < SpoolSegment::kHeaderBytes ? 0 : cut - SpoolSegment::kHeaderBytes;
    const uint64_t frames = behind / frame;
    EXPECT_EQ(result.stored.size(), frames);
    // The torn one is told as soon as its facts are whole.
    const bool known = behind % frame >= frame - 2 * kEventBytes;
    EXPECT_EQ(result.lost, known ? std::set<uint64_t>{frames} : std::set<uint64_t>{});
    if (testing::Test::HasFailure()) return;
  }
}

TEST_F(SpoolDamage, ABitFlippedAnywhereIsNeverBelieved) {
  constexpr uint64_t kFrames = 4;
  Fill(kFrames);
  const auto whole = Snapshot();
  const std::string file = Files()[0];
  const size_t size = whole.at(file).size();
  const size_t frame = (size - SpoolSegment::kHeaderBytes) / kFrames;
  for (size_t bit = 0; bit < 8 * size; ++bit) {
    SCOPED_TRACE(bit);
    Restore(whole);
    std::string bytes = whole.at(file);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    WriteFile(file, bytes);
    const Result result = Read();
    if (bit / 8 < SpoolSegment::kHeaderBytes) {
      EXPECT_TRUE(result.stored.empty());
    } else {
      const uint64_t hit = (bit / 8 - SpoolSegment::kHeaderBytes) / frame;
      const bool in_events =
          (bit / 8 - SpoolSegment::kHeaderBytes) % frame >= frame - 2 * kEventBytes;
      EXPECT_FALSE(result.stored.contains(hit));
      EXPECT_EQ(result.stored.size(), in_events ? kFrames - 1 : hit);
      EXPECT_EQ(result.lost, in_events ? std::set<uint64_t>{hit} : std::set<uint64_t>{});
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST_F(SpoolDamage, WhatADamagedFileHadIsToldByTheFileBehindIt) {
  constexpr uint64_t kFrames = 80;
  Fill(kFrames);
  const auto whole = Snapshot();
  const auto files = Files();
  ASSERT_GE(files.size(), 4u);
  const size_t frame_bytes =
      whole.at(files[0]).find("MMSF", SpoolSegment::kHeaderBytes + 4) - SpoolSegment::kHeaderBytes;
  uint64_t first = 0;
  for (size_t i = 0; i + 1 < files.size(); ++i) {
    SCOPED_TRACE(i);
    const uint64_t frames = (whole.at(files[i]).size() - SpoolSegment::kHeaderBytes) / frame_bytes;
    Restore(whole);
    std::string bytes = whole.at(files[i]);
    bytes[SpoolSegment::kHeaderBytes + 1] ^= 1;  // the head of its first frame
    WriteFile(files[i], bytes);
    const Result result = Read();
    EXPECT_EQ(result.stored.size(), kFrames - frames);
    std::set<uint64_t> wanted;
    // Where nothing is before it, nobody knows what was.
    for (uint64_t n = first; i > 0 && n < first + frames; ++n) wanted.insert(n);
    EXPECT_EQ(result.lost, wanted);
    first += frames;
  }
}

TEST_F(SpoolDamage, ADamagedFileThatIsDroppedTellsOfAllThatItHad) {
  constexpr uint64_t kFrames = 80;
  Fill(kFrames);
  std::string bytes = ReadFile(Files()[0]);
  bytes[bytes.find("MMSF", bytes.size() / 2) + 1] ^= 1;  // the head of a frame in its midst
  WriteFile(Files()[0], bytes);
  auto options = Options();
  options.when_full = SpoolFull::kDropOldest;
  auto spool = Open(options);
  const uint64_t found = spool->counters().dropped;
  uint64_t next = kFrames;
  for (; spool->counters().dropped == found; ++next) {
    ASSERT_TRUE(
        spool->Append(ChunkOf(SpoolCapture(), {SpoolEvent(0, next), SpoolEvent(1, next)})).ok());
  }
  for (const uint16_t cpu : {0, 1}) {
    std::set<uint64_t> told = Lost(*spool, cpu);
    EXPECT_EQ(told.size(), *told.rbegin() + 1);
    EXPECT_EQ(*told.begin(), 0u);
  }
  std::set<uint64_t> told = Lost(*spool, 0);
  for (const auto& event : TakeAll(*spool)) {
    if (event.cpu == 0) EXPECT_TRUE(told.insert(event.sequence).second) << event.sequence;
  }
  EXPECT_EQ(told.size(), next) << "stored, or told to be lost";
  ExpectLaw(*spool);
}

TEST_F(SpoolDamage, AFileWithoutItsHeaderIsAGapBeforeTheNext) {
  Fill(80);
  const auto whole = Snapshot();
  const auto files = Files();
  ASSERT_GE(files.size(), 4u);
  for (size_t i = 0; i + 1 < files.size(); ++i) {
    SCOPED_TRACE(i);
    Restore(whole);
    std::string bytes = whole.at(files[i]);
    bytes[1] ^= 1;
    WriteFile(files[i], bytes);
    auto spool = Open();
    std::vector<bool> gaps;  // before each of the frames that are left
    for (auto taken = spool->Next(2); !taken.chunk.empty(); taken = spool->Next(2)) {
      gaps.push_back(taken.after_gap);
      spool->Done(0);
    }
    EXPECT_EQ(std::count(gaps.begin(), gaps.end(), true), 1);
    EXPECT_EQ(gaps.at(0), i == 0);
  }
}

TEST_F(SpoolDamage, ADamagedLedgerIsEmptyAndTheEventsAreThere) {
  Fill(3);
  {
    auto spool = Open();
    const auto loss = LossesOf(FactsOf(ChunkOf(SpoolCapture(), 0, 90, 5)), LossReason::kQueueFull);
    ASSERT_TRUE(spool->ledger().Add(loss).ok());
  }
  const auto whole = Snapshot();
  const std::string path = directory() + "/losses";
  for (size_t bit = 0; bit < 8 * whole.at(path).size(); ++bit) {
    SCOPED_TRACE(bit);
    Restore(whole);
    std::string bytes = whole.at(path);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    WriteFile(path, bytes);
    auto spool = Open();
    ASSERT_TRUE(spool->ledger().losses().empty());
    ASSERT_EQ(TakeAll(*spool).size(), 6u);
  }
}

TEST_F(SpoolDamage, AFileUnderAnothersNameIsNotBelieved) {
  Fill(3);
  std::filesystem::rename(Files()[0], directory() + "/00000000000000ff.events");
  EXPECT_TRUE(Read().stored.empty());
}

TEST_F(SpoolDamage, AFrameInAnothersPlaceIsNotBelieved) {
  constexpr uint64_t kFrames = 4;
  Fill(kFrames);
  const std::string file = Files()[0];
  std::string bytes = ReadFile(file);
  const size_t frame = (bytes.size() - SpoolSegment::kHeaderBytes) / kFrames;
  // As a disk would that wrote a block twice, or a process that knew the format.
  bytes.replace(SpoolSegment::kHeaderBytes + 2 * frame, frame,
                bytes.substr(SpoolSegment::kHeaderBytes + frame, frame));
  WriteFile(file, bytes);
  EXPECT_EQ(Read().stored, (std::set<uint64_t>{0, 1}));
}

}  // namespace
}  // namespace memmon::store
