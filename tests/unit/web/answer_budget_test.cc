// SPDX-License-Identifier: Apache-2.0

#include "web/answer_budget.h"

#include <gtest/gtest.h>

#include <utility>

namespace memmon::web {
namespace {

TEST(AnswerBudget, HasRoomForSoManyBytes) {
  AnswerBudget budget(100, 10);
  auto first = budget.Take(60);
  auto second = budget.Take(40);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(budget.Take(11));
  EXPECT_TRUE(budget.Take(10)) << "small";
  second->Release();
  EXPECT_FALSE(budget.Take(41));
  EXPECT_TRUE(budget.Take(40));
  // And again, as the one before is gone.
  EXPECT_TRUE(budget.Take(40));
}

TEST(AnswerBudget, LetsOneThroughWhateverItsSize) {
  AnswerBudget budget(100, 10);
  auto large = budget.Take(1'000);
  ASSERT_TRUE(large);
  EXPECT_FALSE(budget.Take(11));
  large.reset();
  EXPECT_TRUE(budget.Take(1'000));
}

TEST(AnswerBudget, AShareThatIsReplacedIsGivenBack) {
  AnswerBudget budget(100, 10);
  AnswerBudget::Share held = *budget.Take(60);
  AnswerBudget::Share moved = std::move(held);
  EXPECT_FALSE(budget.Take(60));
  moved = *budget.Take(40);
  EXPECT_TRUE(budget.Take(60));
  moved = AnswerBudget::Share();
  EXPECT_TRUE(budget.Take(100));
}

}  // namespace
}  // namespace memmon::web
