// SPDX-License-Identifier: Apache-2.0
//
// Builds the bytes of a stream as the module would write them: it numbers the
// records of each sub-stream.

#ifndef MEMMON_TESTS_FAKES_STREAM_BUILDER_H_
#define MEMMON_TESTS_FAKES_STREAM_BUILDER_H_

#include <memmon.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace memmon::fakes {

class StreamBuilder {
 public:
  explicit StreamBuilder(uint32_t cpu_count = 2, uint32_t page_size = 4096)
      : cpu_count_(cpu_count), page_size_(page_size) {}

  // A capture begins: every sub-stream is numbered from 0 again.
  StreamBuilder& Header(uint32_t capture = 1, uint64_t time_ns = 1'000) {
    memmon_header header = MakeHeader(capture, time_ns);
    next_.assign(cpu_count_, 0);
    next_baseline_ = 1;
    return Raw(&header);
  }

  memmon_header MakeHeader(uint32_t capture = 1, uint64_t time_ns = 1'000) const {
    memmon_header header{};
    header.kind = MEMMON_HEADER;
    header.cpu = MEMMON_CPU_NONE;
    header.time_ns = time_ns;
    header.magic = MEMMON_MAGIC;
    header.abi_version = MEMMON_ABI_VERSION;
    header.record_size = MEMMON_RECORD_SIZE;
    for (int i = 0; i < 16; ++i) header.boot_id[i] = static_cast<__u8>(i + 1);
    header.realtime_offset_ns = 1'700'000'000'000'000'000;
    header.ram_bytes = 8ULL << 30;
    header.swap_bytes = 1ULL << 30;
    header.page_size = page_size_;
    header.cpu_count = cpu_count_;
    header.coverage = MEMMON_COVER_MMAP | MEMMON_COVER_MUNMAP;
    header.capture = capture;
    header.ring_records = 4096;
    std::strcpy(reinterpret_cast<char*>(header.release), "6.1.0-fake");
    return header;
  }

  // Numbers the record and appends it. BASELINE goes to its own sub-stream
  // whatever `cpu` says.
  StreamBuilder& Event(uint16_t cpu, memmon_event event) {
    const bool baseline = event.kind == MEMMON_BASELINE;
    event.cpu = baseline ? MEMMON_CPU_NONE : cpu;
    event.seq = baseline ? next_baseline_++ : next_[cpu]++;
    return Raw(&event);
  }

  StreamBuilder& Lost(uint16_t cpu, uint64_t count, uint64_t time_ns = 5'000) {
    memmon_lost lost{};
    lost.kind = MEMMON_LOST;
    lost.cpu = cpu;
    lost.seq = next_[cpu];
    lost.time_ns = time_ns;
    lost.last_ns = time_ns + 10;
    lost.count = count;
    next_[cpu] += count;
    return Raw(&lost);
  }

  // A hole that nothing explains.
  StreamBuilder& Skip(uint16_t cpu, uint64_t count) {
    next_[cpu] += count;
    return *this;
  }

  template <typename Record>
  StreamBuilder& Raw(const Record* record) {
    static_assert(sizeof(Record) == MEMMON_RECORD_SIZE);
    const auto* begin = reinterpret_cast<const std::byte*>(record);
    bytes_.insert(bytes_.end(), begin, begin + sizeof(Record));
    return *this;
  }

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  const uint32_t cpu_count_;
  const uint32_t page_size_;
  std::vector<uint64_t> next_;
  uint64_t next_baseline_ = 1;
  std::vector<std::byte> bytes_;
};

// A record with the fields most tests want; the builder numbers it.
inline memmon_event MakeRecord(uint16_t kind, uint32_t tgid, uint64_t time_ns = 2'000,
                               uint64_t length = 4096, int64_t result = 0,
                               std::string_view comm = "fake") {
  memmon_event event{};
  event.kind = kind;
  event.time_ns = time_ns;
  event.tgid = event.tid = event.ns_tgid = tgid;
  event.start_ns = 100 + tgid;
  event.mm_id = 1'000 + tgid;
  event.ticket = time_ns;
  event.total_vm = 10;
  event.length = length;
  event.result = result;
  std::memcpy(event.comm, comm.data(), std::min<size_t>(comm.size(), MEMMON_COMM_LEN - 1));
  return event;
}

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_STREAM_BUILDER_H_
