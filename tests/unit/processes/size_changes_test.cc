// SPDX-License-Identifier: Apache-2.0

#include "processes/size_changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <random>

#include "process_script.h"

namespace memmon::processes {
namespace {

using Moved = std::map<EventKind, int64_t>;

class SizeChangesTest : public testing::Test {
 protected:
  void Add(const Event& event, uint64_t losses = 0) { changes_.Add(event, losses, kPage - 1); }
  void Add(EventKind kind, uint64_t mm, uint64_t pages, uint64_t length = 0, int64_t result = 0) {
    Add(script_.Make(kind, 7, mm, pages, length, result));
  }
  model::ProcessCalls Told() const {
    model::ProcessCalls calls;
    changes_.Tell(&calls);
    return calls;
  }
  // In pages.
  Moved ByKind() const {
    Moved moved;
    for (const auto& [kind, bytes] : Told().size_changes) {
      moved[kind] = bytes / static_cast<int64_t>(kPage);
    }
    return moved;
  }

  Script script_;
  SizeChanges changes_;
};

TEST_F(SizeChangesTest, ChargesEachKindWithWhatItMovedBeyondWhatIsHeld) {
  Add(EventKind::kExec, 1, 100);
  Add(EventKind::kMmap, 1, 103, 2 * kPage + 1, 0x7000);    // as held
  Add(EventKind::kBrk, 1, 113);
  Add(EventKind::kMmap, 1, 113, 5 * kPage, -ENOMEM);       // nothing
  Add(EventKind::kMmap, 1, 114, 4 * kPage, 0x9000);        // over three others
  Add(EventKind::kMunmap, 1, 112, 6 * kPage, 0);           // four of them were holes
  Add(EventKind::kStack, 1, 133);
  Add(EventKind::kExit, 1, 0);
  EXPECT_EQ(ByKind(), (Moved{{EventKind::kBrk, 10},
                             {EventKind::kMmap, -3},
                             {EventKind::kMunmap, 4},
                             {EventKind::kStack, 21}}));
  EXPECT_EQ(Told().size_began, EventKind::kExec);
  EXPECT_EQ(Told().size_began_bytes, 100 * kPage);
}

TEST_F(SizeChangesTest, BeginsAnewWithEachProgram) {
  Add(EventKind::kBaseline, 1, 100);
  Add(EventKind::kBrk, 1, 110);
  EXPECT_EQ(Told().size_began, EventKind{});
  // The new image, before its EXEC.
  Add(EventKind::kMmap, 2, 20, 8 * kPage, 0x7000);
  Add(EventKind::kExec, 2, 33);
  Add(EventKind::kBrk, 2, 34);
  EXPECT_EQ(ByKind(), (Moved{{EventKind::kBrk, 1}}));
  EXPECT_EQ(Told().size_began_bytes, 33 * kPage);
}

TEST_F(SizeChangesTest, BeginsAnewAfterALoss) {
  Add(EventKind::kExec, 1, 100);
  Add(EventKind::kBrk, 1, 110);
  Add(script_.Make(EventKind::kBrk, 7, 1, 150), 1);
  EXPECT_EQ(ByKind(), Moved{});
  EXPECT_EQ(Told().size_began, EventKind{});
  EXPECT_EQ(Told().size_began_bytes, 0u);
  Add(script_.Make(EventKind::kBrk, 7, 1, 151), 1);
  EXPECT_EQ(ByKind(), (Moved{{EventKind::kBrk, 1}}));
}

TEST_F(SizeChangesTest, TheImageReadLateIsNoneOfIts) {
  const Event image = script_.Make(EventKind::kMmap, 7, 1, 90, 8 * kPage, 0x7000);
  Add(EventKind::kExec, 1, 100);
  Add(EventKind::kBrk, 1, 101);
  Add(image);
  EXPECT_EQ(ByKind(), (Moved{{EventKind::kBrk, 1}}));
}

// Two CPUs' rings, mixed in any way: what maps and unmaps moves nothing but what is held.
TEST_F(SizeChangesTest, WhatIsReadLateIsTakenOffWhereItWasCharged) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    changes_ = SizeChanges();
    uint64_t pages = 100;
    Add(EventKind::kExec, 1, pages);
    std::vector<Event> rings[2];
    for (int i = 0; i < 50; ++i) {
      const uint64_t length = 1 + random() % 30;
      const bool maps = pages < 200 || random() % 2 == 0;
      pages += maps ? length : 0 - length;
      rings[random() % 2].push_back(script_.Make(maps ? EventKind::kMmap : EventKind::kMunmap, 7, 1,
                                                 pages, length * kPage, maps ? 0x7000 : 0));
    }
    size_t next[2] = {};
    while (next[0] < rings[0].size() || next[1] < rings[1].size()) {
      const size_t ring = next[0] == rings[0].size() || (next[1] < rings[1].size() && random() % 2);
      Add(rings[ring][next[ring]++]);
    }
    int64_t sum = 0;
    for (const auto& [kind, bytes] : Told().size_changes) sum += bytes;
    EXPECT_EQ(sum, 0) << "round " << round;
  }
}

}  // namespace
}  // namespace memmon::processes
