// SPDX-License-Identifier: Apache-2.0
//
// Very many processes, which all live.

#ifndef MEMMON_TESTS_INTEGRATION_API_CROWD_H_
#define MEMMON_TESTS_INTEGRATION_API_CROWD_H_

#include <cstdint>

#include "fakes/stream_builder.h"

namespace memmon::integration {

// What --memory 1G has room for, but for a few.
inline constexpr uint32_t kCrowd = 60'000;

// Processes that are born, ask once, and live: two events each.
inline fakes::StreamBuilder Crowd() {
  fakes::StreamBuilder stream;
  stream.Header(1, 1'000);
  uint64_t now_ns = 2'000;
  for (uint32_t i = 0; i < kCrowd; ++i) {
    for (const uint16_t kind : {MEMMON_FORK, MEMMON_MMAP}) {
      auto record = fakes::MakeRecord(kind, 100 + i, now_ns += 1'000, 8'192 + i,
                                      kind == MEMMON_FORK ? 1 : 0x7f0000, "crowd");
      record.start_ns = 10 + i;
      record.mm_id = 1'000'000 + i;
      stream.Event(static_cast<uint16_t>(i % 2), record);
    }
  }
  return stream;
}

}  // namespace memmon::integration

#endif  // MEMMON_TESTS_INTEGRATION_API_CROWD_H_
