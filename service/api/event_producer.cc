// SPDX-License-Identifier: Apache-2.0

#include "api/event_producer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/convert.h"

namespace memmon::api {

EventProducer::EventProducer(std::unique_ptr<live::Subscription> subscription, model::Filter filter)
    : subscription_(std::move(subscription)), filter_(std::move(filter)) {}

bool EventProducer::Next(bool last, v1::StreamEventsResponse* message, Clock::time_point* again) {
  Clock::time_point now = Clock::now();
  if (now < due_ && !last) {
    *again = std::min(*again, due_);
    return false;
  }
  bool full = Fill(message);
  if (message->events_size() == 0 && !message->has_gap()) return false;
  // After a full one, more waits, or may wait: no pause.
  due_ = full ? Clock::time_point::min() : now + kEventLatency;
  if (!full) *again = std::min(*again, due_);
  return true;
}

bool EventProducer::Fill(v1::StreamEventsResponse* message) {
  for (;;) {
    if (!current_) {
      current_ = subscription_->Next();
      position_ = 0;
      if (!current_) return false;
    }
    // A gap stands before the events of its message.
    bool other_capture = capture_ != nullptr && capture_ != current_->batch->capture;
    if (current_->gap_events != 0 || other_capture) {
      if (message->events_size() != 0 || message->has_gap()) return true;
      v1::Gap* gap = message->mutable_gap();
      gap->set_event_count(current_->gap_events);
      gap->set_reason(current_->gap_events == 0
                          ? "the source was interrupted; another capture begins here"
                          : absl::StrCat("the client was too slow: ", current_->gap_events,
                                         " events, of any filter, were left out here"));
      current_->gap_events = 0;
    }
    capture_ = current_->batch->capture;

    const std::vector<model::Event>& events = current_->batch->events;
    for (; position_ < events.size(); ++position_) {
      const model::Event& event = events[position_];
      if (!filter_.empty() && !filter_.Matches(event)) continue;
      if (message->events_size() == kMaxEventsPerMessage) return true;
      ToProto(event, static_cast<int64_t>(event.time_ns) + capture_->realtime_offset_ns,
              message->add_events());
    }
    current_.reset();
  }
}

}  // namespace memmon::api
