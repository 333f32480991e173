// SPDX-License-Identifier: Apache-2.0

#include "live/log.h"

#include <utility>

namespace memmon::live {
namespace {

// A batch's own memory: its blocks, its place here, its position (8 bytes a CPU).
constexpr size_t kBatchBytes = 384;

size_t SizeOf(const Placed& placed) {
  const size_t bytes = kBatchBytes + placed.before->next.size() * sizeof(uint64_t);
  return placed.batch->events.size() + (bytes + sizeof(model::Event) - 1) / sizeof(model::Event);
}

}  // namespace

std::vector<Log::Entry> Log::Add(Placed placed) {
  const size_t size = SizeOf(placed);
  const size_t events = placed.batch->events.size();
  entries_.push_back({std::move(placed), event_count_, size});
  ++end_;
  event_count_ += events;
  size_ += size;
  history_used_ += size;
  while (history_used_ > history_size_) history_used_ -= at(history_begin_++).size;

  std::vector<Entry> gone;
  while (size_ > size_bound_ && entries_.size() > 1) {
    size_ -= entries_.front().size;
    gone.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  return gone;
}

std::optional<uint64_t> Log::Find(const model::Position& from) const {
  const auto before = [this](uint64_t number) -> const model::Position& {
    return *at(number).placed.before;
  };
  uint64_t found = history_begin_;
  while (found != end_ && before(found).capture != from.capture) ++found;
  if (found == end_ || from.MissingBefore(before(found)) != 0) return std::nullopt;
  for (uint64_t next = found + 1; next != end_; found = next++) {
    if (before(next).capture != from.capture || from.MissingBefore(before(next)) != 0) break;
  }
  return found;
}

}  // namespace memmon::live
