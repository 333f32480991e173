// SPDX-License-Identifier: Apache-2.0
//
// Writes down which containers the cgroups of a boot are of: the rows of memmon.cgroup,
// each again on every day that it has events of, since rows are forgotten by that day
// (memmon.forget_cgroups()), also while the cgroup lives on.
// Part of a BatchWriter: what it writes is committed with the chunk.
//
// Not thread-safe. Ownership: the names must outlive it.

#ifndef MEMMON_STORE_CGROUP_WRITER_H_
#define MEMMON_STORE_CGROUP_WRITER_H_

#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "model/capture.h"
#include "model/container_names.h"
#include "store/connection.h"
#include "store/copy_encoder.h"

namespace memmon::store {

class CgroupWriter {
 public:
  // `names`: null where nothing knows them; then it writes nothing.
  explicit CgroupWriter(model::ContainerNames* names) : names_(names) {}

  // A chunk begins; `last_day`, since 1970 in UTC: that of its latest event.
  void Begin(const CaptureRows& rows, const model::Capture& capture, int64_t last_day);
  // Of an event of the chunk. The same again costs a comparison.
  void Note(uint64_t cgroup_id) {
    if (cgroup_id != last_) Meet(cgroup_id);
  }
  // Within the transaction: those that were met and are not known to be written.
  absl::Status Write(Connection* connection);
  // The transaction was committed.
  void Commit();
  // Nothing is known to be written any more.
  void Forget();

 private:
  void Meet(uint64_t cgroup_id);

  model::ContainerNames* const names_;
  CaptureRows rows_;
  int64_t last_day_ = 0;
  bool is_of_boot_ = false;  // the names are
  uint64_t last_ = 0;
  absl::flat_hash_set<uint64_t> known_;    // committed for that day, or of no container
  absl::flat_hash_set<uint64_t> met_;      // in this chunk, and not known
  absl::flat_hash_set<uint64_t> settled_;  // of these, what is known after the commit
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_CGROUP_WRITER_H_
