// SPDX-License-Identifier: Apache-2.0
//
// What has moved a process's virtual size away from what it holds, kind by kind. An event
// tells the size after it: the step from the event before, less what the call changed of
// what is held, belongs to its kind. Where a record is missing all begins anew, rather
// than charge one kind with what another did.
//
// Records of different CPUs come in any order. The step over one that comes late was
// charged to the kind read before it; what it changed of what is held is taken off there.
// What else it changed stays there: the sum over all kinds is exact.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_SIZE_CHANGES_H_
#define MEMMON_PROCESSES_SIZE_CHANGES_H_

#include <array>
#include <cstdint>

#include "model/event.h"
#include "model/kind_index.h"
#include "model/process_calls.h"

namespace memmon::processes {

class SizeChanges {
 public:
  // An event of the process's address space of today. `losses`: how many losses the
  // capture has seen; `page_mask`: page size - 1.
  void Add(const model::Event& event, uint64_t losses, uint64_t page_mask);

  void Tell(model::ProcessCalls* calls) const;

 private:
  void Begin(const model::Event& event, uint64_t losses);

  // Modulo 2^64: signed, without overflow.
  std::array<uint64_t, model::kKindIndexes> moved_{};
  uint64_t mm_id_ = 0;  // 0: no event yet
  uint64_t ticket_ = 0;        // highest
  uint64_t began_ticket_ = 0;  // what has a lower one was before
  uint64_t size_bytes_ = 0;
  uint64_t losses_ = 0;
  uint64_t began_bytes_ = 0;
  model::EventKind began_{};
  model::EventKind latest_{};  // of the event with that ticket
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_SIZE_CHANGES_H_
