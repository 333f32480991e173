// SPDX-License-Identifier: Apache-2.0

#include "api/event_budget.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

namespace memmon::api {
namespace {

using model::Event;
using model::EventKind;
using std::chrono::milliseconds;

Event Of(EventKind kind, int64_t result = 0) {
  Event event;
  event.kind = kind;
  event.result = result;
  return event;
}

int Passed(EventBudget* budget, const Event& event, int count) {
  int passed = 0;
  for (int i = 0; i < count; ++i) passed += budget->Take(event) ? 1 : 0;
  return passed;
}

std::map<int, uint64_t> LeftOut(EventBudget* budget) {
  v1::StreamEventsResponse response;
  budget->Tell(&response);
  std::map<int, uint64_t> left_out;
  for (const auto& out : response.left_out()) left_out[out.kind()] = out.count();
  return left_out;
}

TEST(EventBudgetTest, WithoutALimitAllPass) {
  EventBudget budget(0);
  budget.Refill(EventBudget::Clock::now());
  EXPECT_EQ(Passed(&budget, Of(EventKind::kMmap), 100'000), 100'000);
  EXPECT_FALSE(budget.left_out());
}

TEST(EventBudgetTest, AStormOfOneKindTakesNothingFromTheOthers) {
  EventBudget budget(10);
  budget.Refill(EventBudget::Clock::now());
  EXPECT_EQ(Passed(&budget, Of(EventKind::kMmap, 4096), 1'000), 10);
  EXPECT_EQ(Passed(&budget, Of(EventKind::kMmap, -ENOMEM), 12), 10);
  EXPECT_EQ(Passed(&budget, Of(EventKind::kExec), 3), 3);
  EXPECT_EQ(Passed(&budget, Of(EventKind::kLost), 50), 50);
  EXPECT_TRUE(budget.left_out());
  EXPECT_EQ(LeftOut(&budget), (std::map<int, uint64_t>{{v1::EVENT_KIND_MMAP, 992}}));
  EXPECT_FALSE(budget.left_out());
  EXPECT_TRUE(LeftOut(&budget).empty());
}

TEST(EventBudgetTest, TimeGivesRoomForASecondsWorthAtMost) {
  EventBudget budget(100);
  auto now = EventBudget::Clock::now();
  budget.Refill(now);
  const Event event = Of(EventKind::kMunmap);
  EXPECT_EQ(Passed(&budget, event, 1'000), 100);
  budget.Refill(now += milliseconds(250));
  EXPECT_EQ(Passed(&budget, event, 1'000), 25);
  budget.Refill(now += milliseconds(60'000));
  EXPECT_EQ(Passed(&budget, event, 1'000), 100);
}

}  // namespace
}  // namespace memmon::api
