// SPDX-License-Identifier: Apache-2.0

#include "api/record_producer.h"

#include <algorithm>
#include <utility>

namespace memmon::api {

RecordProducer::RecordProducer(std::unique_ptr<live::Subscription> subscription,
                               model::Filter filter, std::shared_ptr<const model::Capture> capture)
    : subscription_(std::move(subscription)),
      filter_(std::move(filter)),
      filters_(!filter_.empty()),
      capture_(std::move(capture)) {
  if (capture_ != nullptr) encoder_.Begin(*capture_, &pending_);
}

bool RecordProducer::Next(bool last, v1::StreamRecordsResponse* message, Clock::time_point* again) {
  const Clock::time_point now = Clock::now();
  const bool due = now >= due_ || last;
  // As Event streams do: before it is due only so that the queue does not run
  // over.
  if (due || subscription_->waiting() >= live::FeedOptions().wake_events) {
    while (pending_.size() < kRecordBytesPerMessage) {
      const auto delivery = subscription_->Next();
      if (!delivery) break;
      Add(*delivery, &pending_);
    }
  }
  const bool full = pending_.size() >= kRecordBytesPerMessage;
  if (!full && !due) *again = std::min(*again, due_);
  if (pending_.empty() || (!full && !due)) return false;
  message->mutable_records()->swap(pending_);
  pending_.clear();
  due_ = full ? Clock::time_point::min() : now + kRecordLatency;
  if (!full) *again = std::min(*again, due_);
  return true;
}

void RecordProducer::Add(const live::Delivery& delivery, std::string* out) {
  if (delivery.batch->capture != capture_) {
    capture_ = delivery.batch->capture;
    encoder_.Begin(*capture_, out);
  }
  if (delivery.gap_events != 0) AddLost(delivery, out);
  const std::span<const model::Event> events = delivery.batch->events;
  if (!filters_) return encoder_.Append(events, out);
  // What passes, in stretches as long as can be.
  for (auto begin = events.begin(); begin != events.end();) {
    const auto passes = [&](const model::Event& event) { return filter_.Matches(event); };
    begin = std::find_if(begin, events.end(), passes);
    const auto end = std::find_if_not(begin, events.end(), passes);
    encoder_.Append({begin, end}, out);
    begin = end;
  }
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
