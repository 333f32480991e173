// SPDX-License-Identifier: Apache-2.0
//
// Where events wait for the database: bounded by their number, counting. What
// does not fit is refused, and remembered as a loss of certain sequence
// numbers until it has been written down.
//
// in = out + dropped + waiting, at every moment.
//
// Thread safety: all methods, from any thread; Pop and what follows it, from
// one thread (the writer's).

#ifndef MEMMON_STORE_EVENT_QUEUE_H_
#define MEMMON_STORE_EVENT_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "model/batch.h"
#include "model/capture.h"
#include "model/counters.h"
#include "store/spans.h"

namespace memmon::store {

// Part of a batch.
struct Slice {
  model::SharedBatch batch;
  size_t begin = 0;
  size_t end = 0;
  size_t size() const { return end - begin; }
};

// Events of one sub-stream that were refused, one after the other.
struct Loss {
  std::shared_ptr<const model::Capture> capture;
  Span span;
  uint64_t event_count = 0;
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

class EventQueue {
 public:
  explicit EventQueue(uint64_t capacity);

  // Never blocks for longer than it takes to look.
  void Push(const model::SharedBatch& batch);

  // Waits until `enough` events are there, or some for `linger`, or Flush was
  // called and there are some; gives up after `limit` or after Close, and
  // hands out an empty chunk. At most `most` events.
  Chunk Pop(size_t enough, size_t most, std::chrono::milliseconds linger,
            std::chrono::milliseconds limit);
  // `chunk` is stored, but for `unstorable` of its events, which never can be.
  // Until then its events are waiting.
  void Done(const Chunk& chunk, uint64_t unstorable);

  // From now on nothing lingers. Waits until nothing waits, or for `limit`;
  // says how many events still wait, losses not written down included.
  uint64_t Flush(std::chrono::milliseconds limit);
  // Pop does not wait any more.
  void Close();
  // Waits for `limit`, or until Close or Flush.
  void Pause(std::chrono::milliseconds limit);

  model::HopCounters counters() const;

 private:
  struct Entry {
    Slice slice;
    uint64_t epoch = 0;
    std::chrono::system_clock::time_point since;
  };

  void Refuse(const model::SharedBatch& batch, size_t begin);
  uint64_t unfinished() const;
  bool Ready(size_t enough, std::chrono::milliseconds linger) const;

  const uint64_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for the writer
  std::condition_variable drained_;  // for Flush
  // All below: guarded by mutex_.
  std::deque<Entry> entries_;
  uint64_t queued_ = 0;  // events in entries_
  std::vector<Loss> losses_;
  uint64_t popped_losses_ = 0;
  uint64_t epoch_ = 0;
  bool refused_since_push_ = false;
  bool flushing_ = false;
  bool closed_ = false;
  uint64_t in_ = 0;
  uint64_t out_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_EVENT_QUEUE_H_
