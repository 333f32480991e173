// SPDX-License-Identifier: Apache-2.0

#include "store/event_queue.h"

#include <algorithm>
#include <utility>

namespace memmon::store {

// Waits go by the system clock: TSan cannot see into the other one's on
// Debian 12. A clock that is set moves a pause, no result.
using Clock = std::chrono::system_clock;

EventQueue::EventQueue(uint64_t capacity) : capacity_(capacity) {}

void EventQueue::Push(const model::SharedBatch& batch) {
  const size_t size = batch->events.size();
  if (size == 0) return;
  std::lock_guard lock(mutex_);
  in_ += size;
  const uint64_t waiting = in_ - size - out_ - dropped_;
  const size_t fits = std::min<uint64_t>(size, capacity_ - std::min(capacity_, waiting));
  if (fits > 0) {
    if (std::exchange(refused_since_push_, false)) ++epoch_;
    entries_.push_back({{batch, 0, fits}, epoch_, Clock::now()});
    queued_ += fits;
  }
  if (fits < size) Refuse(batch, fits);
  changed_.notify_one();
}

void EventQueue::Refuse(const model::SharedBatch& batch, size_t begin) {
  dropped_ += batch->events.size() - begin;
  refused_since_push_ = true;
  for (size_t i = begin; i < batch->events.size(); ++i) {
    const model::Event& event = batch->events[i];
    // The newest loss of this sub-stream, if the event continues it. The
    // youngest losses, one a sub-stream, are the last ones.
    const auto it = std::find_if(losses_.rbegin(), losses_.rend(), [&](const Loss& loss) {
      return loss.span.cpu == event.cpu && loss.capture == batch->capture;
    });
    if (it != losses_.rend() && it->span.last + 1 == event.sequence) {
      it->span.last = LastSequence(event);
      ++it->event_count;
    } else {
      losses_.push_back({batch->capture, {event.cpu, event.sequence, LastSequence(event)}, 1});
    }
  }
}

bool EventQueue::Ready(size_t enough, std::chrono::milliseconds linger) const {
  if (closed_) return true;
  if (queued_ == 0) return !losses_.empty();
  return flushing_ || queued_ >= enough || Clock::now() >= entries_.front().since + linger;
}

Chunk EventQueue::Pop(size_t enough, size_t most, std::chrono::milliseconds linger,
                      std::chrono::milliseconds limit) {
  Chunk chunk;
  std::unique_lock lock(mutex_);
  const auto deadline = Clock::now() + limit;
  while (!Ready(enough, linger)) {
    auto until = deadline;
    if (!entries_.empty()) until = std::min(until, entries_.front().since + linger);
    if (changed_.wait_until(lock, until) == std::cv_status::timeout && Clock::now() >= deadline &&
        !Ready(enough, linger)) {
      return chunk;
    }
  }
  if (closed_) return chunk;
  while (!entries_.empty() && chunk.event_count < most) {
    Entry& entry = entries_.front();
    if (chunk.event_count > 0 &&
        (entry.epoch != chunk.epoch || entry.slice.batch->capture != chunk.capture)) {
      break;
    }
    chunk.epoch = entry.epoch;
    chunk.capture = entry.slice.batch->capture;
    Slice slice = entry.slice;
    slice.end = std::min(slice.end, slice.begin + (most - chunk.event_count));
    chunk.event_count += slice.size();
    queued_ -= slice.size();
    entry.slice.begin = slice.end;
    const bool whole = entry.slice.size() == 0;
    chunk.slices.push_back(std::move(slice));
    if (whole) entries_.pop_front();
  }
  chunk.losses = std::exchange(losses_, {});
  popped_losses_ = chunk.losses.size();
  return chunk;
}

void EventQueue::Done(const Chunk& chunk, uint64_t unstorable) {
  std::lock_guard lock(mutex_);
  out_ += chunk.event_count - unstorable;
  dropped_ += unstorable;
  popped_losses_ = 0;
  if (unfinished() == 0) drained_.notify_all();
}

uint64_t EventQueue::unfinished() const {
  return in_ - out_ - dropped_ + losses_.size() + popped_losses_;
}

uint64_t EventQueue::Flush(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  changed_.notify_all();
  drained_.wait_until(lock, Clock::now() + limit, [this] { return unfinished() == 0; });
  return unfinished();
}

void EventQueue::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void EventQueue::Pause(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const bool flushing = flushing_;
  changed_.wait_until(lock, Clock::now() + limit, [&] { return closed_ || flushing_ != flushing; });
}

model::HopCounters EventQueue::counters() const {
  std::lock_guard lock(mutex_);
  return {"store", in_, out_, dropped_, in_ - out_ - dropped_, capacity_};
}

}  // namespace memmon::store
