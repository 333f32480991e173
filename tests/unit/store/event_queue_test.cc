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

void ExpectLaw(const EventQueue::Counters& c) {
  EXPECT_EQ(c.in, c.out + c.dropped + c.spooled + c.waiting);
}

TEST(EventQueue, HandsOutInOrderAndCutsToTheMost) {
  EventQueue queue(1'000);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 30));
  queue.Push(MakeBatch(capture, 0, 30, 30));
  const Chunk first = queue.Pop({40, 40, kLong}, kNow);
  ASSERT_EQ(first.event_count, 40u);
  ASSERT_EQ(first.slices.size(), 2u);
  EXPECT_EQ(first.slices[1].end, 10u);
  queue.Done(first, 0);
  const Chunk second = queue.Pop({1, 40, kLong}, kNow);
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
  EXPECT_EQ(queue.Pop({1, 100, kLong}, kNow).event_count, 10u);
  EXPECT_EQ(queue.Pop({1, 100, kLong}, kNow).event_count, 10u);
}

TEST(EventQueue, FewEventsWaitUntilTheyHaveLingered) {
  EventQueue queue(1'000);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_TRUE(queue.Pop({11, 100, kLong}, kNow).empty());
  EXPECT_EQ(queue.Pop({11, 100, milliseconds(1)}, kLong).event_count, 10u);
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

  const Chunk chunk = queue.Pop({1, 100, kLong}, kNow);
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
  const Chunk after = queue.Pop({1, 100, kLong}, kNow);
  EXPECT_NE(after.epoch, chunk.epoch) << "a gap lies between";
  EXPECT_TRUE(after.losses.empty());
}

// What the ring lost just before is lost with the record that tells of it.
TEST(EventQueue, ARefusedLossCountsForAllThatItStoodFor) {
  EventQueue queue(1);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 1));
  auto refused = std::make_shared<model::Batch>(*MakeBatch(capture, 0, 1, 2));
  refused->events[0].kind = model::EventKind::kLost;
  refused->events[0].lost_count = 5'000;
  refused->events[1].sequence = 5'001;
  queue.Push(refused);
  EXPECT_EQ(queue.counters().dropped, 2u);
  const Chunk chunk = queue.Pop({1, 100, kLong}, kNow);
  ASSERT_EQ(chunk.losses.size(), 1u);
  EXPECT_EQ(chunk.losses[0].span, (Span{0, 1, 5'001}));
  EXPECT_EQ(chunk.losses[0].event_count, 5'001u);
}

TEST(EventQueue, RefusesMoreBatchesThanItMayHold) {
  EventQueue queue(1'000, 3);
  const auto capture = MakeCapture();
  for (uint64_t i = 0; i < 5; ++i) queue.Push(MakeBatch(capture, 0, i, 1));
  EXPECT_EQ(queue.counters().waiting, 3u);
  EXPECT_EQ(queue.counters().dropped, 2u);
  ExpectLaw(queue.counters());
  const Chunk chunk = queue.Pop({1, 100, kLong}, kNow);
  EXPECT_EQ(chunk.event_count, 3u);
  ASSERT_EQ(chunk.losses.size(), 1u);
  EXPECT_EQ(chunk.losses[0].span.first, 3u);
  EXPECT_EQ(chunk.losses[0].event_count, 2u);
  queue.Done(chunk, 0);
  queue.Push(MakeBatch(capture, 0, 5, 1));
  EXPECT_EQ(queue.counters().waiting, 1u);
}

TEST(EventQueue, AChunkHasNoGapInside) {
  EventQueue queue(10);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 12));
  queue.Done(queue.Pop({5, 5, kLong}, kNow), 0);
  queue.Push(MakeBatch(capture, 0, 12, 3));
  EXPECT_EQ(queue.Pop({1, 100, kLong}, kNow).event_count, 5u);
  EXPECT_EQ(queue.Pop({1, 100, kLong}, kNow).event_count, 3u);
}

TEST(EventQueue, FlushSaysHowManyAreLeftAndLetsNothingLinger) {
  EventQueue queue(100);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_EQ(queue.Flush(kNow), 10u);
  const Chunk chunk = queue.Pop({50, 50, kLong}, kLong);
  EXPECT_EQ(chunk.event_count, 10u);
  std::thread writer([&] { queue.Done(chunk, 0); });
  EXPECT_EQ(queue.Flush(kLong), 0u);
  writer.join();
}

TEST(EventQueue, CloseEndsWaits) {
  EventQueue queue(100);
  std::thread waiter([&] { EXPECT_TRUE(queue.Pop({1, 1, kLong}, kLong).empty()); });
  queue.Close();
  waiter.join();
  queue.Pause(kLong);
}

constexpr milliseconds kNever{60'000};

TEST(EventQueue, NothingIsDivertedBeforeItIsOverdue) {
  EventQueue queue(100);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_TRUE(queue.Divert({1, 100, kNow}, kNever, kNow).chunk.empty());
  EXPECT_EQ(queue.Pop({1, 100, kLong}, kNow).event_count, 10u);
}

TEST(EventQueue, OverdueIsWhatHasWaitedOrFillsHalfOrIsDeclaredSo) {
  const auto capture = MakeCapture();
  EventQueue waited(100);
  waited.Push(MakeBatch(capture, 0, 0, 10));
  EXPECT_EQ(waited.Divert({1, 100, kNow}, milliseconds(1), kLong).chunk.event_count, 10u);
  EventQueue filled(20);
  filled.Push(MakeBatch(capture, 0, 0, 10));
  EXPECT_EQ(filled.Divert({1, 100, kNow}, kNever, kNow).chunk.event_count, 10u);
  EventQueue declared(100);
  declared.Push(MakeBatch(capture, 0, 0, 10));
  declared.SetOverdue();
  EXPECT_EQ(declared.Divert({1, 100, kNow}, kNever, kNow).chunk.event_count, 10u);
}

TEST(EventQueue, WhileDivertingTheWriterGetsNothingUntilTheSpoolIsEmpty) {
  EventQueue queue(100);
  queue.StartDiverting();
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  EXPECT_TRUE(queue.Pop({1, 100, kNow}, kNow).empty());
  const auto diverted = queue.Divert({1, 4, kNow}, kNever, kNow);
  ASSERT_EQ(diverted.chunk.event_count, 4u);
  EXPECT_FALSE(diverted.insurance);
  queue.Resume([] { return true; });
  EXPECT_TRUE(queue.Pop({1, 100, kNow}, kNow).empty()) << "the spooler has older events in hand";
  queue.Spooled(diverted.chunk);
  queue.Resume([] { return false; });
  EXPECT_TRUE(queue.Pop({1, 100, kNow}, kNow).empty()) << "the spool has older events";
  ExpectLaw(queue.counters());
  EXPECT_EQ(queue.counters().spooled, 4u);
  queue.Resume([] { return true; });
  EXPECT_EQ(queue.Pop({1, 100, kNow}, kNow).event_count, 6u);
}

TEST(EventQueue, WhatCouldNotBeSpooledIsTheFrontAgain) {
  EventQueue queue(100);
  const auto capture = MakeCapture();
  queue.StartDiverting();
  queue.Push(MakeBatch(capture, 0, 0, 10));
  queue.Push(MakeBatch(capture, 0, 10, 10));
  queue.PutBack(queue.Divert({1, 15, kNow}, kNever, kNow));
  queue.Resume([] { return true; });
  const Chunk chunk = queue.Pop({1, 100, kNow}, kNow);
  ASSERT_EQ(chunk.event_count, 20u);
  uint64_t next = 0;
  for (const Slice& slice : chunk.slices) {
    for (size_t i = slice.begin; i < slice.end; ++i) {
      EXPECT_EQ(slice.batch->events[i].sequence, next++);
    }
  }
  ExpectLaw(queue.counters());
}

TEST(EventQueue, WhatTheWriterHoldsIsInsuredFirstAndCountedOnce) {
  EventQueue queue(100);
  const auto capture = MakeCapture();
  queue.Push(MakeBatch(capture, 0, 0, 10));
  const Chunk held = queue.Pop({1, 100, kNow}, kNow);
  queue.Push(MakeBatch(capture, 0, 10, 5));
  queue.SetOverdue();
  const auto insurance = queue.Divert({1, 100, kNow}, kNever, kNow);
  ASSERT_TRUE(insurance.insurance);
  EXPECT_EQ(insurance.chunk.event_count, 10u);
  EXPECT_EQ(queue.Flush(kNow), 15u);
  EXPECT_EQ(queue.counters().in_memory, queue.counters().waiting);
  EXPECT_TRUE(queue.Insured());
  EXPECT_EQ(queue.counters().in_memory + 10, queue.counters().waiting);
  EXPECT_EQ(queue.Flush(kNow), 5u) << "what is on disk too is safe";
  const auto rest = queue.Divert({1, 100, kNow}, kNever, kNow);
  ASSERT_FALSE(rest.insurance);
  queue.Spooled(rest.chunk);
  EXPECT_EQ(queue.Flush(kNow), 0u);
  EXPECT_TRUE(queue.Done(held, 0));
  ExpectLaw(queue.counters());
  EXPECT_EQ(queue.counters().out, 10u);
  EXPECT_EQ(queue.counters().waiting, 0u);
}

TEST(EventQueue, AnInsuranceThatComesTooLateInsuresNothing) {
  EventQueue queue(100);
  queue.Push(MakeBatch(MakeCapture(), 0, 0, 10));
  const Chunk held = queue.Pop({1, 100, kNow}, kNow);
  queue.SetOverdue();
  ASSERT_TRUE(queue.Divert({1, 100, kNow}, kNever, kNow).insurance);
  EXPECT_FALSE(queue.Done(held, 0));
  // Nor does the writer get the next batch before the spooler is done.
  queue.Push(MakeBatch(MakeCapture(), 0, 10, 1));
  queue.Resume([] { return true; });
  EXPECT_TRUE(queue.Pop({1, 100, kNow}, kNow).empty());
  EXPECT_FALSE(queue.Insured());
  queue.Resume([] { return true; });
  EXPECT_EQ(queue.Pop({1, 100, kNow}, kNow).event_count, 1u);
}

TEST(EventQueue, WakeEndsThePopThatWaitsOrTheNext) {
  EventQueue queue(100);
  queue.Wake();
  EXPECT_TRUE(queue.Pop({1, 1, kLong}, kLong).empty());
}

}  // namespace
}  // namespace memmon::store
