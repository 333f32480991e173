// SPDX-License-Identifier: Apache-2.0
//
// Where events wait for the database in memory: bounded by their number,
// counting. What does not fit is refused, and remembered as a loss of certain
// sequence numbers until it has been written down.
//
// Events leave in order, and by one way at a time: to the writer or, once they
// are overdue and there is a spool, to that; back again with Resume.
//
// in = out + dropped + spooled + waiting, at every moment.
//
// Thread safety: all methods, from any thread; Pop, Done and Resume, from one
// (the writer's); Divert and what follows it, from one (the spooler's).

#ifndef MEMMON_STORE_EVENT_QUEUE_H_
#define MEMMON_STORE_EVENT_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "model/batch.h"
#include "model/capture.h"
#include "model/counters.h"
#include "store/loss.h"

namespace memmon::store {

// Part of a batch.
struct Slice {
  model::SharedBatch batch;
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

// What the writer takes at once: all of one capture, with nothing refused in
// between.
struct Chunk {
  std::shared_ptr<const model::Capture> capture;  // null where there are only losses
  std::vector<Slice> slices;
  size_t event_count = 0;
  // Changes wherever something was refused between two chunks.
  uint64_t epoch = 0;
  std::vector<Loss> losses;

  bool empty() const { return event_count == 0 && losses.empty(); }
};

// How events are put together.
struct Batching {
  size_t enough = 10'000;  // so many go at once
  size_t most = 10'000;
  std::chrono::milliseconds linger{200};  // the oldest waits no longer for the others
};

class EventQueue {
 public:
  // `capacity`: events; `max_batches`: pieces they may come in, each of which takes
  // some 300 bytes of its own.
  explicit EventQueue(uint64_t capacity, size_t max_batches = SIZE_MAX);

  // Never blocks for longer than it takes to look.
  void Push(const model::SharedBatch& batch);

  // Waits for a batch, or for some events once Flush was called; gives up after
  // `limit`, at once after Close or Wake, and hands out an empty chunk. Nothing
  // is handed out while events go to the spool.
  Chunk Pop(const Batching& batching, std::chrono::milliseconds limit);
  // The Pop that waits, or the next one, ends.
  void Wake();
  // `chunk` is stored, but for `unstorable` of its events, which never can be.
  // Until then its events are waiting. Says whether the spool has them too.
  bool Done(const Chunk& chunk, uint64_t unstorable);

  // What goes to the spool.
  struct Diverted {
    Chunk chunk;
    // The writer has it in hand, and may be done with it at any moment; it goes
    // to the spool in case memmond is killed.
    bool insurance = false;
  };
  // From now on events go to the spool.
  void StartDiverting();
  bool diverting() const;
  // What waits is overdue: nobody stores it now. Until Resume.
  void SetOverdue();
  // Waits until events are overdue, because the oldest has waited for `overdue`
  // or half of the room is taken; from then on they go to the spool. First what
  // the writer has in hand, then batches as they come. Gives up after `limit`,
  // at once after Close, with an empty chunk.
  Diverted Divert(const Batching& batching, std::chrono::milliseconds overdue,
                  std::chrono::milliseconds limit);
  // The spool has the chunk and its losses.
  void Spooled(const Chunk& chunk);
  // The spool has what the writer had in hand; false where it no longer has.
  bool Insured();
  // The spool could not take it: it is the front again, or still the writer's.
  void PutBack(const Diverted& diverted);
  // To the writer again, unless the spooler has a chunk in hand or
  // `spool_is_empty`, asked under the queue's lock, says no.
  void Resume(const std::function<bool()>& spool_is_empty);

  // From now on nothing lingers. Waits until nothing waits, or for `limit`;
  // says how many events still wait, losses not written down included. What the
  // spool has does not wait here.
  uint64_t Flush(std::chrono::milliseconds limit);
  // Pop and Divert do not wait any more.
  void Close();
  bool closed() const;
  // Waits for `limit`, or until Close or Flush.
  void Pause(std::chrono::milliseconds limit);

  struct Counters {
    uint64_t in = 0;
    uint64_t out = 0;
    uint64_t dropped = 0;
    uint64_t spooled = 0;
    uint64_t waiting = 0;
    uint64_t in_memory = 0;  // of these, what is not insured
  };
  Counters counters() const;
  uint64_t capacity() const { return capacity_; }

 private:
  using Clock = std::chrono::steady_clock;  // the wall clock may be set

  struct Entry {
    Slice slice;
    uint64_t epoch = 0;
    Clock::time_point since;
  };

  void Refuse(const model::SharedBatch& batch, size_t begin);
  Chunk Take(size_t most);
  uint64_t unfinished() const;
  bool Ready(const Batching& batching) const;
  bool HalfFull() const;
  bool Overdue(std::chrono::milliseconds overdue) const;
  Clock::time_point Oldest() const;

  const uint64_t capacity_;
  const size_t max_batches_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the writer
  std::condition_variable overdue_;  // for the spooler
  std::condition_variable drained_;  // for Flush
  // All below: guarded by mutex_.
  std::deque<Entry> entries_;
  uint64_t queued_ = 0;  // events in entries_
  std::vector<Loss> losses_;
  uint64_t epoch_ = 0;
  bool refused_since_push_ = false;
  bool woken_ = false;
  bool flushing_ = false;
  bool closed_ = false;

  Chunk hand_;  // the writer's
  Clock::time_point hand_since_;
  bool hand_insured_ = false;
  bool diverting_ = false;
  bool forced_ = false;    // overdue, whatever the time
  bool insuring_ = false;  // the spooler has a copy of hand_ in hand
  Chunk spooler_hand_;

  uint64_t in_ = 0;
  uint64_t out_ = 0;
  uint64_t dropped_ = 0;
  uint64_t spooled_ = 0;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_QUEUE_H_
