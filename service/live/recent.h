// SPDX-License-Identifier: Apache-2.0
//
// The latest requests, in memory: what people see before there is a database,
// or without one.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_LIVE_RECENT_H_
#define MEMMON_LIVE_RECENT_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "model/event.h"
#include "model/sink.h"

namespace memmon::live {

struct RecentEvent {
  model::Event event;
  int64_t unix_ns = 0;
};

struct RecentPage {
  std::vector<RecentEvent> events;  // newest first
  size_t total = 0;                 // how many are kept
  uint64_t total_memory_bytes = 0;  // RAM and swap of the host; 0: not known
};

class Recent : public model::Sink {
 public:
  // Keeps the last `capacity` calls of mmap and munmap that succeeded.
  explicit Recent(size_t capacity = 10'000);

  void Take(const model::SharedBatch& batch) override;

  // `count` of them, after the newest `skip`.
  RecentPage Page(size_t skip, size_t count) const;

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<RecentEvent> ring_;
  uint64_t written_ = 0;  // the next one goes to written_ % capacity_
  uint64_t total_memory_bytes_ = 0;
};

}  // namespace memmon::live

#endif  // MEMMON_LIVE_RECENT_H_
