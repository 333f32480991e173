// SPDX-License-Identifier: Apache-2.0

#include "api/record_producer.h"

#include <algorithm>
#include <utility>

#include "api/wire.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

RecordProducer::RecordProducer(std::unique_ptr<live::Subscription> subscription, EventFilter filter,
                               std::shared_ptr<const model::Capture> capture)
    : subscription_(std::move(subscription)),
      filter_(std::move(filter)),
      capture_(std::move(capture)) {
  if (capture_ != nullptr) encoder_.Begin(*capture_, &pending_);
}

bool RecordProducer::Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) {
  const Clock::time_point now = Clock::now();
  const bool due = now >= due_ || last;
  // As Event streams do: before it is due only so that the log does not run away.
  if (due || subscription_->waiting() >= live::FeedOptions().wake_events) Fill();
  const bool full = pending_.size() >= kRecordBytesPerMessage;
  if (!full && !due) *again = std::min(*again, due_);
  if (pending_.empty() || (!full && !due)) return false;
  *message = Take();
  due_ = full ? Clock::time_point::min() : now + kRecordLatency;
  if (!full) *again = std::min(*again, due_);
  return true;
}

grpc::ByteBuffer RecordProducer::Take() {
  const size_t size = pending_.size();
  const grpc::Slice records = ToSlice(std::move(pending_));
  // The next one will hardly be smaller where records come fast.
  pending_ = {};
  pending_.reserve(size);
  return AsField(v1::StreamRecordsResponse::kRecordsFieldNumber, grpc::ByteBuffer(&records, 1));
}

bool RecordProducer::Fill() {
  const auto passes = [this](const model::Event& event) { return filter_.Matches(event); };
  for (;;) {
    if (!current_) {
      current_ = subscription_->Next();
      if (!current_) return false;
      index_ = 0;
      Arrive(*current_);
    }
    const std::span<const model::Event> events = current_->batch->events;
    while (index_ < events.size()) {
      if (pending_.size() >= kRecordBytesPerMessage) return true;
      const size_t room = (kRecordBytesPerMessage - pending_.size()) / device::kEncodedBytes + 1;
      // What passes, in stretches as long as can be.
      auto begin = events.begin() + static_cast<ptrdiff_t>(index_);
      if (filter_.filters()) begin = std::find_if(begin, events.end(), passes);
      auto end = begin + std::min<ptrdiff_t>(static_cast<ptrdiff_t>(room), events.end() - begin);
      if (filter_.filters()) end = std::find_if_not(begin, end, passes);
      encoder_.Append({begin, end}, &pending_);
      index_ = static_cast<size_t>(end - events.begin());
    }
    current_.reset();
  }
}

void RecordProducer::Arrive(const live::Delivery& delivery) {
  if (delivery.batch->capture != capture_) {
    capture_ = delivery.batch->capture;
    encoder_.Begin(*capture_, &pending_);
  }
  if (delivery.gap_events != 0) AddLost(delivery, &pending_);
}

void RecordProducer::AddLost(const live::Delivery& delivery, std::string* out) {
  const model::Position& until = *delivery.before;
  // A capture that began meanwhile: all of it until here.
  const model::Position from = delivery.gap_begin->capture == until.capture
                                   ? *delivery.gap_begin
                                   : model::Position(until.capture);
  for (size_t slot = 0; slot < until.next.size(); ++slot) {
    const uint64_t had = slot < from.next.size() ? from.next[slot] : 0;
    if (until.next[slot] <= had) continue;
    const uint16_t cpu = model::Position::Cpu(slot);
    encoder_.AppendLost(cpu, until.next[slot] - had, from.Since(cpu), until.Since(cpu), out);
  }
}

}  // namespace memmon::api
