// SPDX-License-Identifier: Apache-2.0
//
// How often a process called what, what failed, how large its requests were, and which
// programs it ran. Sums: the order of events changes none of them.
//
// Cost: one step an event, and a search among the few sizes of one process for an MMAP. Memory: at
// most 64 sizes, 16 errors and 16 programs. Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_CALL_COUNTS_H_
#define MEMMON_PROCESSES_CALL_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

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

  // All but what is not of calls.
  void Tell(model::ProcessCalls* calls) const;

 private:
  void AddFailure(uint32_t error, uint64_t length_bytes);
  void AddSize(const model::Event& event);
  void AddExec(const model::Event& event);

  std::array<uint64_t, model::kKindIndexes> counts_{};
  std::vector<model::FailureCount> failures_;  // in the order in which they were first seen
  std::vector<model::SizeCount> sizes_;        // likewise
  std::vector<model::ExecMark> execs_;         // by time
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_CALL_COUNTS_H_
