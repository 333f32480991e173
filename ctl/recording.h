// SPDX-License-Identifier: Apache-2.0
//
// What a recording of the stream of records holds, found out while it goes by. The
// only part of memmonctl that knows the records' layout (kmod/uapi/memmon.h).
//
// Not thread-safe.

#ifndef MEMMON_CTL_RECORDING_H_
#define MEMMON_CTL_RECORDING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace memmon::ctl {

class Recording {
 public:
  // Bytes of a record.
  static const size_t kRecordBytes;

  // Takes the next bytes; a record may be cut anywhere.
  void Add(std::string_view bytes);

  // It begins as a recording does: with a HEADER of the version we know.
  bool valid() const { return captures_ > 0 && !broken_; }
  // Bytes behind the last whole record.
  size_t torn_bytes() const { return rest_.size(); }
  uint64_t records() const { return records_; }  // HEADERs included
  uint64_t captures() const { return captures_; }
  uint64_t lost() const { return lost_; }  // by the word of its LOST records
  const std::string& kernel_release() const { return kernel_release_; }
  // Of what was recorded: a HEADER's time is when the capture began, be it long before.
  absl::Time begin() const { return FromBoot(first_ns_); }
  absl::Time end() const { return FromBoot(last_ns_); }

 private:
  void AddRecord(std::string_view record);
  // Later than any clock goes, where a damaged record says so.
  absl::Time FromBoot(uint64_t ns) const {
    constexpr auto kLatest = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    return absl::FromUnixNanos(static_cast<int64_t>(std::min(ns, kLatest))) +
           absl::Nanoseconds(realtime_offset_ns_);
  }

  std::string rest_;
  bool broken_ = false;
  uint64_t records_ = 0;
  uint64_t captures_ = 0;
  uint64_t lost_ = 0;
  uint64_t first_ns_ = 0;
  uint64_t last_ns_ = 0;
  int64_t realtime_offset_ns_ = 0;
  std::string kernel_release_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_RECORDING_H_
