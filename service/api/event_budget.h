// SPDX-License-Identifier: Apache-2.0
//
// How many events a second a stream may have of each kind, calls that failed apart: so that
// what is rare comes whatever else happens. Counts what it leaves out.
//
// Not thread-safe.

#ifndef MEMMON_API_EVENT_BUDGET_H_
#define MEMMON_API_EVENT_BUDGET_H_

#include <array>
#include <chrono>
#include <cstdint>

#include "memmon/v1/memmon.pb.h"
#include "model/event.h"
#include "model/kind_index.h"

namespace memmon::api {

class EventBudget {
 public:
  using Clock = std::chrono::steady_clock;

  // 0: everything passes. The first second's worth may come at once.
  explicit EventBudget(uint32_t per_second);

  // It is `now`: what was not used of a second is there for the next.
  void Refill(Clock::time_point now);

  // Whether the event may pass. LOST always does.
  bool Take(const model::Event& event);

  bool left_out() const { return left_out_any_; }
  // What was left out since the last time, into an empty message.
  void Tell(v1::StreamEventsResponse* response);

 private:
  const double per_second_;
  Clock::time_point refilled_{};
  // By kind; the second half: calls that failed.
  std::array<double, 2 * model::kKindIndexes> room_;
  std::array<uint64_t, model::kKindIndexes> left_out_{};
  bool left_out_any_ = false;
};

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_BUDGET_H_
