// SPDX-License-Identifier: Apache-2.0
//
// Turns events back into records, so that the whole reads as a recording of
// /dev/memmon: what the decoder's events have lost of their records is nothing.
//
// Each sub-stream is numbered anew, from its beginning: a recording that begins
// in the middle of a capture, or leaves events out on purpose, has no hole.
//
// Not thread-safe.

#ifndef MEMMON_DEVICE_ENCODER_H_
#define MEMMON_DEVICE_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/capture.h"
#include "model/event.h"

namespace memmon::device {

// Of a record.
inline constexpr size_t kEncodedBytes = 128;

class Encoder {
 public:
  // Appends HEADER; every sub-stream begins anew. First of all.
  void Begin(const model::Capture& capture, std::string* out);
  // Appends a record each.
  void Append(std::span<const model::Event> events, std::string* out);
  // Appends a LOST: `count`, at least 1, of that sub-stream are not here.
  void AppendLost(uint16_t cpu, uint64_t count, uint64_t first_ns, uint64_t last_ns,
                  std::string* out);

 private:
  // The number of a record that stands for `count`.
  uint64_t Number(uint16_t cpu, uint64_t count);

  uint32_t page_size_bytes_ = 1;
  std::vector<uint64_t> next_;  // by CPU; that of no CPU is the first
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_ENCODER_H_
