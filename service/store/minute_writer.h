// SPDX-License-Identifier: Apache-2.0
//
// Adds what a chunk tells of processes and minutes to memmon.process_minute.
// Not thread-safe.

#ifndef MEMMON_STORE_MINUTE_WRITER_H_
#define MEMMON_STORE_MINUTE_WRITER_H_

#include <vector>

#include "absl/status/status.h"
#include "store/connection.h"
#include "store/copy_encoder.h"
#include "store/rollup.h"

namespace memmon::store {

// Within the transaction that is open. The partitions are there. Parts of one
// minute may be added in any order but where one has an exec and the other
// goes on after it: that one comes later, as in the stream.
absl::Status AddProcessMinutes(Connection& connection, const CaptureRows& capture,
                               const std::vector<ProcessMinute>& rows);

}  // namespace memmon::store

#endif  // MEMMON_STORE_MINUTE_WRITER_H_
