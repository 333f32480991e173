// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "process_script.h"
#include "processes/loss_times.h"

namespace memmon::processes {
namespace {

TEST_F(ProcessTableTest, ALossMakesUncertainUntilAYoungerTotal) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kBaseline, 8, 2, 100)});
  const Event old = script_.Make(EventKind::kMmap, 7, 1, 101, kPage, 4096);
  script_.Advance(10);
  const auto look = table_->ChangesSince(0, 0);
  Take({Script::Lost(5, script_.now())});
  const auto after = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_FALSE(after.snapshot);
  ASSERT_EQ(after.processes.size(), 2u);
  EXPECT_TRUE(after.processes[0].uncertain);
  EXPECT_EQ(after.totals.lost_count, 5u);
  // Read later, but older than the loss.
  Take({old});
  EXPECT_TRUE(All().at(7).uncertain);
  Take({script_.Make(EventKind::kMmap, 7, 1, 101, kPage, 4096)});
  EXPECT_FALSE(All().at(7).uncertain);
  EXPECT_TRUE(All().at(8).uncertain);
  Take({script_.Make(EventKind::kFork, 9, 3, 5, 0, 1)});
  EXPECT_FALSE(All().at(9).uncertain);
}

TEST_F(ProcessTableTest, WhatIsSettledIsCertainAgain) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kBaseline, 8, 2, 100)});
  const Event lost_late = Script::Lost(3, script_.now() + 5);
  script_.Advance(10);
  Take({Script::Lost(5, script_.now())});
  const uint64_t began = script_.now() + 1;
  Take({script_.Make(EventKind::kResync, 7, 1, 120), script_.ResyncEnd(began, 0)});
  EXPECT_FALSE(All().at(7).uncertain);
  EXPECT_EQ(All().at(7).virtual_size_bytes, 120 * kPage);
  EXPECT_TRUE(All().at(8).uncertain);  // nobody said so of it
  const auto look = table_->ChangesSince(0, 0);
  Take({script_.ResyncEnd(began, model::kResyncSettled)});
  const auto after = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_EQ(after.processes.size(), 2u);  // a client is told
  EXPECT_FALSE(All().at(8).uncertain);
  // Read later, but lost before.
  Take({lost_late});
  EXPECT_FALSE(All().at(8).uncertain);
  EXPECT_EQ(table_->Totals().lost_count, 8u);
  Take({Script::Lost(1, script_.now() + 1)});
  EXPECT_TRUE(All().at(8).uncertain);
}

TEST_F(ProcessTableTest, WhoIsNotToldWithAllHasEnded) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kBaseline, 8, 2, 100)});
  const Event birth = script_.Make(EventKind::kFork, 9, 3, 5, 0, 7);
  const Event call = script_.Make(EventKind::kMmap, 8, 2, 101, kPage, 4096);
  const uint64_t began = script_.now() + 1;
  script_.Advance(1);
  const Event younger = script_.Make(EventKind::kFork, 10, 4, 5, 0, 7);
  Take({younger, script_.Make(EventKind::kResync, 7, 1, 100),
        script_.ResyncEnd(began, model::kResyncAll)});
  EXPECT_EQ(All().at(7).end_ns, 0u);
  EXPECT_NE(All().at(8).end_ns, 0u);
  EXPECT_EQ(All().at(10).end_ns, 0u);
  // Records of before that are read now: they count, and bring nobody back.
  Take({birth, call});
  EXPECT_NE(All().at(8).end_ns, 0u);
  EXPECT_EQ(All().at(8).mmap_count, 1u);
  EXPECT_NE(All().at(9).end_ns, 0u);
}

TEST_F(ProcessTableTest, AResyncTellsWhatWasLost) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMmap, 7, 1, 101, kPage, 4096)});
  table_->TakeUnresolved(9);
  // The birth of 8 and the exec of 7 were lost.
  Take({script_.Make(EventKind::kResync, 7, 5, 30), script_.Make(EventKind::kResync, 8, 6, 40)});
  EXPECT_EQ(All().at(7).virtual_size_bytes, 30 * kPage);
  EXPECT_EQ(All().at(7).held_bytes, 0u);
  EXPECT_EQ(All().at(8).virtual_size_bytes, 40 * kPage);
  EXPECT_EQ(table_->TakeUnresolved(9).size(), 2u);  // both may run another program now
  // The kernel's own mappings of an image that EXEC has yet to tell do not count.
  const Event own = script_.Make(EventKind::kMmap, 7, 5, 31, kPage, 4096);
  Take({script_.Make(EventKind::kExec, 7, 5, 31), own});
  EXPECT_EQ(All().at(7).held_bytes, 0u);
}

TEST_F(ProcessTableTest, EachSaysSinceWhenSomethingOfItsOwnMayBeMissing) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100)});
  EXPECT_EQ(table_->CallsOf({7, 17})->missed_since_ns, 0u);
  const uint64_t first = script_.now();
  Take({Script::Lost(5, first), script_.Make(EventKind::kFork, 8, 2, 5, 0, 1)});
  script_.Advance(10);
  Take({Script::Lost(5, script_.now())});
  Take({script_.Make(EventKind::kFork, 9, 3, 5, 0, 1)});
  EXPECT_EQ(table_->CallsOf({7, 17})->missed_since_ns, first);
  EXPECT_GT(table_->CallsOf({8, 18})->missed_since_ns, first);
  EXPECT_EQ(table_->CallsOf({9, 19})->missed_since_ns, 0u);
  EXPECT_FALSE(table_->CallsOf({9, 20}).has_value());
}

TEST(LossTimesTest, OfOldLossesTheFirstIsKnown) {
  LossTimes losses;
  EXPECT_EQ(losses.FirstAfter(0), 0u);
  for (uint64_t i = 0; i < LossTimes::kMaxKnown + 10; ++i) losses.Add(1'000 + i);
  EXPECT_EQ(losses.FirstAfter(0), 1'000u);
  EXPECT_EQ(losses.FirstAfter(5), 1'000u);
  EXPECT_EQ(losses.FirstAfter(10), 1'010u);
  EXPECT_EQ(losses.FirstAfter(LossTimes::kMaxKnown + 9), 1'000 + LossTimes::kMaxKnown + 9);
  EXPECT_EQ(losses.FirstAfter(LossTimes::kMaxKnown + 10), 0u);
}

}  // namespace
}  // namespace memmon::processes
