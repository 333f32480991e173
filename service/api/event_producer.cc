// SPDX-License-Identifier: Apache-2.0

#include "api/event_producer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/resume_token.h"
#include "api/wire.h"

namespace memmon::api {

EventProducer::EventProducer(std::unique_ptr<live::Subscription> subscription,
                             EventStreamOptions options, std::unique_ptr<CatchUp> catch_up)
    : subscription_(std::move(subscription)),
      options_(std::move(options)),
      filter_(options_.filter, options_.containers),
      budget_(options_.max_per_second),
      catch_up_(std::move(catch_up)),
      position_(options_.resume) {
  if (position_) return;
  if (const auto begin = subscription_->begin()) {
    position_ = *begin;
    moved_ = true;
  }
}

bool EventProducer::Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) {
  const Clock::time_point now = Clock::now();
  const bool due = now >= due_ || last;
  // Before that, only so that the queue does not run over.
  if (!due && catch_up_ == nullptr && subscription_->waiting() < kMaxEventsPerMessage) {
    *again = std::min(*again, due_);
    return false;
  }
  budget_.Refill(now);
  const bool full = Fill(now, again);
  TellNotStored();
  if (IsEmpty()) return NextToken(now, last, message, again);
  if (!full && !due) {
    *again = std::min(*again, due_);
    return false;
  }
  *message = Take(now);
  // After a full one, more waits, or may wait: no pause.
  due_ = full ? Clock::time_point::min()
              : now + std::chrono::duration_cast<Clock::duration>(options_.max_delay);
  if (!full) *again = std::min(*again, due_);
  return true;
}

bool EventProducer::NextToken(Clock::time_point now, bool last, grpc::ByteBuffer* message,
                              Clock::time_point* again) {
  if (!moved_) return false;
  if (now < token_due_ && !last) {
    *again = std::min(*again, token_due_);
    return false;
  }
  *message = Take(now);
  return true;
}

grpc::ByteBuffer EventProducer::Take(Clock::time_point now) {
  moved_ = false;
  token_due_ = now + std::chrono::duration_cast<Clock::duration>(options_.token_interval);
  budget_.Tell(&rest_);
  rest_.set_resume_token(EncodeResumeToken(*position_, options_.machine_id));
  const size_t size = events_.size();
  const grpc::Slice slices[] = {ToSlice(std::move(events_)), ToSlice(rest_.SerializeAsString())};
  // The next one will hardly be smaller where events come fast.
  events_ = {};
  events_.reserve(size);
  event_count_ = 0;
  rest_.Clear();
  return {slices, std::size(slices)};
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
    if (!IsEmpty()) return false;
    v1::Gap* gap = rest_.mutable_gap();
    gap->set_event_count(missing);
    if (current_->gap_events != 0) {
      gap->set_event_count(current_->gap_events);
      gap->set_reason(absl::StrCat("the client was too slow: ", current_->gap_events,
                                   " events, of any filter, were left out here"));
    } else {
      gap->set_reason(other_capture ? kInterrupted
                                    : absl::StrCat(missing,
                                                   " events, of any filter, are not in "
                                                   "memory any more"));
      if (!reason_.empty()) absl::StrAppend(gap->mutable_reason(), "; ", reason_);
    }
  }
  reason_.clear();
  begin.Advance(before);
  position_ = std::move(begin);
  return true;
}

bool EventProducer::Fill(Clock::time_point now, Clock::time_point* again) {
  if (catch_up_ != nullptr && FillStored(now, again)) return true;
  return catch_up_ == nullptr && FillLive();
}

bool EventProducer::FillStored(Clock::time_point now, Clock::time_point* again) {
  for (;;) {
    if (!part_) {
      part_ = catch_up_->Next(*position_, now, again);
      if (!part_) break;
      index_ = 0;
      arrived_ = false;
    }
    if (!arrived_ && !part_->gap.empty()) {
      TellNotStored();
      if (!IsEmpty()) return true;
      rest_.mutable_gap()->set_reason(part_->gap);
    }
    arrived_ = true;
    for (; index_ < part_->events.size(); ++index_) {
      const store::StoredEvent& stored = part_->events[index_];
      const uint64_t next = position_->Next(stored.event.cpu);
      if (!Add(stored.event, stored.time_unix_ns, filter_.Matches(stored))) return true;
      if (stored.event.sequence > next) not_stored_ += stored.event.sequence - next;
    }
    if (part_->after.capture == position_->capture) {
      not_stored_ += position_->MissingBefore(part_->after);
    }
    position_ = std::move(part_->after);
    moved_ = true;
    part_.reset();
    // What comes next is read when this was sent: see backfill.h.
    TellNotStored();
    if (!IsEmpty()) return true;
  }
  if (catch_up_->joined()) {
    reason_ = catch_up_->reason();
    catch_up_.reset();
  }
  return false;
}

void EventProducer::TellNotStored() {
  if (not_stored_ == 0) return;
  v1::Gap* gap = rest_.mutable_gap();
  gap->set_event_count(gap->event_count() + not_stored_);
  absl::StrAppend(gap->mutable_reason(), gap->reason().empty() ? "" : "; ", not_stored_,
                  " events, of any filter, are not in the database: left out by --store, dropped "
                  "with their day, or lost on the way to it");
  not_stored_ = 0;
}

bool EventProducer::FillLive() {
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
      const int64_t time_unix_ns =
          static_cast<int64_t>(event.time_ns) + batch.capture->realtime_offset_ns;
      const bool wanted = !filter_.filters() || filter_.Matches(event);
      if (!Add(event, time_unix_ns, wanted)) return true;
    }
    current_.reset();
  }
}

bool EventProducer::Add(const model::Event& event, int64_t time_unix_ns, bool wanted) {
  if (wanted) {
    if (event_count_ == kMaxEventsPerMessage) return false;
    if (budget_.Take(event)) {
      AppendEvent(event, time_unix_ns, options_.fields, &events_);
      ++event_count_;
    }
  }
  position_->Pass(event);
  moved_ = true;
  return true;
}

}  // namespace memmon::api
