// SPDX-License-Identifier: Apache-2.0
//
// What is stored of a host's captures and of a process, for questions about the
// past. Moments are µs since 1970.

#ifndef MEMMON_STORE_CAPTURE_ROWS_H_
#define MEMMON_STORE_CAPTURE_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/process.h"

namespace memmon::store {

class Transaction;

struct StoredCapture {
  int64_t boot_row = 0;
  int64_t capture_row = 0;
  int64_t begin_us = 0;
  // Of its stored events; where there is none, begin_us.
  int64_t first_us = 0;
  int64_t last_us = 0;
  int64_t realtime_offset_ns = 0;
  uint64_t ram_bytes = 0;
  uint64_t swap_bytes = 0;
  int64_t page_size_bytes = 0;
};

struct StoredProcess {
  int64_t boot_row = 0;
  model::Process process;  // names and ids, as last seen; end_ns
  int64_t begin_us = 0;
  std::optional<int64_t> end_us;
};

// 0 where the host is not stored.
int64_t FindHost(Transaction* work, const std::string& machine_id);

// A boot's captures, oldest first; all boots' where `boot_row` is 0.
std::vector<StoredCapture> FindCaptures(Transaction* work, int64_t host_id, int64_t boot_row);

// Of a host's stored events the last, of whichever capture; 0 where there is none.
int64_t FindLastStored(Transaction* work, int64_t host_id);

// The process of the latest boot that has this key; key.start_ns 0: the latest
// of that tgid that began before `before_us`.
std::optional<StoredProcess> FindProcess(Transaction* work, int64_t host_id,
                                         const model::ProcessKey& key, int64_t before_us);

}  // namespace memmon::store

#endif  // MEMMON_STORE_CAPTURE_ROWS_H_
