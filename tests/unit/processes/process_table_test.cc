// SPDX-License-Identifier: Apache-2.0

#include "processes/process_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "process_script.h"

namespace memmon::processes {
namespace {

TEST_F(ProcessTableTest, AddsUpOneProcess) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMmap, 7, 1, 102, 5'000, 0x7000'0000),
        script_.Make(EventKind::kMmap, 7, 1, 103, 1, 0x7000'0000),
        script_.Make(EventKind::kMmap, 7, 1, 103, 4096, -12),
        script_.Make(EventKind::kMunmap, 7, 1, 102, 4096),
        script_.Make(EventKind::kMunmap, 7, 1, 102, 4096, -22),
        script_.Make(EventKind::kMremap, 7, 1, 102, 4096, -14)});
  const Process process = All().at(7);
  EXPECT_EQ(process.held_bytes, 2 * kPage);
  EXPECT_EQ(process.requested_bytes, 5'001u);
  EXPECT_EQ(process.mmap_count, 2u);
  EXPECT_EQ(process.munmap_count, 1u);
  EXPECT_EQ(process.failed_count, 3u);
  EXPECT_EQ(process.no_memory_count, 1u);
  EXPECT_EQ(process.no_memory_largest_bytes, 4'096u);
  EXPECT_EQ(process.virtual_size_bytes, 102 * kPage);
  EXPECT_EQ(process.name, "p7");
  EXPECT_EQ(process.mm_id, 1u);
  EXPECT_EQ(process.end_ns, 0u);
  EXPECT_FALSE(process.uncertain);
  const auto totals = table_->Totals();
  EXPECT_EQ(totals.event_count, 7u);
  EXPECT_EQ(totals.requested_bytes, 5'001u);
  EXPECT_EQ(totals.ram_bytes, 1ULL << 33);
  EXPECT_EQ(totals.capture_start_unix_ns, 1'000'500);
}

TEST_F(ProcessTableTest, NamesAProcessAsItsPidNamespaceDoesToo) {
  Event there_before = script_.Make(EventKind::kBaseline, 7, 1, 100);
  Event born = script_.Make(EventKind::kFork, 8, 2, 100, 0, 7);
  there_before.namespace_tgid = 1;
  born.namespace_tgid = 1;  // of another container
  Take({there_before, born, script_.Make(EventKind::kBaseline, 1, 3, 100)});
  auto all = All();
  EXPECT_EQ(all.at(7).namespace_tgid, 1u);
  EXPECT_EQ(all.at(8).namespace_tgid, 1u);
  EXPECT_EQ(all.at(8).parent_tgid, 7u);
  EXPECT_EQ(all.at(1).virtual_size_bytes, 100 * kPage);
}

TEST_F(ProcessTableTest, HeldIsASignedSumShownFromZero) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMunmap, 7, 1, 90, 10 * kPage)});
  EXPECT_EQ(All().at(7).held_bytes, 0u);
  Take({script_.Make(EventKind::kMmap, 7, 1, 102, 12 * kPage, 4096)});
  EXPECT_EQ(All().at(7).held_bytes, 2 * kPage);
}

TEST_F(ProcessTableTest, TheHighestTicketWins) {
  const Event first = script_.Make(EventKind::kMmap, 7, 1, 10, kPage, 4096);
  const Event second = script_.Make(EventKind::kMmap, 7, 1, 20, kPage, 4096);
  Take({second, first});
  EXPECT_EQ(All().at(7).virtual_size_bytes, 20 * kPage);
}

TEST_F(ProcessTableTest, SharersOfAnAddressSpaceShowOneSize) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kFork, 8, 1, 100, 0, 7),  // vfork
        script_.Make(EventKind::kMmap, 8, 1, 110, 10 * kPage, 4096)});
  auto all = All();
  EXPECT_EQ(all.at(7).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(all.at(8).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(all.at(7).held_bytes, 0u);
  EXPECT_EQ(all.at(8).held_bytes, 10 * kPage);
  EXPECT_EQ(all.at(8).parent_tgid, 7u);
  const auto look = table_->ChangesSince(0, 0);
  Take({script_.Make(EventKind::kMmap, 7, 1, 120, 10 * kPage, 4096)});
  EXPECT_EQ(table_->ChangesSince(look.epoch, look.revision).processes.size(), 2u);
  // The child leaves for an image of its own.
  Take({script_.Make(EventKind::kExec, 8, 2, 30)});
  all = All();
  EXPECT_EQ(all.at(7).virtual_size_bytes, 120 * kPage);
  EXPECT_EQ(all.at(8).virtual_size_bytes, 30 * kPage);
  EXPECT_EQ(all.at(8).held_bytes, 0u);
}

TEST_F(ProcessTableTest, AChildWithoutASizeShowsItsParents) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 100),
        script_.Make(EventKind::kMmap, 7, 1, 110, 10 * kPage, 4096),
        script_.Make(EventKind::kFork, 8, 0, 0, 0, 7)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 110 * kPage);
  EXPECT_EQ(All().at(8).held_bytes, 0u);
  EXPECT_TRUE(All().at(8).uncertain);
  Take({script_.Make(EventKind::kMmap, 8, 2, 111, kPage, 4096)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 111 * kPage);
  EXPECT_EQ(All().at(8).held_bytes, kPage);
  EXPECT_FALSE(All().at(8).uncertain);
}

