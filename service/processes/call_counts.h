// SPDX-License-Identifier: Apache-2.0
//
// How often a process called what, what failed, how large its requests were, and which
// programs it ran. Sums: the order of events changes none of them.
//
// Cost: one step an event, and for an MMAP a search among the few sizes that its process
// asks for. Laid out for the processor's caches: with ten thousand processes that take turns
// it is their misses that cost. Memory: at most 64 sizes twice, 16 errors and 16 programs.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_CALL_COUNTS_H_
#define MEMMON_PROCESSES_CALL_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "model/event.h"
#include "model/kind_index.h"
#include "model/process_calls.h"

namespace memmon::processes {

class CallCounts {
 public:
  // Errors told apart. The kernel's own calls have fewer; a driver's mmap may have any.
  static constexpr size_t kMaxErrors = 15;
  // A shell that starts others by exec thousands of times is remembered by its latest.
  static constexpr size_t kMaxExecs = 16;

  void Add(const model::Event& event);

  // Of a kind that IndexOf tells apart; failed ones, too.
  uint64_t CountOf(model::EventKind kind) const { return counts_[model::IndexOf(kind)]; }

  // All but what is not of calls.
  void Tell(model::ProcessCalls* calls) const;

 private:
  // One word a size: a process would have to call for 90,000 years to fill it.
  struct Size {
    uint64_t exponent : 6;
    uint64_t count : 58;
  };

  void AddFailure(uint32_t error, uint64_t length_bytes);
  void AddExec(const model::Event& event);

  // First what most events need.
  absl::InlinedVector<Size, 7> sizes_;  // of MMAPs that succeeded; as first seen
  std::array<uint64_t, model::kKindIndexes> counts_{};
  std::vector<Size> failed_sizes_;             // of the others
  std::vector<model::FailureCount> failures_;  // as first seen
  std::vector<model::ExecMark> execs_;         // by time
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_CALL_COUNTS_H_
