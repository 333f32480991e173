// SPDX-License-Identifier: Apache-2.0

#include "api/event_producer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/convert.h"
#include "api/resume_token.h"

namespace memmon::api {

EventProducer::EventProducer(std::unique_ptr<live::Subscription> subscription,
                             EventStreamOptions options)
    : subscription_(std::move(subscription)),
      options_(std::move(options)),
      filters_(!options_.filter.empty()),
      position_(options_.resume) {}

bool EventProducer::Next(bool last, v1::StreamEventsResponse* message, Clock::time_point* again) {
  const Clock::time_point now = Clock::now();
  const bool due = now >= due_ || last;
  // Before that, only so that the queue does not run over.
  if (!due && subscription_->waiting() < kMaxEventsPerMessage) {
    *again = std::min(*again, due_);
    return false;
  }
  const bool full = Fill();
  if (pending_.events_size() == 0 && !pending_.has_gap()) return false;
  if (!full && !due) {
    *again = std::min(*again, due_);
    return false;
  }
  pending_.set_resume_token(EncodeResumeToken(*position_));
  message->Swap(&pending_);
  // After a full one, more waits, or may wait: no pause.
  due_ = full ? Clock::time_point::min()
              : now + std::chrono::duration_cast<Clock::duration>(options_.max_delay);
  if (!full) *again = std::min(*again, due_);
  return true;
}

bool EventProducer::Arrive() {
  const model::Position& before = *current_->before;
  const bool other_capture = position_ && position_->capture != before.capture;
  model::Position begin = !position_      ? before
                          : other_capture ? model::Position(before.capture)
                                          : *position_;
  const uint64_t missing = begin.MissingBefore(before);
  if (current_->gap_events != 0 || other_capture || missing != 0) {
    // A gap stands before the events of its message.
    if (pending_.events_size() != 0 || pending_.has_gap()) return false;
    v1::Gap* gap = pending_.mutable_gap();
    gap->set_event_count(missing);
    if (current_->gap_events != 0) {
      gap->set_event_count(current_->gap_events);
      gap->set_reason(absl::StrCat("the client was too slow: ", current_->gap_events,
                                   " events, of any filter, were left out here"));
    } else if (other_capture) {
      gap->set_reason("the source was interrupted; another capture begins here");
    } else {
      gap->set_reason(absl::StrCat(missing,
                                   " events, of any filter, are not in memory any more; ListEvents "
                                   "has those that are stored"));
    }
  }
  begin.Advance(before);
  position_ = std::move(begin);
  return true;
}

bool EventProducer::Fill() {
  for (;;) {
    if (!current_) {
      current_ = subscription_->Next();
      if (!current_) return false;
      index_ = 0;
      arrived_ = false;
    }
    if (!arrived_ && !Arrive()) return true;
    arrived_ = true;

    const model::Batch& batch = *current_->batch;
    for (; index_ < batch.events.size(); ++index_) {
      const model::Event& event = batch.events[index_];
      if (position_->IsPast(event)) continue;
      if (!filters_ || options_.filter.Matches(event)) {
        if (pending_.events_size() == kMaxEventsPerMessage) return true;
        ToProto(event, static_cast<int64_t>(event.time_ns) + batch.capture->realtime_offset_ns,
                pending_.add_events(), options_.fields);
      }
      position_->Pass(event);
    }
    current_.reset();
  }
}

}  // namespace memmon::api