// The kernel maps the image, then EXEC, then the program maps: in whatever
// order the rings are read, only the program's count as held.
TEST_F(ProcessTableTest, ExecResetsHeldInAnyOrder) {
  const Event base = script_.Make(EventKind::kBaseline, 7, 1, 100);
  std::vector<Event> events = {
      script_.Make(EventKind::kMmap, 7, 1, 150, 50 * kPage, 4096),
      script_.Make(EventKind::kMmap, 7, 2, 10, 10 * kPage, 4096),
      script_.Make(EventKind::kMmap, 7, 2, 13, 3 * kPage, 4096),
      script_.Make(EventKind::kExec, 7, 2, 13),
      script_.Make(EventKind::kMmap, 7, 2, 20, 7 * kPage, 4096),
      script_.Make(EventKind::kMunmap, 7, 2, 18, 2 * kPage),
  };
  std::vector<size_t> order(events.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    table_ = std::make_unique<ProcessTable>();
    std::vector<Event> shuffled = {base};
    for (const size_t i : order) shuffled.push_back(events[i]);
    Take(shuffled);
    const Process process = All().at(7);
    ASSERT_EQ(process.held_bytes, 5 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.virtual_size_bytes, 18 * kPage);
    ASSERT_EQ(process.mmap_count, 4u);
    ASSERT_EQ(process.mm_id, 2u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(ProcessTableTest, ForkExecExitInAnyOrder) {
  std::vector<Event> events = {
      script_.Make(EventKind::kFork, 8, 2, 100, 0, 7),
      script_.Make(EventKind::kMmap, 8, 2, 101, kPage, 4096),
      script_.Make(EventKind::kExec, 8, 3, 10),
      script_.Make(EventKind::kMmap, 8, 3, 14, 4 * kPage, 4096),
      script_.Make(EventKind::kMmExit, 8, 3, 14),
      script_.Make(EventKind::kExit, 8, 0, 0, 0, 256),
  };
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  do {
    table_ = std::make_unique<ProcessTable>();
    std::vector<Event> shuffled;
    for (const size_t i : order) shuffled.push_back(events[i]);
    Take(shuffled);
    const Process process = All().at(8);
    ASSERT_EQ(process.held_bytes, 4 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.virtual_size_bytes, 14 * kPage) << testing::PrintToString(order);
    ASSERT_EQ(process.end_ns, events[5].time_ns);
    ASSERT_EQ(process.parent_tgid, 7u);
    ASSERT_FALSE(process.uncertain);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(ProcessTableTest, ATgidThatComesRoundAgainIsAnotherProcess) {
  Take({script_.Make(EventKind::kFork, 8, 2, 100, 0, 7),
        script_.Make(EventKind::kMmap, 8, 2, 101, kPage, 4096)});
  Event again = script_.Make(EventKind::kFork, 8, 3, 50, 0, 7);
  again.start_ns = 5'000;
  Take({again});
  const auto look = table_->ChangesSince(0, 0);
  ASSERT_EQ(look.processes.size(), 2u);
  for (const Process& process : look.processes) {
    const bool is_old = process.key.start_ns == 18;
    EXPECT_EQ(process.end_ns != 0, is_old);
    EXPECT_EQ(process.held_bytes, is_old ? kPage : 0);
    EXPECT_EQ(process.virtual_size_bytes, is_old ? 101 * kPage : 50 * kPage);
  }
}

TEST_F(ProcessTableTest, AnAddressSpaceIdUsedAgainIsAnother) {
  const Event late = script_.Make(EventKind::kMmap, 8, 2, 99, kPage, 4096);
  Take(
      {script_.Make(EventKind::kBaseline, 8, 2, 100), script_.Make(EventKind::kMmExit, 8, 2, 100)});
  Take({late});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 100 * kPage);
  Take({script_.Make(EventKind::kExit, 8, 0, 0), script_.Make(EventKind::kFork, 9, 2, 5, 0, 1)});
  EXPECT_EQ(All().at(8).virtual_size_bytes, 100 * kPage);
  EXPECT_EQ(All().at(9).virtual_size_bytes, 5 * kPage);
}

TEST_F(ProcessTableTest, KernelThreadsAreLeftOut) {
  Event event = script_.Make(EventKind::kMmap, 2, 1, 50, kPage, 4096);
  event.flags = model::kFlagKernelThread;
  const Event base = script_.Make(EventKind::kBaseline, 7, 1, 40);
  event.ticket = base.ticket + 1;
  Take({base, event});
  EXPECT_EQ(All().size(), 1u);
  EXPECT_EQ(All().at(7).virtual_size_bytes, 50 * kPage);
}

TEST_F(ProcessTableTest, AStackMayBeAnotherProcesss) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 40), script_.Make(EventKind::kBaseline, 8, 2, 60),
        script_.Make(EventKind::kStack, 7, 2, 61)});
  EXPECT_EQ(All().at(7).virtual_size_bytes, 40 * kPage);
  EXPECT_EQ(All().at(8).virtual_size_bytes, 61 * kPage);
}

