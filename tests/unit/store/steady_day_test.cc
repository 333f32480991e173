// SPDX-License-Identifier: Apache-2.0

#include "store/steady_day.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TEST(SteadyDay, FollowsDaysAndASmallStepBack) {
  SteadyDay day(100);
  const SteadyDay::Clock::time_point start{};
  EXPECT_EQ(day.Believe(100, start), 100);
  EXPECT_EQ(day.Believe(101, start + minutes(1)), 101);
  EXPECT_EQ(day.Believe(100, start + minutes(2)), 100);
}

TEST(SteadyDay, ALeapIsBelievedOnceItHasStoodForAnHour) {
  SteadyDay day(100);
  const SteadyDay::Clock::time_point start{};
  EXPECT_EQ(day.Believe(100, start), 100);
  EXPECT_EQ(day.Believe(130, start + minutes(1)), 100);
  EXPECT_EQ(day.Believe(130, start + minutes(60)), 100);
  EXPECT_EQ(day.Believe(131, start + minutes(61)), 131);
  EXPECT_EQ(day.Believe(132, start + minutes(62)), 132);
}

TEST(SteadyDay, ALeapSinceItWasBelievedLastIsOneToo) {
  SteadyDay day(100);
  const SteadyDay::Clock::time_point start{};
  EXPECT_EQ(day.Believe(130, start), 100);
  EXPECT_EQ(day.Believe(130, start + hours(1)), 130);
}

TEST(SteadyDay, ALeapThatIsTakenBackIsForgotten) {
  SteadyDay day(100);
  const SteadyDay::Clock::time_point start{};
  EXPECT_EQ(day.Believe(100, start), 100);
  EXPECT_EQ(day.Believe(130, start + minutes(1)), 100);
  EXPECT_EQ(day.Believe(100, start + minutes(30)), 100);
  EXPECT_EQ(day.Believe(130, start + hours(2)), 100);
}

}  // namespace
}  // namespace memmon::store
