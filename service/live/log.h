// SPDX-License-Identifier: Apache-2.0
//
// The latest batches, in stream order, without a hole between them: one log that
// all subscribers read, each from a place of its own. So a subscriber costs a
// place and no memory for what waits, however slow it is. Not thread-safe.
//
// Batches are numbered from 0, and events counted from 0, since the log began.

#ifndef MEMMON_LIVE_LOG_H_
#define MEMMON_LIVE_LOG_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "model/batch.h"
#include "model/position.h"

namespace memmon::live {

// A batch, and where it begins.
struct Placed {
  model::SharedBatch batch;
  std::shared_ptr<const model::Position> before;
};

class Log {
 public:
  // Keeps `history_events` for those who resume, and `queue_events` more, so that
  // who begins with the oldest of them has time to read. Sizes are counted in
  // events: a batch counts as so many more as it takes beside them.
  Log(size_t history_events, size_t queue_events)
      : history_size_(history_events), size_bound_(history_events + queue_events) {}

  struct Entry {
    Placed placed;
    uint64_t first_event = 0;  // how many came before it
    size_t size = 0;
  };

  // What had to go for it is returned, to be freed where no lock is held. The
  // newest batch stays, however large.
  std::vector<Entry> Add(Placed placed);

  // Batches from begin() to before end() are here.
  uint64_t begin() const { return end_ - entries_.size(); }
  uint64_t end() const { return end_; }
  const Entry& at(uint64_t number) const { return entries_[number - begin()]; }
  uint64_t event_count() const { return event_count_; }  // of all that came

  // Who resumes may begin here; end() where there is nothing for it.
  uint64_t history_begin() const { return history_begin_; }
  // From there on, the first batch that may hold what comes after `from`; nothing
  // where something between them is not here.
  std::optional<uint64_t> Find(const model::Position& from) const;

 private:
  const size_t history_size_;
  const size_t size_bound_;
  std::deque<Entry> entries_;
  uint64_t end_ = 0;
  uint64_t history_begin_ = 0;
  size_t size_ = 0;          // of all entries
  size_t history_used_ = 0;  // from history_begin_ on
  uint64_t event_count_ = 0;
};

}  // namespace memmon::live

#endif  // MEMMON_LIVE_LOG_H_
