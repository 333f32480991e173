// SPDX-License-Identifier: Apache-2.0

#include "api/catch_up.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace memmon::api {

CatchUp::CatchUp(live::Resumption* resumption, std::unique_ptr<Backfill> backfill,
                 size_t max_events, std::vector<std::string> containers)
    : resumption_(resumption),
      backfill_(std::move(backfill)),
      max_events_(max_events),
      containers_(std::move(containers)) {}

std::optional<CatchUp::Part> CatchUp::Next(const model::Position& position, Clock::time_point now,
                                           Clock::time_point* again) {
  if (joined_) return std::nullopt;
  if (asked_) {
    if (std::optional<BackfillAnswer> answer = backfill_->Take()) {
      asked_ = false;
      wants_since_.reset();
      return Look(position, *std::move(answer), now, again);
    }
  } else {
    if (Join(position, false)) return std::nullopt;
    if (now >= ask_at_) {
      Ask(position);
      if (asked_ || !wants_since_) wants_since_ = now;
      if (!asked_) ask_at_ = now + kCatchUpPause;
    }
    if (!asked_) *again = std::min(*again, ask_at_);
  }
  GiveUpInTime(position, now, again);
  return std::nullopt;
}

void CatchUp::Ask(const model::Position& position) {
  store::BackfillQuery query{
      .from = position, .max_events = max_events_, .containers = containers_, .window = window_};
  if (memory_ != nullptr && memory_->capture == position.capture) query.until = *memory_;
  asked_ = backfill_->Ask(query);
}

void CatchUp::GiveUpInTime(const model::Position& position, Clock::time_point now,
                           Clock::time_point* again) {
  if (!wants_since_) return;
  const Clock::time_point patience_ends =
      std::max(*wants_since_, backfill_->last_read()) + kPagePatience;
  if (now < patience_ends) {
    *again = std::min(*again, patience_ends);
  } else {
    JoinLate(position, "the database does not answer");
  }
}

std::optional<CatchUp::Part> CatchUp::Look(const model::Position& position, BackfillAnswer answer,
                                           Clock::time_point now, Clock::time_point* again) {
  if (!answer.page.ok()) {
    window_.Fit(0);  // too long a time, perhaps: the shortest, then
    const bool may_pass = absl::IsDeadlineExceeded(answer.page.status());
    if (may_pass && MayWait(now, again)) return std::nullopt;
    JoinLate(position, std::string(answer.page.status().message()));
    return std::nullopt;
  }
  store::BackfillPage page = *std::move(answer.page);
  window_ = page.window;
  if (!page.at_end || position.MissingBefore(page.after) != 0) {
    waits_since_.reset();
    return Part{"", std::move(page.events), std::move(page.after)};
  }
  // Nothing more of this capture is stored.
  if (Join(position, false)) return std::nullopt;
  const bool in_memory = memory_ != nullptr && memory_->capture == position.capture;
  if (!in_memory && page.next) {
    waits_since_.reset();
    return Part{kInterrupted, {}, model::Position(*page.next)};
  }
  // What is stored after it would have come after it; and without anything in
  // memory, all that could be stored yet is of before this memmond began.
  const bool settled = page.next || (memory_ == nullptr && answer.nothing_waits);
  if (settled) {
    JoinLate(position, in_memory ? "nor are they in the database" : "");
  } else if (!MayWait(now, again)) {
    JoinLate(position, "the database does not have all yet");
  }
  return std::nullopt;
}

bool CatchUp::MayWait(Clock::time_point now, Clock::time_point* again) {
  if (!waits_since_) waits_since_ = now;
  if (now - *waits_since_ >= kCatchUpPatience) return false;
  ask_at_ = now + kCatchUpPause;
  *again = std::min(*again, ask_at_);
  return true;
}

bool CatchUp::Join(const model::Position& position, bool even_late) {
  const auto begin = resumption_->Join(position, even_late);
  joined_ = begin.joined;
  memory_ = begin.memory;
  return joined_;
}

void CatchUp::JoinLate(const model::Position& position, std::string reason) {
  reason_ = std::move(reason);
  Join(position, true);
}

}  // namespace memmon::api
