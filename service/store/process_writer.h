// SPDX-License-Identifier: Apache-2.0
//
// Writes down the processes that events speak of: the rows of memmon.process, each as of
// the last event of it, and again only where that says something new.
// Part of a BatchWriter: what it writes is committed with the chunk.
//
// Not thread-safe.

#ifndef MEMMON_STORE_PROCESS_WRITER_H_
#define MEMMON_STORE_PROCESS_WRITER_H_

#include <array>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "model/event.h"
#include "store/connection.h"
#include "store/copy_encoder.h"

namespace memmon::store {

class ProcessWriter {
 public:
  // A chunk begins.
  void Begin(const CaptureRows& rows);
  // Of an event of the chunk, in their order.
  void Note(const model::Event& event, int64_t time_unix_ns);
  // Within the transaction: those that are new, or not as they are known to be written.
  absl::Status Write(Connection* connection);
  // The transaction was committed.
  void Commit();
  // Nothing is known to be written any more.
  void Forget();

 private:
  // As of the last row seen; compared to know whether it changed.
  struct Row {
    std::array<char, 16> comm{};
    uint32_t uid = 0;
    uint32_t namespace_tgid = 0;
    uint64_t cgroup_id = 0;
    int64_t end_unix_ns = 0;  // 0: no EXIT seen
    friend bool operator==(const Row&, const Row&) = default;
  };
  using Rows = absl::flat_hash_map<model::ProcessKey, Row>;

  CaptureRows rows_;
  Rows known_;    // committed
  Rows changed_;  // in this chunk
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_PROCESS_WRITER_H_
