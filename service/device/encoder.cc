// SPDX-License-Identifier: Apache-2.0

#include "device/encoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "device/layout.h"

namespace memmon::device {
namespace {

static_assert(kEncodedBytes == kRecordSize);

template <typename Record>
void AppendRecord(const Record& record, std::string* out) {
  static_assert(sizeof(record) == kRecordSize);
  out->append(reinterpret_cast<const char*>(&record), sizeof(record));
}

}  // namespace

void Encoder::Begin(const model::Capture& capture, std::string* out) {
  memmon_header header{};
  header.kind = MEMMON_HEADER;
  header.cpu = MEMMON_CPU_NONE;
  header.time_ns = capture.start_ns;
  header.magic = MEMMON_MAGIC;
  header.abi_version = capture.abi_version;
  header.record_size = kRecordSize;
  std::copy(capture.boot_id.begin(), capture.boot_id.end(), std::begin(header.boot_id));
  header.realtime_offset_ns = capture.realtime_offset_ns;
  header.ram_bytes = capture.ram_bytes;
  header.swap_bytes = capture.swap_bytes;
  header.page_size = capture.page_size_bytes;
  header.cpu_count = capture.cpu_count;
  header.coverage = capture.coverage;
  header.capture = capture.number;
  header.ring_records = capture.ring_records;
  std::memcpy(header.release, capture.kernel_release.data(),
              std::min(capture.kernel_release.size(), sizeof(header.release) - 1));
  AppendRecord(header, out);
  page_size_bytes_ = capture.page_size_bytes;
  next_.assign(capture.cpu_count + 1, 0);
  next_[0] = 1;  // HEADER was number 0
}

uint64_t Encoder::Number(uint16_t cpu, uint64_t count) {
  const size_t stream = static_cast<uint16_t>(cpu + 1);
  if (stream >= next_.size()) next_.resize(stream + 1);
  const uint64_t number = next_[stream];
  next_[stream] += count;
  return number;
}

void Encoder::Append(std::span<const model::Event> events, std::string* out) {
  // Page sizes are powers of two.
  const int shift = std::countr_zero(page_size_bytes_);
  size_t at = out->size();
  out->resize(at + events.size() * kRecordSize);
  for (const model::Event& event : events) {
    char* const bytes = out->data() + at;
    at += kRecordSize;
    if (event.kind == model::EventKind::kLost) {
      memmon_lost lost{};
      lost.kind = MEMMON_LOST;
      lost.flags = event.flags;
      lost.cpu = event.cpu;
      lost.seq = Number(event.cpu, event.lost_count);
      lost.time_ns = event.time_ns;
      lost.count = event.lost_count;
      lost.last_ns = event.lost_until_ns;
      std::memcpy(bytes, &lost, kRecordSize);
      continue;
    }
    static_assert(kLaidOutAlike, "field by field, then");
    std::memcpy(bytes, static_cast<const void*>(&event), kRecordSize);
    const auto put = [&](size_t offset, auto value) {
      std::memcpy(bytes + offset, &value, sizeof(value));
    };
    put(offsetof(memmon_event, reserved), uint16_t{0});
    put(offsetof(memmon_event, seq), Number(event.cpu, 1));
    put(offsetof(memmon_event, total_vm), event.virtual_size_bytes >> shift);
  }
}

void Encoder::AppendLost(uint16_t cpu, uint64_t count, uint64_t first_ns, uint64_t last_ns,
                         std::string* out) {
  model::Event lost;
  lost.kind = model::EventKind::kLost;
  lost.cpu = cpu;
  lost.lost_count = count;
  lost.time_ns = first_ns;
  lost.lost_until_ns = std::max(first_ns, last_ns);
  Append({&lost, 1}, out);
}

}  // namespace memmon::device
