// SPDX-License-Identifier: Apache-2.0
//
// Keeps events and gives them back. PostgresStore writes PostgreSQL; NullStore
// stands in where no database is configured.
//
// Thread safety: Take is the pump's; all else, from any thread.

#ifndef MEMMON_STORE_STORE_H_
#define MEMMON_STORE_STORE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/counters.h"
#include "model/event.h"
#include "model/filter.h"
#include "model/sink.h"
#include "store/backfill.h"
#include "store/cause.h"
#include "store/history.h"
#include "store/space.h"
#include "store/stored_event.h"

namespace memmon::store {

enum class StoreState { kOff, kConnected, kDown };

struct StoreStatus {
  StoreState state = StoreState::kOff;
  std::string problem;        // what is wrong and what to type; empty when nothing is
  std::vector<Cause> causes;  // of `problem`, one for each thing that is wrong
  int schema_version = 0;
  // in: handed to Take, or found in the spool at the start; out: known to be
  // committed, be it in the rollups alone; dropped: refused when a bound was reached, damaged in
  // the spool, or of a time that cannot be stored; waiting: not known to be committed yet.
  model::HopCounters counters;
  // Of these, what went to disk; nothing where no spool is configured.
  std::optional<model::HopCounters> spool;
  // Of those that wait, the events that are on no disk: they go with this process.
  uint64_t in_memory = 0;
  SpaceStatus space{};
};

// Where a page ends: events strictly older than this come next.
struct EventPosition {
  int64_t time_unix_ns = 0;
  int64_t boot_row = 0;  // row id of the boot
  uint16_t cpu = 0;
  uint64_t sequence = 0;
  uint32_t capture = 0;  // row id of the capture
};

struct EventQuery {
  model::Filter filter;
  int64_t start_unix_ns = 0;  // at or after; 0: no bound
  int64_t end_unix_ns = 0;    // before; 0: no bound
  int page_size = 100;        // 1 to 1,000
  std::optional<EventPosition> before;
};

struct EventPage {
  std::vector<StoredEvent> events;  // newest first
  // Nothing on the last page. A page may be short, even empty, while there is
  // a next one: a rare match is not searched for longer than a call may take.
  std::optional<EventPosition> next;
};

class Store : public model::Sink {
 public:
  // Waits until everything taken is committed, or until `limit` has gone by
  // (DEADLINE_EXCEEDED, saying how many events were not). What is in the spool
  // is kept for the next run: it is waited for only while the server takes it.
  // Whoever has to wait is told so in the log.
  // Take is not called any more.
  virtual absl::Status Drain(std::chrono::milliseconds limit) = 0;

  // What is being asked of the database ends at once with UNAVAILABLE, and so does all that
  // is asked later: memmond stops, and the database may not answer.
  virtual void EndQueries() = 0;

  // The events of this host. FAILED_PRECONDITION where no database is
  // configured, UNAVAILABLE while it cannot be reached, INVALID_ARGUMENT for a
  // page size out of bounds, DEADLINE_EXCEEDED where not even the smallest
  // step was answered in time.
  virtual absl::StatusOr<EventPage> ListEvents(const EventQuery& query) = 0;

  // What a stream that begins at an old position reads before it is live. Errors
  // as above; a position of a capture that is not stored is none.
  virtual absl::StatusOr<BackfillPage> Backfill(const BackfillQuery& query) = 0;

  // The figures of the past, of this host; errors as above, and NOT_FOUND for a
  // process that is not stored, RESOURCE_EXHAUSTED for more processes at a moment than there
  // is memory for. The last minutes' events are there once they are
  // committed.
  virtual absl::StatusOr<ProcessHistory> GetProcessHistory(const HistoryQuery& query) = 0;
  virtual absl::StatusOr<StoredProcesses> GetProcesses(const ProcessesQuery& query) = 0;
  virtual absl::StatusOr<RequestedSummary> GetRequested(const RequestedQuery& query) = 0;
  virtual absl::StatusOr<Activity> GetActivity(const ActivityQuery& query) = 0;

  virtual StoreStatus status() const = 0;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_STORE_H_
