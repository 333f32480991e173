// SPDX-License-Identifier: Apache-2.0
//
// What the tracker keeps, and for how long: nothing of it grows with the time that
// went by.

#include "processes/tracker.h"

#include <gtest/gtest.h>

#include "model/sum.h"
#include "process_script.h"

namespace memmon::processes {
namespace {

constexpr size_t kMaxEnded = 100;
constexpr uint32_t kLives = 40'000;  // more than any bound of the tracker's

void ApplyOne(Tracker* tracker, const Event& event) { tracker->Apply({&event, 1}); }

class TrackerTest : public testing::Test {
 protected:
  void Apply(const Event& event) {
    tracker_.BeginRevision(++revision_);
    ApplyOne(&tracker_, event);
    tracker_.Prune();
  }
  size_t process_count() const {
    model::ProcessChanges changes;
    tracker_.CollectAll(&changes);
    return changes.processes.size();
  }

  Script script_;
  uint64_t revision_ = 0;
  Tracker tracker_{*fakes::MakeCapture(), 60'000'000'000, kMaxEnded, 10};
};

TEST_F(TrackerTest, ForgetsAddressSpacesOfProcessesThatCameAndWent) {
  for (uint32_t tgid = 1; tgid <= kLives; ++tgid) {
    Apply(script_.Make(EventKind::kFork, tgid, tgid, 10, 0, 1));
    Apply(script_.Make(EventKind::kMmExit, tgid, tgid, 10));
    Apply(script_.Make(EventKind::kExit, tgid, 0, 0));
  }
  EXPECT_EQ(process_count(), kMaxEnded);
  EXPECT_LE(tracker_.space_count(), Spaces::kMaxUnused);
}

// Its EXIT comes from another CPU's ring than the calls before it.
TEST_F(TrackerTest, ForgetsAddressSpacesThatAreReadAfterTheEnd) {
  for (uint32_t tgid = 1; tgid <= kLives; ++tgid) {
    const Event call = script_.Make(EventKind::kMmap, tgid, tgid, 10, kPage, 4096);
    Apply(script_.Make(EventKind::kExit, tgid, 0, 0));
    Apply(call);
  }
  EXPECT_LE(tracker_.space_count(), Spaces::kMaxUnused);
}

// 64 TiB a call is what any process may ask for, and give back, as often as it likes.
TEST_F(TrackerTest, SumsStopAtTheLargestNumberAndDoNotBeginAnew) {
  Apply(script_.Make(EventKind::kMmap, 7, 70, 10, 4096));
  for (int i = 0; i < 4; ++i) {
    Apply(script_.Make(EventKind::kMmap, 7, 70, 10, uint64_t{1} << 62));
    Apply(script_.Make(EventKind::kMunmap, 7, 70, 10, uint64_t{1} << 62));
  }
  model::ProcessChanges changes;
  tracker_.CollectAll(&changes);
  ASSERT_EQ(changes.processes.size(), 1u);
  EXPECT_EQ(changes.processes[0].requested_bytes, model::kMaxSum);
  EXPECT_EQ(tracker_.totals().requested_bytes, model::kMaxSum);
}

TEST(Tracker, FewProcessesHaveCallsInMemoryUntilTheirExecComes) {
  Script script;
  Tracker tracker(*fakes::MakeCapture(), 60'000'000'000, kMaxEnded);
  tracker.BeginRevision(1);
  constexpr uint32_t kProcesses = 3 * Tracker::kMaxAwaiting;
  for (uint32_t tgid = 1; tgid <= kProcesses; ++tgid) {
    ApplyOne(&tracker, script.Make(EventKind::kMmap, tgid, tgid, 10, kPage, 4096));
  }
  EXPECT_EQ(tracker.awaiting_count(), Tracker::kMaxAwaiting);
  // Of who still waits the image is taken off; who gave up keeps what it had.
  for (const uint32_t tgid : {kProcesses, 1u}) {
    ApplyOne(&tracker, script.Make(EventKind::kExec, tgid, tgid, 10));
  }
  EXPECT_EQ(tracker.View(*tracker.Find({kProcesses, 10 + kProcesses})).held_bytes, 0u);
  EXPECT_EQ(tracker.View(*tracker.Find({1, 11})).held_bytes, kPage);
  EXPECT_EQ(tracker.awaiting_count(), Tracker::kMaxAwaiting - 1);
}

// A process may have, two execs later, the address space again that it had; what is read of the one
// between may come last, from another CPU's ring.
TEST_F(TrackerTest, WhatCameBetweenTwoUsesOfAnAddressSpaceIsNotOfToday) {
  Apply(script_.Make(EventKind::kBaseline, 7, 70, 10));
  const Event between = script_.Make(EventKind::kExec, 7, 71, 20);
  Apply(script_.Make(EventKind::kExec, 7, 70, 30));
  Apply(script_.Make(EventKind::kMmap, 7, 70, 31, kPage, 4096));
  Apply(between);
  const model::Process process = tracker_.View(*tracker_.Find({7, 17}));
  EXPECT_EQ(process.mm_id, 70u);
  EXPECT_EQ(process.virtual_size_bytes, 31 * kPage);
  EXPECT_EQ(process.held_bytes, kPage);
}

TEST_F(TrackerTest, CountsTheEventsOfProcessesItHasNoRoomFor) {
  for (uint32_t tgid = 1; tgid <= 12; ++tgid) {
    Apply(script_.Make(EventKind::kMmap, tgid, tgid, 10, kPage, 4096));
  }
  EXPECT_EQ(process_count(), 10u);
  EXPECT_EQ(tracker_.totals().untracked_count, 2u);
  EXPECT_EQ(tracker_.totals().event_count, 12u);
  // One ends, and another has its place.
  Apply(script_.Make(EventKind::kExit, 1, 0, 0));
  Apply(script_.Make(EventKind::kMmap, 12, 12, 10, kPage, 4096));
  EXPECT_EQ(tracker_.totals().untracked_count, 2u);
  EXPECT_NE(tracker_.Find({12, 10 + 12}), nullptr);
}

}  // namespace
}  // namespace memmon::processes
