// SPDX-License-Identifier: Apache-2.0
//
// How memmond keeps below --memory: what it takes at all times is set aside, and
// what grows with load gets a share of the rest, as a number that its owner holds to.
// ARCHITECTURE.md has the same as a table.

#ifndef MEMMON_CONFIG_MEMORY_H_
#define MEMMON_CONFIG_MEMORY_H_

#include <cstddef>
#include <cstdint>

namespace memmon::config {

inline constexpr uint64_t kDefaultMemoryBytes = uint64_t{1} << 30;
// With less, hardly anything is left to share.
inline constexpr uint64_t kLeastMemoryBytes = uint64_t{256} << 20;

struct MemoryShares {
  uint64_t queue_events = 0;  // that wait for PostgreSQL
  size_t queue_batches = 0;   // and the batches they are in
  size_t streams = 0;         // that are open at once
  // What one that selects among the processes takes of them besides its own.
  size_t selection_places = 0;
  size_t processes = 0;        // living, that are told apart
  size_t transport_bytes = 0;  // gRPC's own, for connections and calls
};

// `bytes`: kLeastMemoryBytes at least.
MemoryShares ShareMemory(uint64_t bytes);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_MEMORY_H_
