// SPDX-License-Identifier: Apache-2.0

#include "store/event_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace memmon::store {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kNow{0};
constexpr milliseconds kLong{60'000};

std::shared_ptr<const model::Capture> MakeCapture() { return std::make_shared<model::Capture>(); }

model::SharedBatch MakeBatch(const std::shared_ptr<const model::Capture>& capture, uint16_t cpu,
                             uint64_t first, size_t count) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  for (size_t i = 0; i < count; ++i) {
    model::Event event;
    event.kind = model::EventKind::kMmap;
    event.cpu = cpu;
    event.sequence = first + i;
    batch->events.push_back(event);
  }
  return batch;
}

void ExpectLaw(const model::HopCounters& c) { EXPECT_EQ(c.in, c.out + c.dropped + c.waiting); }

TEST(EventQueue, HandsOutInOrderAndCutsToTheMost) {
  EventQueue queue(1'000);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 30));
  queue.Push(MakeBatch(capture, 0, 30, 30));
  const Chunk first = queue.Pop(40, 40, kLong, kNow);
  ASSERT_EQ(first.event_count, 40u);
  ASSERT_EQ(first.slices.size(), 2u);
  EXPECT_EQ(first.slices[1].end, 10u);
  queue.Done(first, 0);
  const Chunk second = queue.Pop(1, 40, kLong, kNow);
  ASSERT_EQ(second.event_count, 20u);
  EXPECT_EQ(second.slices[0].begin, 10u);
  EXPECT_EQ(queue.counters().waiting, 20u) << "popped is not stored";
  queue.Done(second, 3);
  EXPECT_EQ(queue.counters().out, 57u);
  EXPECT_EQ(queue.counters().dropped, 3u);
  ExpectLaw(queue.counters());
}

TEST(EventQueue, AChunkIsOfOneCapture) {
  EventQueue queue(1'000);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_EQ(queue.Pop(1, 100, kLong, kNow).event_count, 10u);
  EXPECT_EQ(queue.Pop(1, 100, kLong, kNow).event_count, 10u);
}

TEST(EventQueue, FewEventsWaitUntilTheyHaveLingered) {
  EventQueue queue(1'000);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_TRUE(queue.Pop(11, 100, kLong, kNow).empty());
  EXPECT_EQ(queue.Pop(11, 100, milliseconds(1), kLong).event_count, 10u);
}

TEST(EventQueue, RefusesAboveTheBoundAndRemembersWhat) {
  EventQueue queue(25);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 20));
  queue.Push(MakeBatch(capture, 1, 100, 10));  // 5 fit
  queue.Push(MakeBatch(capture, 0, 20, 10));
  queue.Push(MakeBatch(capture, 1, 110, 2));
  auto counters = queue.counters();
  EXPECT_EQ(counters.waiting, 25u);
  EXPECT_EQ(counters.dropped, 17u);
  ExpectLaw(counters);

  const Chunk chunk = queue.Pop(1, 100, kLong, kNow);
  EXPECT_EQ(chunk.event_count, 25u);
  ASSERT_EQ(chunk.losses.size(), 2u);
  EXPECT_EQ(chunk.losses[0].span.cpu, 1);
  EXPECT_EQ(chunk.losses[0].span.first, 105u);
  EXPECT_EQ(chunk.losses[0].span.last, 111u);
  EXPECT_EQ(chunk.losses[0].event_count, 7u);
  EXPECT_EQ(chunk.losses[1].span.first, 20u);
  EXPECT_EQ(chunk.losses[1].event_count, 10u);
  queue.Done(chunk, 0);

  queue.Push(MakeBatch(capture, 0, 30, 5));
  const Chunk after = queue.Pop(1, 100, kLong, kNow);
  EXPECT_NE(after.epoch, chunk.epoch) << "a gap lies between";
  EXPECT_TRUE(after.losses.empty());
}

TEST(EventQueue, AChunkHasNoGapInside) {
  EventQueue queue(10);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 12));
  queue.Done(queue.Pop(5, 5, kLong, kNow), 0);
  queue.Push(MakeBatch(capture, 0, 12, 3));
  EXPECT_EQ(queue.Pop(1, 100, kLong, kNow).event_count, 5u);
  EXPECT_EQ(queue.Pop(1, 100, kLong, kNow).event_count, 3u);
}

TEST(EventQueue, FlushSaysHowManyAreLeftAndLetsNothingLinger) {
  EventQueue queue(100);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_EQ(queue.Flush(kNow), 10u);
  const Chunk chunk = queue.Pop(50, 50, kLong, kLong);
  EXPECT_EQ(chunk.event_count, 10u);
  std::thread writer([&] { queue.Done(chunk, 0); });
  EXPECT_EQ(queue.Flush(kLong), 0u);
  writer.join();
}

TEST(EventQueue, CloseEndsWaits) {
  EventQueue queue(100);
  std::thread waiter([&] { EXPECT_TRUE(queue.Pop(1, 1, kLong, kLong).empty()); });
  queue.Close();
  waiter.join();
  queue.Pause(kLong);
}

}  // namespace
}  // namespace memmon::store
