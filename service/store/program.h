// SPDX-License-Identifier: Apache-2.0
//
// The program a process runs, as far as it decides which calls count as held:
// its address space, when that began, and the exec that made it. The rules are
// those of processes/held.h; but what is held is not added up here, since the
// sum is the database's.
//
// Plain values; not thread-safe.

#ifndef MEMMON_STORE_PROGRAM_H_
#define MEMMON_STORE_PROGRAM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/event.h"

namespace memmon::store {

class Program {
 public:
  // Most calls that are remembered until an EXEC comes; after more of them
  // there was none.
  static constexpr size_t kMaxRemembered = 4'096;

  // A call's effect on what is held.
  struct Change {
    int64_t minute = 0;
    uint64_t ticket = 0;
    int64_t bytes = 0;
  };

  uint64_t mm_id() const { return mm_id_; }
  // The minute in which it began, as far as is known.
  int64_t since_minute() const { return since_minute_; }

  // An event that shows which address space the process is in: any but STACK,
  // EXIT and MM_EXIT. False where it is of one that an exec has replaced since.
  bool Enter(const model::Event& event, int64_t minute, bool awaits_exec) {
    if (event.mm_id == 0) return true;
    if (event.mm_id == mm_id_) {
      since_ns_ = std::min(since_ns_, event.time_ns);
      since_minute_ = std::min(since_minute_, minute);
      return true;
    }
    // Tickets say nothing across address spaces; time does.
    if (mm_id_ != 0 && event.time_ns < since_ns_) return false;
    mm_id_ = event.mm_id;
    since_ns_ = event.time_ns;
    since_minute_ = minute;
    exec_ticket_ = 0;
    remembered_.clear();
    awaits_exec_ = awaits_exec;
    return true;
  }

  // A call in the address space entered last; whether it counts. Not `is_new`:
  // it may have been added before.
  bool Add(const Change& change, bool is_new) {
    if (change.ticket != 0 && change.ticket < exec_ticket_) return false;
    if (!awaits_exec_ || (!is_new && Remembers(change.ticket))) return true;
    if (remembered_.size() == kMaxRemembered) {
      Settle();
    } else {
      remembered_.push_back(change);
    }
    return true;
  }

  // No EXEC belongs to the address space entered last.
  void Settle() {
    awaits_exec_ = false;
    remembered_ = {};
  }

  // Whether it has calls in memory until an EXEC comes.
  bool remembers() const { return !remembered_.empty(); }

  // What EXEC, of the address space entered last, leaves of what was added
  // before.
  struct Kept {
    bool begins_anew = false;  // otherwise there is nothing to do
    uint64_t exec_ns = 0;      // above that of any exec before
    std::vector<Change> changes;
  };
  Kept Exec(const model::Event& event) {
    Kept kept;
    // Of this address space it was seen already, or long ago.
    if (event.time_ns < exec_ns_ && exec_ticket_ != 0) return kept;
    kept.begins_anew = true;
    exec_ns_ = kept.exec_ns = std::max(event.time_ns, exec_ns_ + 1);
    exec_ticket_ = event.ticket;
    for (const Change& change : remembered_) {
      if (change.ticket > event.ticket) kept.changes.push_back(change);
    }
    Settle();
    return kept;
  }

  // A new address space is there, and its EXEC was lost, or is still to come:
  // what is held begins anew all the same. Returns the moment.
  uint64_t Replaced(const model::Event& event) {
    return exec_ns_ = std::max(event.time_ns, exec_ns_ + 1);
  }

 private:
  bool Remembers(uint64_t ticket) const {
    return std::any_of(remembered_.begin(), remembered_.end(),
                       [ticket](const Change& change) { return change.ticket == ticket; });
  }

  uint64_t mm_id_ = 0;  // 0: none seen yet
  uint64_t since_ns_ = 0;
  int64_t since_minute_ = 0;
  uint64_t exec_ns_ = 0;  // the last time that what is held began anew
  uint64_t exec_ticket_ = 0;
  bool awaits_exec_ = false;
  std::vector<Change> remembered_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROGRAM_H_
