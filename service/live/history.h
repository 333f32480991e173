// SPDX-License-Identifier: Apache-2.0
//
// The latest batches, in stream order, without a hole between them. Not
// thread-safe.

#ifndef MEMMON_LIVE_HISTORY_H_
#define MEMMON_LIVE_HISTORY_H_

#include <cstddef>
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

class History {
 public:
  // As FeedOptions::history_events.
  explicit History(size_t max_events) : max_events_(max_events) {}

  // What had to go for it is returned, to be freed where no lock is held.
  std::vector<Placed> Add(Placed placed);

  // The first batch that may hold what comes after `from`, as an index; nothing
  // where something between them is not here.
  std::optional<size_t> Find(const model::Position& from) const;

  const std::deque<Placed>& batches() const { return batches_; }

 private:
  const size_t max_events_;
  size_t size_ = 0;
  std::deque<Placed> batches_;
};

}  // namespace memmon::live

#endif  // MEMMON_LIVE_HISTORY_H_
