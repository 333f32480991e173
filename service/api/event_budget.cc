// SPDX-License-Identifier: Apache-2.0

#include "api/event_budget.h"

#include <algorithm>

namespace memmon::api {

EventBudget::EventBudget(uint32_t per_second) : per_second_(per_second) { room_.fill(per_second_); }

void EventBudget::Refill(Clock::time_point now) {
  if (per_second_ == 0) return;
  const std::chrono::duration<double> passed = now - refilled_;
  refilled_ = now;
  for (double& room : room_) room = std::min(per_second_, room + per_second_ * passed.count());
}

bool EventBudget::Take(const model::Event& event) {
  if (per_second_ == 0 || event.kind == model::EventKind::kLost) return true;
  const size_t kind = model::IndexOf(event.kind);
  double& room = room_[kind + (event.failed() ? model::kKindIndexes : 0)];
  if (room < 1) {
    ++left_out_[kind];
    left_out_any_ = true;
    return false;
  }
  room -= 1;
  return true;
}

void EventBudget::Tell(v1::StreamEventsResponse* response) {
  if (!left_out_any_) return;
  for (size_t i = 0; i < left_out_.size(); ++i) {
    if (left_out_[i] == 0) continue;
    v1::KindCount* out = response->add_left_out();
    out->set_kind(static_cast<v1::EventKind>(model::KindAt(i)));
    out->set_count(left_out_[i]);
  }
  left_out_.fill(0);
  left_out_any_ = false;
}

}  // namespace memmon::api
