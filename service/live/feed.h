// SPDX-License-Identifier: Apache-2.0
//
// Hands every batch to every subscriber, through a bounded queue each. A slow
// subscriber loses batches of its own, the oldest first, is told how many
// events at their place, and disturbs nobody. The batches are shared, not
// copied.
//
// Thread safety: all methods of Feed and Subscription, from any thread.
// Ownership: a Subscription must end before its Feed.

#ifndef MEMMON_LIVE_FEED_H_
#define MEMMON_LIVE_FEED_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "model/counters.h"
#include "model/sink.h"

namespace memmon::live {

struct FeedOptions {
  size_t max_subscribers = 1'000;
  // Events that may wait for one subscriber; or one batch, where that is more.
  size_t queue_events = 65'536;
};

struct Delivery {
  // Events that were lost to this subscriber before `batch`.
  uint64_t gap_events = 0;
  model::SharedBatch batch;  // never null
};

class Subscription {
 public:
  virtual ~Subscription() = default;
  // The next batch, or nothing when none waits; never blocks.
  virtual std::optional<Delivery> Next() = 0;
};

class Feed : public model::Sink {
 public:
  explicit Feed(FeedOptions options = {});
  ~Feed() override;

  void Take(const model::SharedBatch& batch) override;

  // `wake` is called, from the pump's thread, when a batch was put into an
  // empty queue; it must be quick and must not call back into the feed. Null
  // when there are max_subscribers already. No call of `wake` begins after
  // the Subscription's destructor has returned: the destructor waits for one
  // that is running, so it must not be called while holding a lock that
  // `wake` takes.
  std::unique_ptr<Subscription> Subscribe(std::function<void()> wake);

  size_t subscriber_count() const;
  // Of all subscribers, past and present, together. What still waited when one
  // left counts as dropped.
  model::HopCounters counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace memmon::live

#endif  // MEMMON_LIVE_FEED_H_
