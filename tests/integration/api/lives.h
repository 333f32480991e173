// SPDX-License-Identifier: Apache-2.0
//
// A recording of many thousand processes that come and go.

#ifndef MEMMON_TESTS_INTEGRATION_API_LIVES_H_
#define MEMMON_TESTS_INTEGRATION_API_LIVES_H_

#include <cstdint>

#include "fakes/stream_builder.h"

namespace memmon::integration {

inline constexpr int kLives = 150'000;
inline constexpr int kCalls = 9;
inline constexpr int kEventsOfLife = kCalls + 3;
inline constexpr uint64_t kEvents = uint64_t{kLives} * kEventsOfLife;
// Eighteen seconds in all. Without a bound, what waits for the database alone takes
// more than the ceiling.
inline constexpr uint64_t kGapNs = 10'000;
inline constexpr uint64_t kBeginNs = 2'000;
// Of the ids that come round again.
inline constexpr uint32_t kPids = 30'000;

// Processes that are born, ask, and end, one after the other.
inline fakes::StreamBuilder Lives() {
  fakes::StreamBuilder stream;
  stream.Header(1, 1'000);
  uint64_t now_ns = kBeginNs;
  for (int life = 0; life < kLives; ++life) {
    const auto add = [&](uint16_t kind, int64_t result) {
      auto record = fakes::MakeRecord(kind, 100 + static_cast<uint32_t>(life) % kPids,
                                      now_ns += kGapNs, 8'192, result, "life");
      record.start_ns = 10 + static_cast<uint64_t>(life) * kGapNs;
      record.mm_id = 1'000'000 + static_cast<uint64_t>(life);
      stream.Event(static_cast<uint16_t>(life % 2), record);
    };
    add(MEMMON_FORK, 1);
    for (int call = 0; call < kCalls; ++call) add(MEMMON_MMAP, 0x7f0000);
    add(MEMMON_MM_EXIT, 0);
    add(MEMMON_EXIT, 0);
  }
  return stream;
}

// Where in the recording it stands, by its time.
inline uint64_t IndexOf(uint64_t time_ns) { return (time_ns - kBeginNs) / kGapNs - 1; }

}  // namespace memmon::integration

#endif  // MEMMON_TESTS_INTEGRATION_API_LIVES_H_
