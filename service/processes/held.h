// SPDX-License-Identifier: Apache-2.0
//
// One process's mmap - munmap since the capture began, or since its latest
// exec: whatever the order in which records of different CPUs come.
//
// The kernel maps the new image before it writes the EXEC record, and the
// program's own calls may be read from another CPU's ring before it. So from
// the first record of a new address space on, what is added is remembered with
// its ticket, and EXEC, when it comes, keeps what has a higher one than its
// own.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_HELD_H_
#define MEMMON_PROCESSES_HELD_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace memmon::processes {

class Held {
 public:
  // Most calls that are remembered until an EXEC comes (64 KiB a process, for
  // as long as that takes). After more of them there was none: it was lost, or
  // the process was not known from its beginning.
  static constexpr size_t kMaxRemembered = 4'096;

  // `bytes` asked for (or given back, where `gives_back`), in the address space
  // entered last; `ticket` is that of the record, 0 where it has none.
  void Add(uint64_t ticket, uint64_t bytes, bool gives_back) {
    if (ticket != 0 && ticket < exec_ticket_) return;
    const uint64_t change = gives_back ? 0 - bytes : bytes;
    sum_ += change;
    if (!awaits_exec_) return;
    if (remembered_.size() == kMaxRemembered) {
      GiveUp();
    } else {
      remembered_.emplace_back(ticket, change);
    }
  }

  // A new address space: nothing is held in it. `awaits_exec` where the reason
  // is not known yet.
  void Enter(bool awaits_exec) {
    *this = Held();
    awaits_exec_ = awaits_exec;
  }

  // No EXEC belongs to the address space entered last.
  void Settle() {
    awaits_exec_ = false;
    remembered_ = {};
  }

  // No EXEC is waited for any more: one that comes all the same takes nothing away.
  void GiveUp() {
    if (!awaits_exec_) return;
    keeps_on_exec_ = true;
    Settle();
  }
  // Whether it has calls in memory until an EXEC comes.
  bool remembers() const { return awaits_exec_ && !remembered_.empty(); }

  // The EXEC of the address space entered last.
  void Exec(uint64_t ticket) {
    if (!keeps_on_exec_) {
      sum_ = 0;
      for (const auto& [at, change] : remembered_) {
        if (at > ticket) sum_ += change;
      }
    }
    exec_ticket_ = ticket;
    Settle();
  }

  uint64_t bytes() const { return static_cast<int64_t>(sum_) > 0 ? sum_ : 0; }

 private:
  uint64_t sum_ = 0;  // modulo 2^64: signed, without overflow
  uint64_t exec_ticket_ = 0;
  bool awaits_exec_ = false;
  bool keeps_on_exec_ = false;
  std::vector<std::pair<uint64_t, uint64_t>> remembered_;  // ticket, change
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_HELD_H_