TEST_F(ProcessTableTest, GivesWhatChangedAndNothingElse) {
  auto look = table_->ChangesSince(0, 0);
  EXPECT_TRUE(look.snapshot);
  EXPECT_TRUE(look.processes.empty());
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1), script_.Make(EventKind::kBaseline, 8, 2, 1)});
  look = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_FALSE(look.snapshot);
  EXPECT_EQ(look.processes.size(), 2u);
  look = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_TRUE(look.processes.empty());
  Take({script_.Make(EventKind::kMmap, 8, 2, 2, kPage, 4096)});
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.processes.size(), 1u);
  EXPECT_EQ(look.processes[0].key.tgid, 8u);
  table_->SetCommandLine({7, 17}, "seven --of nine");
  table_->SetParent({7, 17}, 1);
  table_->SetCommandLine({99, 17}, "nobody");
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.processes.size(), 1u);
  EXPECT_EQ(look.processes[0].command_line, "seven --of nine");
  EXPECT_EQ(look.processes[0].parent_tgid, 1u);
}

TEST_F(ProcessTableTest, AnotherCaptureBeginsAnEpoch) {
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1)});
  const auto look = table_->ChangesSince(0, 0);
  capture_ = fakes::MakeCapture(2);
  Take({script_.Make(EventKind::kBaseline, 8, 1, 1)});
  const auto next = table_->ChangesSince(look.epoch, look.revision);
  EXPECT_TRUE(next.snapshot);
  EXPECT_NE(next.epoch, look.epoch);
  ASSERT_EQ(next.processes.size(), 1u);
  EXPECT_EQ(next.processes[0].key.tgid, 8u);
  EXPECT_EQ(next.totals.event_count, 1u);
}

TEST_F(ProcessTableTest, ForgetsEndedProcessesByStreamTimeAndNumber) {
  table_ =
      std::make_unique<ProcessTable>(ProcessTableOptions{.keep_ended_ns = 1'000, .max_ended = 2});
  Take({script_.Make(EventKind::kFork, 8, 2, 1, 0, 7), script_.Make(EventKind::kExit, 8, 0, 0)});
  auto look = table_->ChangesSince(0, 0);
  EXPECT_EQ(look.processes.size(), 1u);
  const Event late = script_.Make(EventKind::kMmap, 8, 2, 9, kPage, 4096);
  script_.Advance(1'001);
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1)});
  look = table_->ChangesSince(look.epoch, look.revision);
  ASSERT_EQ(look.removed.size(), 1u);
  EXPECT_EQ(look.removed[0].tgid, 8u);
  Take({late});  // does not bring it back
  EXPECT_EQ(All().size(), 1u);
  for (uint32_t tgid = 20; tgid < 25; ++tgid) {
    Take({script_.Make(EventKind::kFork, tgid, 100 + tgid, 1, 0, 7),
          script_.Make(EventKind::kExit, tgid, 0, 0)});
  }
  EXPECT_EQ(All().size(), 3u);
}

TEST_F(ProcessTableTest, TellsWhichCommandLinesToLookUp) {
  EXPECT_FALSE(table_->has_unresolved());
  Take({script_.Make(EventKind::kBaseline, 7, 1, 1), script_.Make(EventKind::kBaseline, 8, 2, 1)});
  EXPECT_TRUE(table_->has_unresolved());
  EXPECT_EQ(table_->TakeUnresolved(1), (std::vector<ProcessKey>{{7, 17}}));
  EXPECT_EQ(table_->TakeUnresolved(9), (std::vector<ProcessKey>{{8, 18}}));
  EXPECT_FALSE(table_->has_unresolved());
  table_->SetCommandLine({7, 17}, "seven");
  // A child runs its parent's program; after exec it must be looked up.
  Take({script_.Make(EventKind::kFork, 9, 3, 1, 0, 7)});
  EXPECT_EQ(All().at(9).command_line, "seven");
  EXPECT_FALSE(table_->has_unresolved());
  Take({script_.Make(EventKind::kExec, 9, 4, 1)});
  EXPECT_EQ(All().at(9).command_line, "");
  EXPECT_TRUE(table_->has_unresolved());
  Take({script_.Make(EventKind::kExit, 9, 0, 0)});
  EXPECT_FALSE(table_->has_unresolved());
}

}  // namespace
}  // namespace memmon::processes
