// SPDX-License-Identifier: Apache-2.0
//
// GET /api/memorylogs: the latest mmap and munmap calls that succeeded, newest
// first, as JSON of the shape the first system of this kind served:
//
//   [{"pid":1,"process_name":"init","call_type":"mmap","memory_size":1048576,
//     "memory_size_mb":1.000000,"memory_size_per":0.012345,
//     "timestamp":"2026-01-02T03:04:05.678901Z"}, ...]
//
// memory_size is in bytes, memory_size_mb in MiB, memory_size_per in percent
// of the host's RAM and swap. ?page (from 1) and ?page_size (1 to 1,000; 100
// when not given) walk further back.

#ifndef MEMMON_WEB_MEMORY_LOGS_H_
#define MEMMON_WEB_MEMORY_LOGS_H_

#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "live/recent.h"

namespace memmon::web {

struct PageRequest {
  size_t page = 1;
  size_t page_size = 100;
};

// INVALID_ARGUMENT that names the parameter.
absl::StatusOr<PageRequest> ParsePageRequest(const std::map<std::string, std::string>& query);

std::string RenderMemoryLogs(const live::RecentPage& page);

}  // namespace memmon::web

#endif  // MEMMON_WEB_MEMORY_LOGS_H_
