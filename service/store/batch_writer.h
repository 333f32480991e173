// SPDX-License-Identifier: Apache-2.0
//
// Writes a chunk of events in one transaction: the rows, the processes they
// speak of, what these did in each minute, the range of sequence numbers, and
// what was refused before them.
// Rows whose numbers are covered by a range already are left out, under a lock
// of their capture: writing a chunk any number of times, whatever became of
// the tries before, stores it once.
//
// Lives as long as its connection: it remembers what it knows to be committed.
// Not thread-safe.

#ifndef MEMMON_STORE_BATCH_WRITER_H_
#define MEMMON_STORE_BATCH_WRITER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/capture.h"
#include "model/event.h"
#include "store/cgroup_writer.h"
#include "store/connection.h"
#include "store/copy_encoder.h"
#include "store/event_queue.h"
#include "store/keep.h"
#include "store/process_writer.h"
#include "store/rollup.h"
#include "store/spans.h"

namespace memmon::store {

class BatchWriter {
 public:
  // All must outlive it; `containers` may be null. The connection's schema is of the
  // newest version; the rollup is handed on from one writer to the next.
  BatchWriter(Connection* connection, Rollup* rollup, model::ContainerNames* containers,
              std::string machine_id, std::string host_name);

  struct Written {
    // Events that cannot be stored at all, since their time is not of this century (a damaged
    // recording); they were written down as a loss.
    uint64_t unstorable = 0;
    // Of the newest event, since 1970-01-01; none where there was none.
    std::optional<int64_t> day;
  };
  // OK only where the chunk is known to be committed. Any error: write the same chunk
  // again, where the connection broke with a new writer.
  // Only what `keep` wants becomes rows of memmon.event.
  absl::StatusOr<Written> Write(const Chunk& chunk, const Keep& keep);

 private:
  // What one look over a chunk tells.
  struct Summary {
    std::vector<Span> spans;
    std::set<int64_t> hours;  // since 1970
    int64_t first_unix_ns = 0;
    int64_t last_unix_ns = 0;
    uint64_t storable = 0;
    std::vector<Loss> unstorable;
  };

  absl::StatusOr<CaptureRows> FindCapture(const model::Capture& capture);
  absl::Status MakePartitions(const std::set<int64_t>& hours);
  Summary Look(const Chunk& chunk) const;
  absl::StatusOr<StoredSpans> BeginAndLock(const CaptureRows& rows, const Summary& summary);
  // Events that are not kept, by sub-stream.
  using LeftOut = std::map<uint16_t, uint64_t>;
  absl::Status CopyRows(const Chunk& chunk, const CaptureRows& rows, const StoredSpans& stored,
                        const Keep& keep, LeftOut* left_out);
  // `next_unix_ns`: the oldest event that is stored after them, where one is.
  absl::Status WriteLosses(const std::vector<Loss>& losses, std::optional<int64_t> next_unix_ns);
  absl::Status WriteBooksAndCommit(const CaptureRows& rows, const Summary& summary,
                                   const LeftOut& left_out);
  absl::StatusOr<Written> WriteTransaction(const Chunk& chunk, const Keep& keep);

  Connection* const connection_;
  Rollup* const rollup_;
  ProcessWriter processes_;
  CgroupWriter cgroups_;
  const std::string machine_id_;
  const std::string host_name_;
  CopyEncoder encoder_;

  int32_t host_id_ = 0;  // 0: not asked yet
  // By boot id, start, number.
  std::map<std::tuple<std::string, uint64_t, uint32_t>, CaptureRows> captures_;
  std::set<int64_t> days_;  // whose partitions are there
  // Of the capture and epoch written last; see SpanBuilder::SpansAfter.
  int32_t done_capture_row_ = 0;
  uint64_t done_epoch_ = 0;
  std::map<uint16_t, uint64_t> done_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_BATCH_WRITER_H_
