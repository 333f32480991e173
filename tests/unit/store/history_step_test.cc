// SPDX-License-Identifier: Apache-2.0

#include "store/history_step.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

constexpr int64_t kHour = 60 * kMinuteUs;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kNoon = 20'000 * kDay + 12 * kHour;

TEST(HistoryStep, IsTheShortestOfWhichEnoughFit) {
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kMinuteUs, 300, 1), kSecondUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 300 * kSecondUs, 300, 1), kSecondUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 300 * kSecondUs + 1, 300, 1), 5 * kSecondUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kHour, 300, 1), 15 * kSecondUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kHour, 60, 1), kMinuteUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kDay, 300, 1), 5 * kMinuteUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kDay, 100, 1), 15 * kMinuteUs);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 7 * kDay, 300, 1), kHour);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 30 * kDay, 300, 1), 6 * kHour);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 200 * kDay, 300, 1), kDay);
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + 1'000 * kDay, 300, 1), 7 * kDay);
}

TEST(HistoryStep, CountsTheStepsThatAreTouched) {
  // Half a second, over the strike of one.
  EXPECT_EQ(ChooseStepUs(kNoon - 250'000, kNoon + 250'000, 2, 1), kSecondUs);
  EXPECT_EQ(ChooseStepUs(kNoon + 250'000, kNoon + 750'000, 1, 1), kSecondUs);
  EXPECT_GT(ChooseStepUs(kNoon - 250'000, kNoon + 250'000, 1, 1), 6 * kHour);
}

TEST(HistoryStep, IsNeverShorterThanAsked) {
  EXPECT_EQ(ChooseStepUs(kNoon, kNoon + kSecondUs, 300, kMinuteUs), kMinuteUs);
}

TEST(HistoryStep, AlwaysEnds) {
  // All that 64 bits of ns reach, in one.
  const int64_t end = 9'000'000'000'000'000;
  const int64_t step = ChooseStepUs(0, end, 1, 1);
  EXPECT_EQ(FloorTo(end - 1, step), 0);
}

}  // namespace
}  // namespace memmon::store
