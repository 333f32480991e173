// SPDX-License-Identifier: Apache-2.0
//
// A sink that keeps everything and can be waited for.

#ifndef MEMMON_TESTS_FAKES_COLLECTING_SINK_H_
#define MEMMON_TESTS_FAKES_COLLECTING_SINK_H_

#include <condition_variable>
#include <mutex>
#include <vector>

#include "model/sink.h"

namespace memmon::fakes {

class CollectingSink : public model::Sink {
 public:
  void Take(const model::SharedBatch& batch) override {
    const std::lock_guard lock(mutex_);
    batches_.push_back(batch);
    events_ += batch->events.size();
    changed_.notify_all();
  }

  void WaitForEvents(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return events_ >= count; });
  }

  std::vector<model::SharedBatch> batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
  }
  size_t event_count() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<model::SharedBatch> batches_;
  size_t events_ = 0;
};

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_COLLECTING_SINK_H_
