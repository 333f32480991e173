// SPDX-License-Identifier: Apache-2.0
//
// Questions about the past, and their answers: one process through time, all
// processes at a moment, and who asked for most. Plain values. Moments are ns since 1970.

#ifndef MEMMON_STORE_HISTORY_H_
#define MEMMON_STORE_HISTORY_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/event.h"
#include "model/process.h"

namespace memmon::store {

using Deadline = std::chrono::steady_clock::time_point;

struct HistoryQuery {
  // start_ns 0: the latest of that tgid that began before the end.
  model::ProcessKey process;
  int64_t start_unix_ns = 0;  // 0: where the capture, or the process, began
  int64_t end_unix_ns = 0;    // 0: now
  int max_points = 300;       // 1 to 2,000
  Deadline deadline = Deadline::max();
};

// A step, as v1.HistoryPoint has it.
struct HistoryPoint {
  int64_t time_unix_ns = 0;
  uint64_t held_bytes = 0;
  uint64_t virtual_size_bytes = 0;
  uint64_t max_virtual_size_bytes = 0;
  uint64_t requested_bytes = 0;
  uint64_t released_bytes = 0;
  uint64_t mmap_count = 0;
  uint64_t munmap_count = 0;
  uint64_t failed_count = 0;
};

// Where events are missing.
struct HistoryGap {
  int64_t start_unix_ns = 0;
  int64_t end_unix_ns = 0;
  uint64_t event_count = 0;  // of all processes; 0 where it is not known
};

struct ProcessHistory {
  // Oldest first. The first step has a point in any case, so that it is known
  // where the process stood; of the others those in which something happened.
  std::vector<HistoryPoint> points;
  int64_t step_ns = 0;
  // Steps are of whole minutes because events are not kept any more, or are too many
  // to be read; or of whole hours because minutes are not kept.
  bool from_rollups = false;
  // As it was last seen, with the figures of the last point; its sums are those
  // of the points.
  model::Process process;
  int64_t realtime_offset_ns = 0;   // wall clock - boot clock
  std::vector<HistoryGap> gaps;     // oldest first
  int64_t last_stored_unix_ns = 0;  // of the host: after that nothing is stored
};

// The processes that lived at a moment, in the capture that ran then (or was the
// last to run before).
struct ProcessesQuery {
  int64_t as_of_unix_ns = 0;
  Deadline deadline = Deadline::max();
};

struct StoredProcesses {
  // While it is kept, who asks about as many waits; on the thread that asked. Null for few.
  std::shared_ptr<void> turn;
  // A snapshot, in no order. Sums and counts are since that capture began. What
  // the stream does not tell (parent, command line) is empty. Totals are those of
  // the host and the capture, without counts.
  model::ProcessChanges everything;
  // The moment whose figures these are: the one asked for or, where events are
  // not kept, the end of the last minute (or hour) before it.
  int64_t as_of_unix_ns = 0;
};

// Who asked for most in a span.
struct RequestedQuery {
  int64_t start_unix_ns = 0;
  int64_t end_unix_ns = 0;
  int count = 10;  // of the largest; up to 100: see sql/migrations/0008
  Deadline deadline = Deadline::max();
};

struct Requested {
  model::ProcessKey key;
  std::string name;
  uint64_t bytes = 0;
};

struct RequestedSummary {
  std::vector<Requested> largest;  // largest first; the key settles ties
  uint64_t total_bytes = 0;
  uint64_t process_count = 0;  // that asked for anything
  model::HostTotals totals;    // as above
};

// All processes together, step by step.
struct ActivityQuery {
  int64_t start_unix_ns = 0;  // 0: where the first capture began
  int64_t end_unix_ns = 0;    // 0: now
  int max_points = 300;       // 1 to 2,000
  Deadline deadline = Deadline::max();
};

struct ActivityPoint {
  int64_t time_unix_ns = 0;
  uint64_t requested_bytes = 0;
  uint64_t call_count = 0;
};

struct Activity {
  std::vector<ActivityPoint> points;  // oldest first; steps in which nothing happened have none
  int64_t step_ns = 0;                // whole minutes
  std::vector<HistoryGap> gaps;       // oldest first
  int64_t oldest_unix_ns = 0;         // before that nothing is stored; 0: nothing is at all
  int64_t last_stored_unix_ns = 0;    // after that nothing is; 0 as above
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_HISTORY_H_
