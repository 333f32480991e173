// SPDX-License-Identifier: Apache-2.0

#include "live/history.h"

#include <algorithm>
#include <utility>

namespace memmon::live {
namespace {

size_t SizeOf(const Placed& placed) { return placed.batch->events.size() + 1; }

}  // namespace

std::vector<Placed> History::Add(Placed placed) {
  std::vector<Placed> gone;
  size_ += SizeOf(placed);
  batches_.push_back(std::move(placed));
  while (size_ > max_events_ && !batches_.empty()) {
    size_ -= SizeOf(batches_.front());
    gone.push_back(std::move(batches_.front()));
    batches_.pop_front();
  }
  return gone;
}

std::optional<size_t> History::Find(const model::Position& from) const {
  const auto first = std::find_if(batches_.begin(), batches_.end(), [&](const Placed& placed) {
    return placed.before->capture == from.capture;
  });
  if (first == batches_.end() || from.MissingBefore(*first->before) != 0) return std::nullopt;
  auto found = first;
  for (auto next = found + 1; next != batches_.end(); found = next++) {
    if (next->before->capture != from.capture || from.MissingBefore(*next->before) != 0) break;
  }
  return static_cast<size_t>(found - batches_.begin());
}

}  // namespace memmon::live
