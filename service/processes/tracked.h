// SPDX-License-Identifier: Apache-2.0
//
// What the tracker keeps of a process, and of an address space that processes share.
//
// Cost: where thousands of processes take turns, each event waits until what is kept of its
// process has come from memory. So what an event needs stands in five lines of the
// processor's caches, and in one or two of its address space; Prefetch asks for them before its
// turn.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_TRACKED_H_
#define MEMMON_PROCESSES_TRACKED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/process.h"
#include "processes/call_counts.h"
#include "processes/held.h"
#include "processes/list.h"
#include "processes/size_changes.h"

namespace memmon::processes {

inline constexpr size_t kCacheLineBytes = 64;

// Asks for the line that `address` is in. It may be any, also null.
inline void PrefetchLine(const void* address) { __builtin_prefetch(address, /*rw=*/1); }

struct TrackedSpace;

struct alignas(kCacheLineBytes) Tracked {
  uint64_t changed = 0;  // revision
  Link<Tracked> in_changed;
  TrackedSpace* mm = nullptr;   // null once it is gone, or the process ended
  uint64_t mm_id = 0;           // 0: none seen yet
  uint64_t mm_last_ns = 0;      // youngest record of it in this process
  uint64_t last_record_ns = 0;  // youngest; names and ids are as of it

  std::array<char, 16> comm{};  // `name`, quickly compared
  uint64_t cgroup_id = 0;
  uint32_t uid = 0;
  uint64_t requested_bytes = 0;
  Held held;
  uint64_t last_exec_ns = 0;
  uint64_t losses_before = 0;    // losses that are none of its own
  uint64_t last_ticket = 0;      // of the size below
  uint64_t last_size_bytes = 0;  // while mm is null

  alignas(kCacheLineBytes) CallCounts calls;
  alignas(kCacheLineBytes) SizeChanges size_changes;

  // As model::Process has them.
  model::ProcessKey key;
  uint32_t parent_tgid = 0;
  uint32_t namespace_tgid = 0;
  uint64_t end_ns = 0;
  uint64_t resident_bytes = 0;
  uint64_t failed_count = 0;
  uint64_t no_memory_count = 0;
  uint64_t no_memory_largest_bytes = 0;
  std::string name;
  std::string command_line;
  std::string user_name;
  std::string container;

  uint64_t refused_mmap_count = 0;
  uint64_t refused_munmap_count = 0;
  bool size_is_guess = false;
  Link<Tracked> in_users;
  Link<Tracked> in_ended;
  Link<Tracked> in_unresolved;
  Link<Tracked> in_awaiting;

  bool living() const { return end_ns == 0; }

  // All but whether it is uncertain.
  model::Process View() const;

  void Prefetch() const {
    PrefetchLine(this);
    PrefetchLine(&comm);
    PrefetchLine(&calls);
    PrefetchLine(reinterpret_cast<const char*>(&calls) + kCacheLineBytes);
    PrefetchLine(&size_changes);
  }
};

struct TrackedSpace {
  uint64_t ticket = 0;
  uint64_t size_bytes = 0;
  uint64_t last_ns = 0;      // youngest total
  uint64_t changed = 0;      // revision at which the users were last marked
  uint64_t gone_ticket = 0;  // of its last MM_EXIT: older records came late
  bool known = false;        // any total was seen
  bool gone = false;
  List<Tracked, &Tracked::in_users> users;
  uint64_t id = 0;

  void Prefetch() const {
    PrefetchLine(this);
    PrefetchLine(&users);
  }
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_TRACKED_H_
