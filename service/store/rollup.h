// SPDX-License-Identifier: Apache-2.0
//
// Sums up events by process and minute: the rows of memmon.process_minute that
// a chunk adds to. What was committed in a minute before is added to in the
// database; here is only what this chunk knows.
//
// The one figure that is no plain sum is what a process holds: an exec begins it
// anew, and its record may be read after calls of the new program (they come
// from another CPU's ring), in another chunk even. So each process's address
// space is followed from chunk to chunk, by the rules of the live table
// (processes/held.h). A memmond that begins amid a capture (with the spool of
// one that was killed) has not seen what came before; there, and only there, an
// exec whose records lie on both sides of that moment may leave some of its
// image in the figure, or take a call out of it.
//
// Cost: a hash look-up where a process has its first event of a chunk; a few
// comparisons an event otherwise.
//
// Not thread-safe.

#ifndef MEMMON_STORE_ROLLUP_H_
#define MEMMON_STORE_ROLLUP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "model/event.h"
#include "store/program.h"

namespace memmon::store {

// A row to be, or a part of one: what a process did in a minute.
struct ProcessMinute {
  model::ProcessKey process;
  int64_t minute = 0;  // since 1970
  uint64_t requested_bytes = 0;
  uint64_t released_bytes = 0;
  int64_t held_change_bytes = 0;  // since exec_ns where that is set
  uint64_t virtual_size_bytes = 0;
  uint64_t max_virtual_size_bytes = 0;
  uint64_t last_ns = 0;     // CLOCK_BOOTTIME, of the event that the size is of,
  uint64_t last_mm_id = 0;  // its address space: 0 where no size is known
  uint64_t last_ticket = 0;
  uint64_t exec_ns = 0;  // CLOCK_BOOTTIME; 0: no exec
  uint32_t mmap_count = 0;
  uint32_t munmap_count = 0;
  uint32_t failed_count = 0;
};

class Rollup {
 public:
  // Processes that are followed; beyond, all are forgotten and met anew.
  static constexpr size_t kMaxProcesses = 200'000;
  // Ended ones that are followed on, since some of their records may be late.
  static constexpr size_t kMaxEnded = 16'384;

  // Those that have calls in memory until an EXEC comes; the one that has waited
  // longest waits no more.
  static constexpr size_t kMaxAwaiting = 256;

  // Begins a chunk of the capture that `capture` names. Forgets what was added
  // since the last Commit; of another capture, everything.
  void Begin(int32_t capture, uint32_t page_size_bytes);
  // The next event of the chunk, at `unix_ns`. Not `counted`: it is stored
  // already, and only tells what happens to the process.
  void Add(const model::Event& event, int64_t unix_ns, bool counted);
  // Of this chunk, in no order.
  const std::vector<ProcessMinute>& rows() const { return rows_; }
  // The chunk is committed.
  void Commit();
  size_t awaiting_count() const { return awaiting_.size(); }
  size_t followed_count() const { return processes_.size(); }

 private:
  static constexpr size_t kNoRow = SIZE_MAX;

  struct Followed {
    Program program;
    bool in_chunk = false;  // touched since Begin
    bool awaits = false;    // is in awaiting_
    size_t row = kNoRow;    // in rows_, the one used last
  };
  using Entry = std::pair<const model::ProcessKey, Followed>;

  Entry* Find(const model::ProcessKey& key);
  ProcessMinute& RowOf(Entry* entry, int64_t minute);
  void Await(const model::ProcessKey& key, Followed* followed);
  void Rollback();

  int32_t capture_ = 0;
  uint64_t page_mask_ = 0;
  absl::node_hash_map<model::ProcessKey, Followed> processes_;
  std::array<Entry*, 256> recent_{};  // by tgid, modulo
  std::deque<model::ProcessKey> ended_;
  std::deque<model::ProcessKey> awaiting_;

  // Of the chunk.
  std::vector<ProcessMinute> rows_;
  absl::flat_hash_map<std::pair<model::ProcessKey, int64_t>, size_t> row_of_;  // process, minute
  std::vector<std::pair<model::ProcessKey, Program>> before_;                  // as it was at Begin
  std::vector<model::ProcessKey> ended_in_chunk_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_ROLLUP_H_
