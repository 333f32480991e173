// SPDX-License-Identifier: Apache-2.0
//
// What a chunk adds to the rollups, with nothing of a database.

#include "store/rollup.h"

#include <gtest/gtest.h>

#include <limits>

#include "fakes/durations.h"

namespace memmon::store {
namespace {

using model::Event;
using model::EventKind;

constexpr int64_t kStart = 30'000'000 * kMinuteNs;  // a whole minute
constexpr uint64_t kPage = 4'096;
constexpr uint64_t kOld = 70;  // address spaces
constexpr uint64_t kNew = 71;

class RollupTest : public testing::Test {
 protected:
  RollupTest() { rollup_.Begin(/*capture=*/1, kPage); }

  // At `ns` after kStart, which is the boot clock, and the ticket where none is
  // given.
  Event At(EventKind kind, uint64_t ns, uint64_t mm_id, uint64_t pages = 0) {
    Event event;
    event.kind = kind;
    event.time_ns = ns;
    event.ticket = ns;
    event.tgid = event.tid = 7;
    event.start_ns = 5;
    event.mm_id = mm_id;
    event.virtual_size_bytes = 1'000 * kPage + ns;
    event.length_bytes = pages * kPage;
    return event;
  }
  void Add(const Event& event, bool counted = true) {
    rollup_.Add(event, kStart + static_cast<int64_t>(event.time_ns), counted);
  }
  void Next() {
    rollup_.Commit();
    rollup_.Begin(1, kPage);
  }
  ProcessMinute Only() {
    EXPECT_EQ(rollup_.rows().size(), 1u);
    return rollup_.rows().empty() ? ProcessMinute{} : rollup_.rows()[0];
  }
  static int64_t Pages(int64_t count) { return count * static_cast<int64_t>(kPage); }

