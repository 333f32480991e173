// SPDX-License-Identifier: Apache-2.0

#include "live/feed.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "live/history.h"

namespace memmon::live {
namespace {

// One subscriber's queue. In at any time = out + dropped + waiting.
class Queue {
 public:
  Queue(const FeedOptions& options, std::function<void()> wake)
      : wake_events_(options.wake_events),
        wake_(std::move(wake)),
        max_events_(options.queue_events) {}

  // Returns whether the subscriber is to be woken.
  bool Push(const Placed& placed) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    const bool was_empty = items_.empty();
    const uint64_t waited = waiting_;
    const uint64_t events = placed.batch->events.size();
    uint64_t gap = 0;
    std::shared_ptr<const model::Position> gap_begin;
    while (!items_.empty() && waiting_ + events > max_events_) {
      const Delivery& oldest = items_.front();
      const uint64_t lost = oldest.batch->events.size();
      gap += oldest.gap_events + lost;
      if (gap_begin == nullptr) {
        gap_begin = oldest.gap_begin != nullptr ? oldest.gap_begin : oldest.before;
      }
      waiting_ -= lost;
      dropped_ += lost;
      items_.pop_front();
    }
    // The loss is told before whatever is the oldest now.
    if (!items_.empty() && gap != 0) {
      items_.front().gap_events += std::exchange(gap, 0);
      items_.front().gap_begin = std::move(gap_begin);
    }
    items_.push_back({gap, placed.batch, placed.before, std::move(gap_begin)});
    in_ += events;
    waiting_ += events;
    return was_empty || (waited < wake_events_ && waiting_ >= wake_events_);
  }

  // What it begins with, before the first Push.
  void Fill(std::deque<Placed>::const_iterator begin, std::deque<Placed>::const_iterator end) {
    const std::lock_guard lock(mutex_);
    for (; begin != end; ++begin) {
      items_.push_back({0, begin->batch, begin->before, nullptr});
      waiting_ += begin->batch->events.size();
    }
    in_ += waiting_;
    max_events_ += waiting_;
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

  uint64_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  uint64_t capacity() const {
    const std::lock_guard lock(mutex_);
    return max_events_;
  }

  void AddTo(model::HopCounters* counters) const {
    const std::lock_guard lock(mutex_);
    counters->in += in_;
    counters->out += out_;
    counters->dropped += dropped_;
    counters->waiting += waiting_;
  }

 private:
  const uint64_t wake_events_;

  // Never taken while mutex_ is held, nor the other way round.
  std::mutex wake_mutex_;
  std::function<void()> wake_;

  mutable std::mutex mutex_;
  uint64_t max_events_;
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
  explicit State(FeedOptions feed_options)
      : options(feed_options), history(feed_options.history_events) {
    past.name = "subscribers";
  }

  const FeedOptions options;

  // The pump's: where the next batch begins, and its capture.
  std::shared_ptr<const model::Position> position;
  std::shared_ptr<const model::Capture> position_capture;

  mutable std::mutex mutex;
  History history;
  std::shared_ptr<const model::Capture> capture;  // of the last batch
  size_t subscribers = 0;                         // those that have not joined, too
  // Replaced, never changed, so that Take walks it without the lock.
  std::shared_ptr<const Queues> queues = std::make_shared<Queues>();
  model::HopCounters past;  // of subscribers that left

  // Needs mutex.
  void Add(const std::shared_ptr<Queue>& queue) {
    auto more = std::make_shared<Queues>(*queues);
    more->push_back(queue);
    queues = std::move(more);
  }

  void Remove(const std::shared_ptr<Queue>& queue) {
    // Before the lock: it may wait for a wake that is running.
    queue->Close();
    const std::lock_guard lock(mutex);
    --subscribers;
    auto rest = std::make_shared<Queues>();
    std::copy_if(queues->begin(), queues->end(), std::back_inserter(*rest),
                 [&](const auto& other) { return other != queue; });
    queues = std::move(rest);
    queue->AddTo(&past);
  }
};

namespace {}  // namespace

class Feed::Member : public Resumption {
 public:
  Member(std::shared_ptr<State> state, std::function<void()> wake)
      : state_(std::move(state)),
        queue_(std::make_shared<Queue>(state_->options, std::move(wake))) {}
  ~Member() override { state_->Remove(queue_); }

  std::optional<Delivery> Next() override { return queue_->Pop(); }
  size_t waiting() const override { return queue_->waiting(); }

  // With the lock that Take holds while it adds to the history and sees who is
  // there: each batch is in the history now, or is pushed later.
  Begin Join(const model::Position& from, bool even_late) override {
    const std::lock_guard lock(state_->mutex);
    const auto& batches = state_->history.batches();
    Begin begin{.joined = true, .memory = batches.empty() ? nullptr : batches.front().before};
    if (joined_) return begin;
    const auto found = state_->history.Find(from);
    begin.joined = joined_ = found.has_value() || even_late;
    if (joined_) {
      queue_->Fill(batches.begin() + static_cast<ptrdiff_t>(found.value_or(0)), batches.end());
      state_->Add(queue_);
    }
    return begin;
  }

  void JoinNow() {
    const std::lock_guard lock(state_->mutex);
    joined_ = true;
    state_->Add(queue_);
  }

 private:
  const std::shared_ptr<State> state_;
  const std::shared_ptr<Queue> queue_;
  bool joined_ = false;  // guarded by the state's mutex
};

Feed::Feed(FeedOptions options) : state_(std::make_shared<State>(options)) {}

Feed::~Feed() = default;

void Feed::Take(const model::SharedBatch& batch) {
  if (batch->events.empty()) return;
  State& state = *state_;
  if (batch->capture != state.position_capture) {
    state.position_capture = batch->capture;
    state.position = std::make_shared<model::Position>(model::IdOf(*batch->capture));
  }
  auto after = std::make_shared<model::Position>(*state.position);
  for (const model::Event& event : batch->events) after->Pass(event);
  const Placed placed{batch, std::exchange(state.position, std::move(after))};

  std::vector<Placed> gone;
  std::shared_ptr<const Queues> queues;
  {
    const std::lock_guard lock(state.mutex);
    gone = state.history.Add(placed);
    state.capture = batch->capture;
    queues = state.queues;
  }
  for (const auto& queue : *queues) {
    if (queue->Push(placed)) queue->Wake();
  }
}

std::unique_ptr<Feed::Member> Feed::NewMember(std::function<void()> wake) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->subscribers >= state_->options.max_subscribers) return nullptr;
    ++state_->subscribers;
  }
  return std::make_unique<Member>(state_, std::move(wake));
}

std::unique_ptr<Subscription> Feed::Subscribe(std::function<void()> wake) {
  auto member = NewMember(std::move(wake));
  if (member != nullptr) member->JoinNow();
  return member;
}

std::unique_ptr<Resumption> Feed::Resume(std::function<void()> wake) {
  return NewMember(std::move(wake));
}

std::shared_ptr<const model::Capture> Feed::capture() const {
  const std::lock_guard lock(state_->mutex);
  return state_->capture;
}

size_t Feed::subscriber_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->subscribers;
}

model::HopCounters Feed::counters() const {
  const std::lock_guard lock(state_->mutex);
  model::HopCounters counters = state_->past;
  for (const auto& queue : *state_->queues) {
    queue->AddTo(&counters);
    counters.capacity += queue->capacity();
  }
  return counters;
}

}  // namespace memmon::live
