// SPDX-License-Identifier: Apache-2.0

#include "live/feed.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace memmon::live {
namespace {

// One subscriber's queue. In at any time = out + dropped + waiting.
class Queue {
 public:
  Queue(size_t max_events, std::function<void()> wake)
      : max_events_(max_events), wake_(std::move(wake)) {}

  // Returns whether the queue was empty before.
  bool Push(const model::SharedBatch& batch) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    const bool was_empty = items_.empty();
    const uint64_t events = batch->events.size();
    uint64_t gap = 0;
    while (!items_.empty() && waiting_ + events > max_events_) {
      const uint64_t lost = items_.front().batch->events.size();
      gap += items_.front().gap_events + lost;
      waiting_ -= lost;
      dropped_ += lost;
      items_.pop_front();
    }
    // The loss is told before whatever is the oldest now.
    if (!items_.empty()) items_.front().gap_events += std::exchange(gap, 0);
    items_.push_back({gap, batch});
    in_ += events;
    waiting_ += events;
    return was_empty;
  }

  void Wake() {
    const std::lock_guard lock(wake_mutex_);
    if (wake_ != nullptr) wake_();
  }

  std::optional<Delivery> Pop() {
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return std::nullopt;
    Delivery delivery = std::move(items_.front());
    items_.pop_front();
    waiting_ -= delivery.batch->events.size();
    out_ += delivery.batch->events.size();
    return delivery;
  }

  // No wake begins after this; what waits is dropped.
  void Close() {
    {
      const std::lock_guard lock(wake_mutex_);
      wake_ = nullptr;
    }
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped_ += std::exchange(waiting_, 0);
    items_.clear();
  }

  void AddTo(model::HopCounters* counters) const {
    const std::lock_guard lock(mutex_);
    counters->in += in_;
    counters->out += out_;
    counters->dropped += dropped_;
    counters->waiting += waiting_;
  }

 private:
  const uint64_t max_events_;

  // Never taken while mutex_ is held, nor the other way round.
  std::mutex wake_mutex_;
  std::function<void()> wake_;

  mutable std::mutex mutex_;
  std::deque<Delivery> items_;
  bool closed_ = false;
  uint64_t in_ = 0;
  uint64_t out_ = 0;
  uint64_t dropped_ = 0;
  uint64_t waiting_ = 0;
};

using Queues = std::vector<std::shared_ptr<Queue>>;

}  // namespace

struct Feed::State {
  explicit State(FeedOptions feed_options) : options(feed_options) { past.name = "subscribers"; }

  const FeedOptions options;
  mutable std::mutex mutex;
  // Replaced, never changed, so that Take walks it without the lock.
  std::shared_ptr<const Queues> queues = std::make_shared<Queues>();
  model::HopCounters past;  // of subscribers that left

  std::shared_ptr<const Queues> Current() const {
    const std::lock_guard lock(mutex);
    return queues;
  }

  void Remove(const std::shared_ptr<Queue>& queue) {
    // Before the lock: it may wait for a wake that is running.
    queue->Close();
    const std::lock_guard lock(mutex);
    auto rest = std::make_shared<Queues>();
    std::copy_if(queues->begin(), queues->end(), std::back_inserter(*rest),
                 [&](const auto& other) { return other != queue; });
    queues = std::move(rest);
    queue->AddTo(&past);
  }
};

namespace {

class QueueSubscription : public Subscription {
 public:
  QueueSubscription(std::shared_ptr<Queue> queue, std::function<void()> leave)
      : queue_(std::move(queue)), leave_(std::move(leave)) {}
  ~QueueSubscription() override { leave_(); }

  std::optional<Delivery> Next() override { return queue_->Pop(); }

 private:
  const std::shared_ptr<Queue> queue_;
  const std::function<void()> leave_;
};

}  // namespace

Feed::Feed(FeedOptions options) : state_(std::make_shared<State>(options)) {}

Feed::~Feed() = default;

void Feed::Take(const model::SharedBatch& batch) {
  if (batch->events.empty()) return;
  const auto queues = state_->Current();
  for (const auto& queue : *queues) {
    if (queue->Push(batch)) queue->Wake();
  }
}

std::unique_ptr<Subscription> Feed::Subscribe(std::function<void()> wake) {
  auto queue = std::make_shared<Queue>(state_->options.queue_events, std::move(wake));
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->queues->size() >= state_->options.max_subscribers) return nullptr;
    auto more = std::make_shared<Queues>(*state_->queues);
    more->push_back(queue);
    state_->queues = std::move(more);
  }
  return std::make_unique<QueueSubscription>(queue,
                                             [state = state_, queue] { state->Remove(queue); });
}

size_t Feed::subscriber_count() const { return state_->Current()->size(); }

model::HopCounters Feed::counters() const {
  const std::lock_guard lock(state_->mutex);
  model::HopCounters counters = state_->past;
  for (const auto& queue : *state_->queues) queue->AddTo(&counters);
  counters.capacity = state_->options.queue_events * state_->queues->size();
  return counters;
}

}  // namespace memmon::live
