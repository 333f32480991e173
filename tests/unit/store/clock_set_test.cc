// SPDX-License-Identifier: Apache-2.0
//
// The wall clock is set while events wait: nobody waits for longer.

#include <gtest/gtest.h>

#include <chrono>

#include "fakes/wall_clock.h"
#include "spool_fixture.h"
#include "store/event_queue.h"
#include "store/spool.h"

namespace memmon::store {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// What waits by the wall clock takes as long; what does not, some milliseconds.
constexpr seconds kSetBack{20};
constexpr seconds kSoon{10};

class ClockSetTest : public SpoolTest {
 protected:
  bool Soon() const { return steady_clock::now() - begin_ < kSoon; }

  static model::SharedBatch Batch(size_t count) {
    return ChunkOf(SpoolCapture(), 0, 0, count).slices[0].batch;
  }

  const steady_clock::time_point begin_ = steady_clock::now();
};

TEST_F(ClockSetTest, EventsLingerNoLonger) {
  EventQueue queue(1'000);
  {
    const fakes::SetBackWallClock before(kSetBack);
    queue.Push(Batch(10));
  }
  EXPECT_EQ(queue.Pop({11, 100, milliseconds(1)}, kSetBack).event_count, 10u);
  EXPECT_TRUE(Soon());
}

TEST_F(ClockSetTest, EventsAreOverdueNoLater) {
  EventQueue queue(1'000);
  {
    const fakes::SetBackWallClock before(kSetBack);
    queue.Push(Batch(10));
  }
  const auto diverted = queue.Divert({1, 100, milliseconds(1)}, milliseconds(1), kSetBack);
  EXPECT_EQ(diverted.chunk.event_count, 10u);
  EXPECT_TRUE(Soon());
}

TEST_F(ClockSetTest, TheQueuesWaitsKeepToTheirLimit) {
  EventQueue queue(1'000);
  queue.Push(Batch(10));
  const fakes::SetBackWallClock before(kSetBack);
  queue.Pause(milliseconds(1));
  EXPECT_TRUE(Soon()) << "Pause";
  EXPECT_EQ(queue.Flush(milliseconds(1)), 10u);
  EXPECT_TRUE(Soon()) << "Flush";
}

TEST_F(ClockSetTest, TheSpoolIsWaitedForNoLonger) {
  const auto spool = Open();
  ASSERT_TRUE(spool->Append(ChunkOf(SpoolCapture(), 0, 0, 10)).ok());
  const fakes::SetBackWallClock before(kSetBack);
  EXPECT_FALSE(spool->WaitForProgress(milliseconds(1)));
  EXPECT_TRUE(Soon());
}

}  // namespace
}  // namespace memmon::store
