// SPDX-License-Identifier: Apache-2.0
//
// A directory for a spool, and events of every field to put into it.

#ifndef MEMMON_TESTS_UNIT_STORE_SPOOL_FIXTURE_H_
#define MEMMON_TESTS_UNIT_STORE_SPOOL_FIXTURE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/event_queue.h"
#include "store/spool.h"

namespace memmon::store {

inline std::shared_ptr<const model::Capture> SpoolCapture(uint32_t number = 1) {
  auto capture = std::make_shared<model::Capture>();
  capture->abi_version = 1;
  capture->boot_id = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6};
  capture->start_ns = 77;
  capture->realtime_offset_ns = -5;
  capture->ram_bytes = uint64_t{1} << 40;
  capture->swap_bytes = 3;
  capture->page_size_bytes = 4096;
  capture->cpu_count = 8;
  capture->coverage = 0xff;
  capture->number = number;
  capture->ring_records = 1024;
  capture->kernel_release = "6.1.0-spool";
  return capture;
}

// No two fields alike.
inline model::Event SpoolEvent(uint16_t cpu, uint64_t sequence) {
  model::Event event;
  event.kind = model::EventKind::kMremap;
  event.flags = model::kFlagCompat;
  event.cpu = cpu;
  event.sequence = sequence;
  event.time_ns = 1'000 + sequence;
  event.tgid = 2;
  event.tid = 3;
  event.start_ns = 4;
  event.mm_id = ~uint64_t{5};
  event.ticket = 6;
  event.virtual_size_bytes = 7;
  event.cgroup_id = 8;
  event.address = 9;
  event.length_bytes = 10;
  event.result = -11;
  event.prot = 12;
  event.map_flags = 13;
  event.uid = 14;
  event.namespace_tgid = 15;
  std::strcpy(event.comm.data(), "spooled");
  return event;
}

inline Chunk ChunkOf(const std::shared_ptr<const model::Capture>& capture,
                     std::vector<model::Event> events, uint64_t epoch = 0) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  batch->events = std::move(events);
  Chunk chunk;
  chunk.capture = capture;
  chunk.event_count = batch->events.size();
  chunk.epoch = epoch;
  chunk.slices.push_back({batch, 0, batch->events.size()});
  return chunk;
}

// `count` events from `first` on CPU `cpu`.
inline Chunk ChunkOf(const std::shared_ptr<const model::Capture>& capture, uint16_t cpu,
                     uint64_t first, size_t count, uint64_t epoch = 0) {
  std::vector<model::Event> events;
  for (size_t i = 0; i < count; ++i) events.push_back(SpoolEvent(cpu, first + i));
  return ChunkOf(capture, std::move(events), epoch);
}

inline std::vector<model::Event> EventsOf(const Chunk& chunk) {
  std::vector<model::Event> events;
  for (const Slice& slice : chunk.slices) {
    events.insert(events.end(), slice.batch->events.begin() + static_cast<ptrdiff_t>(slice.begin),
                  slice.batch->events.begin() + static_cast<ptrdiff_t>(slice.end));
  }
  return events;
}

class SpoolTest : public testing::Test {
 protected:
  SpoolTest() {
    // In memory where that is possible: tens of thousands of fsyncs.
    parent_ = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    parent_ += "/memmon-spool-XXXXXX";
    EXPECT_NE(mkdtemp(parent_.data()), nullptr);
  }
  ~SpoolTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(parent_, ignored);
  }

  // Small: frames of up to ten events, some six of them to a file.
  SpoolOptions Options() const {
    SpoolOptions options;
    options.directory = directory();
    options.machine_id = "machine";
    options.most_events = 10;
    options.bytes = 80'000;
    return options;
  }
  static std::unique_ptr<Spool> Open(const SpoolOptions& options) {
    auto spool = Spool::Open(options);
    EXPECT_TRUE(spool.ok()) << spool.status();
    return spool.ok() ? *std::move(spool) : nullptr;
  }
  std::unique_ptr<Spool> Open() const { return Open(Options()); }
  static std::string Problem(const SpoolOptions& options) {
    return std::string(Spool::Open(options).status().message());
  }

  std::string directory() const { return parent_ + "/spool"; }
  // Segment files, oldest first.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory())) {
      if (entry.path().extension() == ".events") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  static void WriteFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  // Everything that waits, taken and confirmed.
  static std::vector<model::Event> TakeAll(Spool& spool) {
    std::vector<model::Event> all;
    for (;;) {
      const auto taken = spool.Next(1'000);
      if (taken.chunk.empty()) return all;
      const auto events = EventsOf(taken.chunk);
      all.insert(all.end(), events.begin(), events.end());
      spool.Done(0);
    }
  }
  static std::vector<uint64_t> Numbers(const std::vector<model::Event>& events) {
    std::vector<uint64_t> numbers;
    for (const auto& event : events) numbers.push_back(event.sequence);
    return numbers;
  }
  // Numbers that the ledger says are lost, of CPU `cpu`.
  static std::set<uint64_t> Lost(Spool& spool, uint16_t cpu = 0) {
    std::set<uint64_t> lost;
    for (const Loss& loss : spool.ledger().losses()) {
      if (loss.span.cpu != cpu) continue;
      for (uint64_t n = loss.span.first; n <= loss.span.last; ++n) lost.insert(n);
    }
    return lost;
  }
  static void ExpectLaw(const Spool& spool) {
    const auto c = spool.counters();
    EXPECT_EQ(c.in, c.out + c.dropped + c.waiting);
  }

  std::string parent_;
};

}  // namespace memmon::store

#endif  // MEMMON_TESTS_UNIT_STORE_SPOOL_FIXTURE_H_
