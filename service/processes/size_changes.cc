// SPDX-License-Identifier: Apache-2.0

#include "processes/size_changes.h"

namespace memmon::processes {

using model::Event;
using model::EventKind;

namespace {

// What a call changes of what its process holds; modulo 2^64.
uint64_t HeldChange(const Event& event, uint64_t page_mask) {
  if (event.failed()) return 0;
  const uint64_t bytes = (event.length_bytes + page_mask) & ~page_mask;
  if (event.kind == EventKind::kMmap) return bytes;
  return event.kind == EventKind::kMunmap ? 0 - bytes : 0;
}

}  // namespace

void SizeChanges::Add(const Event& event, uint64_t losses, uint64_t page_mask) {
  if (event.kind == EventKind::kExit || event.kind == EventKind::kMmExit) return;
  const bool goes_on = mm_id_ == event.mm_id && losses_ == losses;
  const bool begins = event.kind == EventKind::kExec || event.kind == EventKind::kFork;
  if (goes_on && event.ticket < ticket_) {
    // How large it was at a beginning that comes late is not of use any more.
    if (!begins && event.ticket > began_ticket_) moved_[model::IndexOf(latest_)] -= HeldChange(event, page_mask);
    return;
  }
  if (begins || !goes_on) {
    Begin(event, losses);
  } else {
    moved_[model::IndexOf(event.kind)] +=
        event.virtual_size_bytes - size_bytes_ - HeldChange(event, page_mask);
  }
  ticket_ = event.ticket;
  size_bytes_ = event.virtual_size_bytes;
  latest_ = event.kind;
}

void SizeChanges::Begin(const Event& event, uint64_t losses) {
  moved_.fill(0);
  mm_id_ = event.mm_id;
  losses_ = losses;
  began_ticket_ = event.ticket;
  const bool known = event.kind == EventKind::kExec || event.kind == EventKind::kFork;
  began_ = known ? event.kind : EventKind{};
  began_bytes_ = known ? event.virtual_size_bytes : 0;
}

void SizeChanges::Tell(model::ProcessCalls* calls) const {
  for (size_t i = 0; i + 1 < moved_.size(); ++i) {
    if (moved_[i] != 0) {
      calls->size_changes.push_back({model::KindAt(i), static_cast<int64_t>(moved_[i])});
    }
  }
  calls->size_began = began_;
  calls->size_began_bytes = began_bytes_;
}

}  // namespace memmon::processes
