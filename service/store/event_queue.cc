// SPDX-License-Identifier: Apache-2.0

#include "store/event_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace memmon::store {

EventQueue::EventQueue(uint64_t capacity, size_t max_batches)
    : capacity_(capacity), max_batches_(max_batches) {}

void EventQueue::Push(const model::SharedBatch& batch) {
  const size_t size = batch->events.size();
  if (size == 0) return;
  std::lock_guard lock(mutex_);
  in_ += size;
  const uint64_t waiting = in_ - size - out_ - dropped_ - spooled_;
  size_t fits = std::min<uint64_t>(size, capacity_ - std::min(capacity_, waiting));
  if (entries_.size() >= max_batches_) fits = 0;
  if (fits > 0) {
    if (std::exchange(refused_since_push_, false)) ++epoch_;
    entries_.push_back({{batch, 0, fits}, epoch_, Clock::now()});
    queued_ += fits;
  }
  if (fits < size) Refuse(batch, fits);
  changed_.notify_all();  // who waits for a batch, and who pauses
  if (diverting_ || HalfFull()) overdue_.notify_one();
}

void EventQueue::Refuse(const model::SharedBatch& batch, size_t begin) {
  dropped_ += batch->events.size() - begin;
  refused_since_push_ = true;
  for (size_t i = begin; i < batch->events.size(); ++i) {
    const model::Event& event = batch->events[i];
    AddLoss({batch->capture, SpanOf(event), NumbersIn(SpanOf(event)), LossReason::kQueueFull},
            &losses_);
  }
}

bool EventQueue::Ready(const Batching& batching) const {
  if (queued_ == 0) return !losses_.empty();
  return flushing_ || queued_ >= batching.enough ||
         Clock::now() >= entries_.front().since + batching.linger;
}

bool EventQueue::HalfFull() const {
  return queued_ >= capacity_ / 2 || entries_.size() >= max_batches_ / 2;
}

EventQueue::Clock::time_point EventQueue::Oldest() const {
  if (!hand_.empty()) return hand_since_;
  return entries_.empty() ? Clock::time_point::max() : entries_.front().since;
}

bool EventQueue::Overdue(std::chrono::milliseconds overdue) const {
  if (hand_.empty() && entries_.empty()) return false;
  return forced_ || HalfFull() || Clock::now() - overdue >= Oldest();
}

Chunk EventQueue::Take(size_t most) {
  Chunk chunk;
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
  return chunk;
}

Chunk EventQueue::Pop(const Batching& batching, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const auto deadline = Clock::now() + limit;
  const auto over = [&] { return closed_ || woken_ || (!diverting_ && Ready(batching)); };
  while (!over()) {
    auto until = deadline;
    if (!diverting_ && !entries_.empty()) {
      until = std::min(until, entries_.front().since + batching.linger);
    }
    if (changed_.wait_until(lock, until) == std::cv_status::timeout && Clock::now() >= deadline) {
      break;
    }
  }
  woken_ = false;
  if (closed_ || diverting_ || !Ready(batching)) return {};
  hand_since_ = entries_.empty() ? Clock::now() : entries_.front().since;
  hand_ = Take(batching.most);
  return hand_;
}

void EventQueue::Wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

bool EventQueue::Done(const Chunk& chunk, uint64_t unstorable) {
  std::lock_guard lock(mutex_);
  out_ += chunk.event_count - unstorable;
  dropped_ += unstorable;
  hand_ = {};
  const bool insured = std::exchange(hand_insured_, false);
  if (unfinished() == 0) drained_.notify_all();
  return insured;
}

void EventQueue::StartDiverting() {
  std::lock_guard lock(mutex_);
  diverting_ = true;
}

bool EventQueue::diverting() const {
  std::lock_guard lock(mutex_);
  return diverting_;
}

void EventQueue::SetOverdue() {
  std::lock_guard lock(mutex_);
  forced_ = true;
  overdue_.notify_one();
}

EventQueue::Diverted EventQueue::Divert(const Batching& batching, std::chrono::milliseconds overdue,
                                        std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const auto deadline = Clock::now() + limit;
  const auto to_insure = [this] { return !hand_.empty() && !hand_insured_; };
  for (;;) {
    if (closed_) return {};
    if (!diverting_ && Overdue(overdue)) diverting_ = true;
    if (diverting_ && (to_insure() || Ready(batching))) break;
    auto until = deadline;
    if (diverting_ && !entries_.empty()) {
      until = std::min(until, entries_.front().since + batching.linger);
    } else if (!diverting_ && Oldest() != Clock::time_point::max()) {
      until = std::min(until, Oldest() + overdue);
    }
    if (overdue_.wait_until(lock, until) == std::cv_status::timeout && Clock::now() >= deadline) {
      return {};
    }
  }
  if (to_insure()) {
    insuring_ = true;
    return {hand_, true};
  }
  spooler_hand_ = Take(batching.most);
  return {spooler_hand_, false};
}

void EventQueue::Spooled(const Chunk& chunk) {
  std::lock_guard lock(mutex_);
  spooled_ += chunk.event_count;
  spooler_hand_ = {};
  woken_ = true;
  changed_.notify_all();
  if (unfinished() == 0) drained_.notify_all();
}

bool EventQueue::Insured() {
  std::lock_guard lock(mutex_);
  // Events go to the spool since it was handed out: the writer took no other.
  insuring_ = false;
  hand_insured_ = !hand_.empty();
  if (unfinished() == 0) drained_.notify_all();
  return hand_insured_;
}

void EventQueue::PutBack(const Diverted& diverted) {
  std::lock_guard lock(mutex_);
  if (std::exchange(insuring_, false)) return;
  const Chunk& chunk = diverted.chunk;
  // Not younger than what is there, and not older than it can be told.
  const auto since = entries_.empty() ? Clock::now() : entries_.front().since;
  for (auto slice = chunk.slices.rbegin(); slice != chunk.slices.rend(); ++slice) {
    entries_.push_front({*slice, chunk.epoch, since});
    queued_ += slice->size();
  }
  losses_.insert(losses_.begin(), chunk.losses.begin(), chunk.losses.end());
  spooler_hand_ = {};
}

void EventQueue::Resume(const std::function<bool()>& spool_is_empty) {
  std::lock_guard lock(mutex_);
  if (insuring_ || !spooler_hand_.empty() || !spool_is_empty()) return;
  diverting_ = forced_ = false;
}

uint64_t EventQueue::unfinished() const {
  const uint64_t insured = hand_insured_ ? hand_.event_count : 0;
  const uint64_t losses =
      losses_.size() + spooler_hand_.losses.size() + (hand_insured_ ? 0 : hand_.losses.size());
  return in_ - out_ - dropped_ - spooled_ - insured + losses;
}

uint64_t EventQueue::Flush(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  changed_.notify_all();
  overdue_.notify_all();
  drained_.wait_for(lock, limit, [this] { return unfinished() == 0; });
  return unfinished();
}

void EventQueue::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
  overdue_.notify_all();
}

bool EventQueue::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

void EventQueue::Pause(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const bool flushing = flushing_;
  changed_.wait_for(lock, limit, [&] { return closed_ || flushing_ != flushing; });
}

EventQueue::Counters EventQueue::counters() const {
  std::lock_guard lock(mutex_);
  const uint64_t waiting = in_ - out_ - dropped_ - spooled_;
  const uint64_t insured = hand_insured_ ? hand_.event_count : 0;
  return {in_, out_, dropped_, spooled_, waiting, waiting - insured};
}

}  // namespace memmon::store
