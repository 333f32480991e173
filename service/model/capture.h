// SPDX-License-Identifier: Apache-2.0
//
// What a stream says of itself: the HEADER record, decoded. Plain values.

#ifndef MEMMON_MODEL_CAPTURE_H_
#define MEMMON_MODEL_CAPTURE_H_

#include <array>
#include <cstdint>
#include <string>

namespace memmon::model {

struct Capture {
  uint32_t abi_version = 0;
  std::array<uint8_t, 16> boot_id{};
  uint64_t start_ns = 0;  // CLOCK_BOOTTIME
  // Wall clock = boot clock + this.
  int64_t realtime_offset_ns = 0;
  uint64_t ram_bytes = 0;
  uint64_t swap_bytes = 0;
  uint32_t page_size_bytes = 0;
  uint32_t cpu_count = 0;
  uint32_t coverage = 0;  // MEMMON_COVER_* bits
  uint32_t number = 0;    // counts captures of this module, from 1
  uint32_t ring_records = 0;
  std::string kernel_release;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_CAPTURE_H_
