// SPDX-License-Identifier: Apache-2.0

#include "api/unanswered.h"

#include <gtest/gtest.h>

namespace memmon::api {
namespace {

TEST(UnansweredTest, WhatBecomesNoCallAddsUp) {
  Unanswered unanswered(100);
  unanswered.See({.received = 40});
  unanswered.See({.received = 90});
  EXPECT_EQ(unanswered.bytes(), 90u);
  // The same look again.
  unanswered.See({.received = 90});
  EXPECT_EQ(unanswered.bytes(), 90u);
}

TEST(UnansweredTest, CallsAndAnswersAccountForIt) {
  Unanswered unanswered(100);
  unanswered.See({.received = 1000});
  unanswered.See({.received = 1000, .sent = 10, .calls = 2});
  EXPECT_EQ(unanswered.bytes(), 1000 - 10 * Unanswered::kForAByte - 2 * 100);
}

TEST(UnansweredTest, NothingIsKeptForLater) {
  Unanswered unanswered(100);
  unanswered.See({.received = 50, .sent = 1000, .calls = 50});
  EXPECT_EQ(unanswered.bytes(), 0u);
  unanswered.See({.received = 80, .sent = 1000, .calls = 50});
  EXPECT_EQ(unanswered.bytes(), 30u);
}

}  // namespace
}  // namespace memmon::api
