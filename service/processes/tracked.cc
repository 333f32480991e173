// SPDX-License-Identifier: Apache-2.0

#include "processes/tracked.h"

namespace memmon::processes {

model::Process Tracked::View() const {
  return {
      .key = key,
      .parent_tgid = parent_tgid,
      .namespace_tgid = namespace_tgid,
      .uid = uid,
      .cgroup_id = cgroup_id,
      .mm_id = mm_id,
      .end_ns = end_ns,
      .held_bytes = held.bytes(),
      .virtual_size_bytes = mm != nullptr ? mm->size_bytes : last_size_bytes,
      .requested_bytes = requested_bytes,
      .resident_bytes = resident_bytes,
      .mmap_count = calls.CountOf(model::EventKind::kMmap) - refused_mmap_count,
      .munmap_count = calls.CountOf(model::EventKind::kMunmap) - refused_munmap_count,
      .failed_count = failed_count,
      .no_memory_count = no_memory_count,
      .no_memory_largest_bytes = no_memory_largest_bytes,
      .name = name,
      .command_line = command_line,
      .user_name = user_name,
      .container = container,
  };
}

}  // namespace memmon::processes