  Rollup rollup_;
};

TEST_F(RollupTest, SumsUpCallsThatSucceededAndCountsThoseThatFailed) {
  Event odd = At(EventKind::kMmap, 10, kOld);
  odd.length_bytes = 1;  // a page is held
  Add(odd);
  Add(At(EventKind::kMmap, 20, kOld, 10));
  Add(At(EventKind::kMunmap, 30, kOld, 4));
  Event failed = At(EventKind::kMmap, 40, kOld, 1'000);
  failed.result = -12;
  Add(failed);
  Event brk = At(EventKind::kBrk, 50, kOld, 1'000);
  brk.result = -12;
  Add(brk);
  const ProcessMinute row = Only();
  EXPECT_EQ(row.process, (model::ProcessKey{7, 5}));
  EXPECT_EQ(row.minute, 30'000'000);
  EXPECT_EQ(row.requested_bytes, 10 * kPage + 1);
  EXPECT_EQ(row.released_bytes, 4 * kPage);
  EXPECT_EQ(row.held_change_bytes, Pages(7));
  EXPECT_EQ(row.mmap_count, 2u);
  EXPECT_EQ(row.munmap_count, 1u);
  EXPECT_EQ(row.failed_count, 2u);
  EXPECT_EQ(row.exec_ns, 0u);
}

TEST_F(RollupTest, WhatIsGivenBackOnlyIsBelowNothing) {
  Add(At(EventKind::kMunmap, 10, kOld, 3));
  EXPECT_EQ(Only().held_change_bytes, Pages(-3));
}

TEST_F(RollupTest, AMinuteIsARow) {
  Add(At(EventKind::kMmap, 10, kOld, 1));
  Add(At(EventKind::kMmap, kMinuteNs + 10, kOld, 2));
  Add(At(EventKind::kMmap, 20, kOld, 4));  // late
  ASSERT_EQ(rollup_.rows().size(), 2u);
  EXPECT_EQ(rollup_.rows()[0].requested_bytes, 5 * kPage);
  EXPECT_EQ(rollup_.rows()[1].requested_bytes, 2 * kPage);
  EXPECT_EQ(rollup_.rows()[1].minute, rollup_.rows()[0].minute + 1);
}

TEST_F(RollupTest, TheSizeIsThatOfTheHighestTicketAndTheMaximumOfAll) {
  Event high = At(EventKind::kMmap, 10, kOld, 1);
  high.ticket = 100;
  high.virtual_size_bytes = 5 * kPage;
  Event low = At(EventKind::kMunmap, 20, kOld, 1);
  low.ticket = 99;
  low.virtual_size_bytes = 9 * kPage;
  Add(high);
  Add(low);
  EXPECT_EQ(Only().virtual_size_bytes, 5 * kPage);
  EXPECT_EQ(Only().max_virtual_size_bytes, 9 * kPage);
  EXPECT_EQ(Only().last_ticket, 100u);
}

TEST_F(RollupTest, TheSizeIsThatOfTheNewAddressSpaceWhateverItsTickets) {
  Add(At(EventKind::kMmap, 1'000, kOld, 1));
  Event exec = At(EventKind::kExec, 2'000, kNew);
  exec.ticket = 3;
  exec.virtual_size_bytes = 8 * kPage;
  Add(exec);
  Add(At(EventKind::kMmap, 1'500, kOld, 1));  // late
  EXPECT_EQ(Only().virtual_size_bytes, 8 * kPage);
  EXPECT_EQ(Only().max_virtual_size_bytes, 1'000 * kPage + 1'500);
  EXPECT_EQ(Only().last_mm_id, kNew);
}

TEST_F(RollupTest, AStackThatGrowsElsewhereIsNotThisProcesssSize) {
  Add(At(EventKind::kMmap, 10, kOld, 1));
  Add(At(EventKind::kStack, 20, kNew, 1));
  EXPECT_EQ(Only().last_mm_id, kOld);
  Add(At(EventKind::kStack, 30, kOld, 1));
  EXPECT_EQ(Only().last_ticket, 30u);
}

TEST_F(RollupTest, WithoutAddressSpaceThereIsNoSize) {
  Event event = At(EventKind::kExit, 10, 0);
  event.flags = model::kFlagNoAddressSpace;
  event.virtual_size_bytes = 0;
  Add(event);
  EXPECT_EQ(Only().last_mm_id, 0u);
}

TEST_F(RollupTest, WhatIsNobodysCallHasNoRow) {
  for (const EventKind kind : {EventKind::kLost, EventKind::kResyncEnd, EventKind::kMmExit}) {
    Add(At(kind, 10, kOld));
  }
  Event kernel = At(EventKind::kMmap, 20, kOld, 1);
  kernel.flags = model::kFlagKernelThread;
  Add(kernel);
  EXPECT_TRUE(rollup_.rows().empty());
}

// The kernel maps the image, then writes EXEC; the old program's calls and the
// image's count no more.
TEST_F(RollupTest, AnExecBeginsAnew) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Add(At(EventKind::kMmap, 20, kNew, 30));
  Add(At(EventKind::kExec, 30, kNew));
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Add(At(EventKind::kMmap, 15, kOld, 100));  // late
  Add(At(EventKind::kMmap, 25, kNew, 30));   // late, of the image
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
  EXPECT_EQ(Only().exec_ns, 30u);
  EXPECT_EQ(Only().requested_bytes, 262 * kPage);
}

TEST_F(RollupTest, CallsThatAreReadBeforeTheirExecCount) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Add(At(EventKind::kMmap, 20, kNew, 30));
  Add(At(EventKind::kExec, 30, kNew));
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
}

// The same in another chunk each: an exec's part then stands for the whole
// minute so far, since what was committed before is not added to it.
TEST_F(RollupTest, AnExecKnowsWhatWasCommittedBeforeIt) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Next();
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Add(At(EventKind::kMmap, 20, kNew, 30));
  EXPECT_EQ(Only().held_change_bytes, Pages(32));
  Next();
  Add(At(EventKind::kExec, 30, kNew));
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
  EXPECT_EQ(Only().exec_ns, 30u);
  Next();
  Add(At(EventKind::kMmap, 25, kNew, 30));
  EXPECT_EQ(Only().held_change_bytes, 0);
  EXPECT_EQ(Only().mmap_count, 1u);
}

TEST_F(RollupTest, WhatAnExecKeepsOfTheNextMinuteStaysThere) {
  Add(At(EventKind::kMmap, kMinuteNs + 1, kNew, 2));
  Next();
  Add(At(EventKind::kExec, kMinuteNs - 1, kNew));
  EXPECT_EQ(Only().held_change_bytes, 0);
  EXPECT_EQ(Only().exec_ns, static_cast<uint64_t>(kMinuteNs - 1));
}

// What was held when the minute before ended.
TEST_F(RollupTest, ALateCallOfTheProgramBeforeCountsInTheMinuteBefore) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Add(At(EventKind::kExec, kMinuteNs + 5, kNew));
  Next();
  Add(At(EventKind::kMmap, kMinuteNs - 5, kOld, 3));
  EXPECT_EQ(Only().held_change_bytes, Pages(3));
  EXPECT_EQ(Only().last_ticket, static_cast<uint64_t>(kMinuteNs - 5));
}

TEST_F(RollupTest, AForkedProcessAwaitsNoExecOfItsFirstAddressSpace) {
  Add(At(EventKind::kMmap, 20, kOld, 3));  // read before FORK
  Add(At(EventKind::kFork, 10, kOld));
  EXPECT_EQ(Only().held_change_bytes, Pages(3));
  EXPECT_EQ(Only().exec_ns, 0u);
}

// The EXEC was lost: the module tells the size of an address space that nobody
// has seen.
TEST_F(RollupTest, AnAddressSpaceThatIsToldAgainBeginsAnewToo) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Add(At(EventKind::kResync, 50, kNew));
  Add(At(EventKind::kMmap, 60, kNew, 2));
  EXPECT_EQ(Only().exec_ns, 50u);
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
  Next();
  // It was only late. Its moment is above the one told before, or the database
  // would take it for an older one.
  Add(At(EventKind::kExec, 40, kNew));
  EXPECT_EQ(Only().exec_ns, 51u);
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
}

TEST_F(RollupTest, WhatIsStoredAlreadyTellsOfTheProcessAndIsNotCounted) {
  Add(At(EventKind::kMmap, 10, kOld, 100), /*counted=*/false);
  Add(At(EventKind::kExec, 30, kNew), /*counted=*/false);
  EXPECT_TRUE(rollup_.rows().empty());
  Add(At(EventKind::kMmap, 20, kNew, 30));
  Add(At(EventKind::kMmap, 40, kNew, 1));
  EXPECT_EQ(Only().held_change_bytes, Pages(1));
}

TEST_F(RollupTest, ACallThatIsOfferedTwiceIsKeptOnce) {
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Next();
  Add(At(EventKind::kMmap, 40, kNew, 2), /*counted=*/false);
  Add(At(EventKind::kExec, 30, kNew));
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
}

TEST_F(RollupTest, AChunkThatWasNotCommittedIsForgotten) {
  Add(At(EventKind::kMmap, 10, kOld, 100));
  Next();
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Add(At(EventKind::kExec, 30, kNew));
  rollup_.Begin(1, kPage);
  EXPECT_TRUE(rollup_.rows().empty());
  Add(At(EventKind::kMmap, 40, kNew, 2));
  Add(At(EventKind::kExec, 30, kNew));
  EXPECT_EQ(Only().held_change_bytes, Pages(2));
  EXPECT_EQ(Only().exec_ns, 30u);
}

TEST_F(RollupTest, AnotherCaptureKnowsNothingOfTheOneBefore) {
  Add(At(EventKind::kExec, 30, kOld));
  rollup_.Commit();
  rollup_.Begin(2, kPage);
  Add(At(EventKind::kMmap, 20, kOld, 1));
  EXPECT_EQ(Only().held_change_bytes, Pages(1));
}

TEST_F(RollupTest, SumsStopAtTheLargestNumber) {
  Event huge = At(EventKind::kMmap, 10, kOld);
  huge.length_bytes = std::numeric_limits<uint64_t>::max() - kPage;
  Add(huge);
  Add(huge);
  const ProcessMinute row = Only();
  EXPECT_EQ(row.requested_bytes, uint64_t{std::numeric_limits<int64_t>::max()});
  EXPECT_EQ(row.held_change_bytes, std::numeric_limits<int64_t>::max());
}

TEST_F(RollupTest, EndedProcessesAreForgottenInTheEnd) {
  Event exit = At(EventKind::kExit, 10, kOld);
  for (uint32_t tgid = 1; tgid <= 2 * Rollup::kMaxEnded; ++tgid) {
    exit.tgid = tgid;
    Add(exit);
  }
  Next();
  EXPECT_EQ(rollup_.followed_count(), Rollup::kMaxEnded);
}

TEST_F(RollupTest, FewProcessesHaveCallsInMemoryUntilTheirExecComes) {
  for (uint32_t tgid = 1; tgid <= 3 * Rollup::kMaxAwaiting; ++tgid) {
    Event call = At(EventKind::kMmap, tgid, tgid, 1);
    call.tgid = tgid;
    Add(call);
    Next();
  }
  EXPECT_EQ(rollup_.awaiting_count(), Rollup::kMaxAwaiting);
}

}  // namespace
}  // namespace memmon::store
