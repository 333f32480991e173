// SPDX-License-Identifier: Apache-2.0

#include "live/recent.h"

#include <algorithm>

namespace memmon::live {

Recent::Recent(size_t capacity) : capacity_(capacity) { ring_.reserve(capacity); }

void Recent::Take(const model::SharedBatch& batch) {
  const model::Capture& capture = *batch->capture;
  std::lock_guard lock(mutex_);
  total_memory_bytes_ = capture.ram_bytes + capture.swap_bytes;
  for (const model::Event& event : batch->events) {
    if (event.kind != model::EventKind::kMmap && event.kind != model::EventKind::kMunmap) continue;
    if (event.failed()) continue;
    RecentEvent recent{event, static_cast<int64_t>(event.time_ns) + capture.realtime_offset_ns};
    if (ring_.size() < capacity_) {
      ring_.push_back(recent);
    } else {
      ring_[written_ % capacity_] = recent;
    }
    ++written_;
  }
}

RecentPage Recent::Page(size_t skip, size_t count) const {
  RecentPage page;
  std::lock_guard lock(mutex_);
  page.total = ring_.size();
  page.total_memory_bytes = total_memory_bytes_;
  if (skip >= ring_.size()) return page;
  count = std::min(count, ring_.size() - skip);
  page.events.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    page.events.push_back(ring_[(written_ - 1 - skip - i) % capacity_]);
  }
  return page;
}

}  // namespace memmon::live
