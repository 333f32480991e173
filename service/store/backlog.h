// SPDX-License-Identifier: Apache-2.0
//
// What waits for the database: events in memory and, where there is a spool
// and the database does not keep up, on disk. The writer sees one queue.
//
// While the database is well nothing touches the disk. Once events are overdue
// a thread of the backlog's own moves them from memory to the spool; from then
// on new ones go behind those, until the spool is empty again: what is handed
// out is in order, always. What cannot be spooled waits in memory.
//
// Thread safety: Push, Flush, Close and all that is const, from any thread;
// the rest, from one (the writer's).

#ifndef MEMMON_STORE_BACKLOG_H_
#define MEMMON_STORE_BACKLOG_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "model/batch.h"
#include "model/counters.h"
#include "store/event_queue.h"
#include "store/spool.h"

namespace memmon::store {

struct BacklogOptions {
  uint64_t queue_events = 2'000'000;  // most that wait in memory
  size_t queue_batches = SIZE_MAX;    // and most batches; see EventQueue
  Batching batching;
  // Events that have waited for so long in memory go to the spool, at once
  // after DatabaseIsAway.
  std::chrono::milliseconds overdue{2'000};
};

class Backlog {
 public:
  // `spool`: null where there is none.
  Backlog(const BacklogOptions& options, std::unique_ptr<Spool> spool);
  ~Backlog();  // closes

  // Never blocks for longer than it takes to look.
  void Push(const model::SharedBatch& batch) { queue_.Push(batch); }

  // The oldest events, of one capture, and losses to be written down. Waits for
  // a batch, for `limit` at most; empty where there is none. Before the next
  // Next comes Done.
  Chunk Next(std::chrono::milliseconds limit);
  // What Next handed out is stored, but for `unstorable` of its events.
  void Done(const Chunk& chunk, uint64_t unstorable);
  // Nothing can be stored at the moment: does not wait until it is overdue.
  void DatabaseIsAway();
  void Pause(std::chrono::milliseconds limit) { queue_.Pause(limit); }

  // Waits until nothing is in memory alone: everything is stored, or on disk.
  // Says how many events and losses are in memory still, after `limit`.
  uint64_t Flush(std::chrono::milliseconds limit);
  // Waits until something on disk is stored; false where nothing was for
  // `limit`, at once where nothing is.
  bool WaitForProgress(std::chrono::milliseconds limit) const {
    return spool_ != nullptr && spool_->WaitForProgress(limit);
  }
  // Next and Pause do not wait any more; the spool takes no more.
  void Close() { queue_.Close(); }

  // All that waits, what an earlier run left in the spool included.
  model::HopCounters counters() const;
  // Of these, the events that are on no disk.
  uint64_t in_memory() const { return queue_.counters().in_memory; }
  std::optional<model::HopCounters> spool_counters() const;
  // Why events cannot be spooled, or do not find room there, and what to type; with its cause
  // (store/cause.h). OK where they can.
  absl::Status problem() const;

 private:
  void Run();
  absl::Status Spool(const EventQueue::Diverted& diverted);
  absl::Status Sync();
  void SetProblem(const absl::Status& status);

  const BacklogOptions options_;
  EventQueue queue_;
  const std::unique_ptr<store::Spool> spool_;

  // The writer's.
  bool from_spool_ = false;  // what it has in hand
  uint64_t epoch_ = 0;       // as the writer is told
  uint64_t source_run_ = 0;  // of what it was handed last
  uint64_t source_epoch_ = 0;

  mutable std::mutex mutex_;
  absl::Status problem_;  // guarded by mutex_
  std::thread spooler_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_BACKLOG_H_
