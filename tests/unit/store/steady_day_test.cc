// SPDX-License-Identifier: Apache-2.0

#include "store/steady_day.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(SteadyDay, FollowsDaysAndASmallStepBack) {
  SteadyDay day{100};
  for (const int64_t today : {100, 101, 100}) {
    day.Look(today, minutes(1));
    EXPECT_EQ(day.day, today);
    EXPECT_EQ(day.stood, seconds(0));
  }
}

TEST(SteadyDay, ALeapIsBelievedOnceItHasStoodForAnHour) {
  SteadyDay day{100};
  day.Look(130, seconds(0));
  EXPECT_EQ(day.day, 100);
  for (int minute = 1; minute < 60; ++minute) day.Look(130, minutes(1));
  EXPECT_EQ(day.day, 100);
  day.Look(131, minutes(1));
  EXPECT_EQ(day.day, 131);
  EXPECT_EQ(day.stood, seconds(0));
  day.Look(132, minutes(1));
  EXPECT_EQ(day.day, 132);
}

// Of whoever never runs for an hour.
TEST(SteadyDay, TheHourMayBeOfSeveralRuns) {
  SteadyDay day{100};
  for (int run = 0; run < 6; ++run) {
    day = SteadyDay{day.day, day.stood};
    day.Look(130 + 3 * run, seconds(0));
    EXPECT_EQ(day.day, 100);
    for (int minute = 0; minute < 10; ++minute) day.Look(130 + 3 * run, minutes(1));
  }
  EXPECT_EQ(day.day, 130 + 3 * 5);
}

TEST(SteadyDay, ALeapThatIsTakenBackIsForgotten) {
  SteadyDay day{100};
  day.Look(130, seconds(0));
  day.Look(130, minutes(59));
  day.Look(100, minutes(1));
  day.Look(130, minutes(1));
  EXPECT_EQ(day.day, 100);
  EXPECT_EQ(day.stood, minutes(1));
}

}  // namespace
}  // namespace memmon::store
