// SPDX-License-Identifier: Apache-2.0

#include "ctl/recording.h"

#include <memmon.h>

#include <algorithm>
#include <cstring>

namespace memmon::ctl {
namespace {

// What every kind of record begins with.
constexpr size_t kTimeOffset = offsetof(memmon_event, time_ns);

template <typename Record>
Record As(std::string_view bytes) {
  static_assert(sizeof(Record) == MEMMON_RECORD_SIZE);
  Record record;
  memcpy(&record, bytes.data(), sizeof(record));
  return record;
}

}  // namespace

const size_t Recording::kRecordBytes = MEMMON_RECORD_SIZE;

void Recording::Add(std::string_view bytes) {
  if (!rest_.empty()) {
    const size_t taken = std::min(bytes.size(), kRecordBytes - rest_.size());
    rest_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (rest_.size() < kRecordBytes) return;
    AddRecord(rest_);
    rest_.clear();
  }
  for (; bytes.size() >= kRecordBytes; bytes.remove_prefix(kRecordBytes)) AddRecord(bytes);
  rest_ = bytes;
}

void Recording::AddRecord(std::string_view record) {
  if (broken_) return;
  uint16_t kind = 0;
  memcpy(&kind, record.data(), sizeof(kind));
  if (kind == MEMMON_HEADER) {
    const auto header = As<memmon_header>(record);
    if (header.magic != MEMMON_MAGIC || header.abi_version != MEMMON_ABI_VERSION ||
        header.record_size != MEMMON_RECORD_SIZE) {
      broken_ = true;
      return;
    }
    ++captures_;
    realtime_offset_ns_ = header.realtime_offset_ns;
    const auto* release = reinterpret_cast<const char*>(header.release);
    kernel_release_.assign(release, strnlen(release, sizeof(header.release)));
  } else if (captures_ == 0) {
    broken_ = true;
    return;
  }
  if (kind == MEMMON_LOST) lost_ += As<memmon_lost>(record).count;
  uint64_t time_ns = 0;
  memcpy(&time_ns, record.data() + kTimeOffset, sizeof(time_ns));
  const bool is_header = kind == MEMMON_HEADER;
  const bool only_headers = records_ + (is_header ? 1 : 0) == captures_;  // before this one
  if (only_headers) {
    first_ns_ = last_ns_ = time_ns;
  } else if (!is_header) {
    // Records of different CPUs interleave.
    first_ns_ = std::min(first_ns_, time_ns);
    last_ns_ = std::max(last_ns_, time_ns);
  }
  ++records_;
}

}  // namespace memmon::ctl
