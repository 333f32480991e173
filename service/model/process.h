// SPDX-License-Identifier: Apache-2.0
//
// A process and what it asked for; the figures of the whole host; and the
// changes between two looks at them. Plain values.

#ifndef MEMMON_MODEL_PROCESS_H_
#define MEMMON_MODEL_PROCESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/event.h"

namespace memmon::model {

struct Process {
  ProcessKey key;
  uint32_t parent_tgid = 0;  // 0 where it is not known
  uint32_t namespace_tgid = 0;
  uint32_t uid = 0;
  uint64_t cgroup_id = 0;
  uint64_t mm_id = 0;
  uint64_t end_ns = 0;              // CLOCK_BOOTTIME; 0 while it lives
  uint64_t held_bytes = 0;          // mmap - munmap since the capture began, never below 0
  uint64_t virtual_size_bytes = 0;  // VmSize
  uint64_t requested_bytes = 0;     // sum of successful requests' lengths
  uint64_t resident_bytes = 0;      // VmRSS; 0 where it is not known
  uint64_t mmap_count = 0;
  uint64_t munmap_count = 0;
  uint64_t failed_count = 0;
  uint64_t no_memory_count = 0;          // mmaps that failed with ENOMEM
  uint64_t no_memory_largest_bytes = 0;  // that one of those asked for
  bool uncertain = false;  // records may be missing since its last exact total
  std::string name;
  std::string command_line;  // empty where it is not known; at most 256 bytes
  std::string user_name;     // empty where it is not known
  std::string container;     // or systemd unit; empty where it is in none
};

struct HostTotals {
  uint64_t ram_bytes = 0;
  uint64_t swap_bytes = 0;
  uint64_t event_count = 0;
  uint64_t requested_bytes = 0;  // ended processes included
  uint64_t lost_count = 0;
  uint64_t untracked_count = 0;  // events of processes there was no room for
  int64_t capture_start_unix_ns = 0;
  int64_t realtime_offset_ns = 0;  // wall clock = boot clock + this
};

// What changed between two looks at the processes.
struct ProcessChanges {
  uint64_t epoch = 0;
  uint64_t revision = 0;  // hand back to ask for what comes after
  bool snapshot = false;  // `processes` is everything
  std::vector<Process> processes;
  std::vector<ProcessKey> removed;
  HostTotals totals;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_PROCESS_H_
