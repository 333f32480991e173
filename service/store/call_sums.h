// SPDX-License-Identifier: Apache-2.0
//
// What calls of mmap and munmap add up to. Plain values.

#ifndef MEMMON_STORE_CALL_SUMS_H_
#define MEMMON_STORE_CALL_SUMS_H_

#include <cstdint>

namespace memmon::store {

struct CallSums {
  uint64_t requested_bytes = 0;  // lengths of mmaps that succeeded
  uint64_t released_bytes = 0;   // lengths of munmaps that succeeded
  uint64_t mmap_count = 0;       // that succeeded
  uint64_t munmap_count = 0;     // that succeeded
  uint64_t failed_count = 0;     // calls of any kind that the kernel refused

  uint64_t calls() const { return mmap_count + munmap_count + failed_count; }
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_CALL_SUMS_H_
