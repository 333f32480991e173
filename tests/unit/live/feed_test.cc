// SPDX-License-Identifier: Apache-2.0

#include "live/feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "fakes/event_builder.h"

namespace memmon::live {
namespace {

// What a batch counts for beside its events, on so few CPUs.
constexpr size_t kBatchSize = 3;

// `count` events, numbered from `first`.
model::SharedBatch Batch(uint64_t first, uint64_t count) {
  std::vector<model::Event> events(count);
  for (uint64_t i = 0; i < count; ++i) events[i].sequence = first + i;
  static const auto capture = fakes::MakeCapture();
  return fakes::MakeBatch(capture, std::move(events));
}

void ExpectConserved(const model::HopCounters& counters) {
  EXPECT_EQ(counters.in, counters.out + counters.dropped + counters.waiting);
}

TEST(FeedTest, GivesEveryBatchToEverySubscriber) {
  Feed feed;
  const auto one = feed.Subscribe([] {});
  const auto two = feed.Subscribe(nullptr);
  EXPECT_FALSE(one->Next().has_value());
  const auto batch = Batch(0, 3);
  feed.Take(batch);
  for (Subscription* subscription : {one.get(), two.get()}) {
    const auto delivery = subscription->Next();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->batch, batch);  // shared, not copied
    EXPECT_EQ(delivery->gap_events, 0u);
    EXPECT_FALSE(subscription->Next().has_value());
  }
  const auto counters = feed.counters();
  EXPECT_EQ(counters.in, 6u);
  EXPECT_EQ(counters.out, 6u);
}

TEST(FeedTest, WakesWhenTheQueueWasEmpty) {
  Feed feed;
  int wakes = 0;
  const auto subscription = feed.Subscribe([&] { ++wakes; });
  feed.Take(Batch(0, 1));
  feed.Take(Batch(1, 1));
  EXPECT_EQ(wakes, 1);
  subscription->Next();
  feed.Take(Batch(2, 1));
  EXPECT_EQ(wakes, 1);
  subscription->Next();
  subscription->Next();
  feed.Take(Batch(3, 1));
  EXPECT_EQ(wakes, 2);
}

TEST(FeedTest, DropsTheOldestAndTellsWhere) {
  Feed feed({.queue_events = 4 + 6 + 2 * kBatchSize, .history_events = 0});
  const auto subscription = feed.Subscribe([] {});
  feed.Take(Batch(0, 4));
  feed.Take(Batch(4, 4));
  feed.Take(Batch(8, 4));   // drops 0..3
  feed.Take(Batch(12, 6));  // drops 4..7
  auto counters = feed.counters();
  EXPECT_EQ(counters.in, 18u);
  EXPECT_EQ(counters.dropped, 8u);
  EXPECT_EQ(counters.waiting, 10u);
  EXPECT_EQ(counters.capacity, 4u + 6u + 2 * kBatchSize);
  auto delivery = subscription->Next();
  EXPECT_EQ(delivery->gap_events, 8u);
  EXPECT_EQ(delivery->batch->events[0].sequence, 8u);
  delivery = subscription->Next();
  EXPECT_EQ(delivery->gap_events, 0u);
  EXPECT_EQ(delivery->batch->events[0].sequence, 12u);
  ExpectConserved(feed.counters());
}

TEST(FeedTest, ABatchLargerThanTheQueueGoesAlone) {
  Feed feed({.queue_events = 2, .history_events = 0});
  const auto subscription = feed.Subscribe([] {});
  feed.Take(Batch(0, 5));
  feed.Take(Batch(5, 5));
  const auto delivery = subscription->Next();
  EXPECT_EQ(delivery->gap_events, 5u);
  EXPECT_EQ(delivery->batch->events[0].sequence, 5u);
  EXPECT_FALSE(subscription->Next().has_value());
}

TEST(FeedTest, ASlowSubscriberDisturbsNobody) {
  Feed feed({.queue_events = 4 * (1 + kBatchSize), .history_events = 0});
  const auto slow = feed.Subscribe([] {});
  const auto quick = feed.Subscribe([] {});
  for (uint64_t i = 0; i < 100; ++i) {
    feed.Take(Batch(i, 1));
    const auto delivery = quick->Next();
    ASSERT_TRUE(delivery.has_value());
    EXPECT_EQ(delivery->gap_events, 0u);
  }
  EXPECT_EQ(slow->Next()->gap_events, 96u);
}

TEST(FeedTest, ASubscriberThatStandsStillHoldsNoBatch) {
  Feed feed({.queue_events = 2 * (1 + kBatchSize), .history_events = 0});
  const auto slow = feed.Subscribe([] {});
  feed.Take(Batch(0, 1));
  slow->Next();
  auto batch = Batch(1, 1);
  const std::weak_ptr<const model::Batch> held = batch;
  feed.Take(std::exchange(batch, nullptr));
  feed.Take(Batch(2, 1));
  EXPECT_FALSE(held.expired());
  feed.Take(Batch(3, 1));
  EXPECT_TRUE(held.expired());
  const auto delivery = slow->Next();
  EXPECT_EQ(delivery->gap_events, 1u);
  EXPECT_EQ(delivery->gap_begin->next, (std::vector<uint64_t>{1, 1}));
  EXPECT_EQ(delivery->before->next, (std::vector<uint64_t>{1, 2}));
}

TEST(FeedTest, CountsTheSubscribers) {
  Feed feed;
  auto one = feed.Subscribe([] {});
  const auto two = feed.Resume([] {});
  EXPECT_EQ(feed.subscriber_count(), 2u);
  one.reset();
  EXPECT_EQ(feed.subscriber_count(), 1u);
}

TEST(FeedTest, WhatWaitedForOneThatLeftIsDropped) {
  Feed feed;
  auto subscription = feed.Subscribe([] {});
  feed.Take(Batch(0, 3));
  feed.Take(Batch(3, 2));
  subscription->Next();
  subscription.reset();
  const auto counters = feed.counters();
  EXPECT_EQ(counters.in, 5u);
  EXPECT_EQ(counters.out, 3u);
  EXPECT_EQ(counters.dropped, 2u);
  EXPECT_EQ(counters.waiting, 0u);
}

// Each subscriber accounts for every number by itself: what it got and what it
// was told it lost, in order, without a hole.
TEST(FeedTest, EverySubscriberAccountsForEveryEvent) {
  constexpr uint64_t kEvents = 200'000;
  Feed feed({.queue_events = 512, .history_events = 0});
  std::atomic<bool> over = false;
  std::vector<std::thread> readers;
  std::atomic<int> subscribed = 0;
  for (int r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      std::mutex mutex;
      std::condition_variable woken;
      bool ready = false;
      const auto subscription = feed.Subscribe([&] {
        const std::lock_guard lock(mutex);
        ready = true;
        woken.notify_one();
      });
      ++subscribed;
      subscribed.notify_all();
      uint64_t expected = 0;
      while (expected < kEvents) {
        {
          std::unique_lock lock(mutex);
          woken.wait(lock, [&] { return ready; });
          ready = false;
        }
        while (const auto delivery = subscription->Next()) {
          expected += delivery->gap_events;
          for (const auto& event : delivery->batch->events) {
            ASSERT_EQ(event.sequence, expected);
            ++expected;
          }
          if (r == 2) std::this_thread::yield();
        }
      }
      ASSERT_EQ(expected, kEvents);
    });
  }
  std::thread watcher([&] {
    while (!over) ExpectConserved(feed.counters());
  });
  for (int n = subscribed; n < 3; n = subscribed) subscribed.wait(n);
  std::mt19937 random(11);
  for (uint64_t next = 0; next < kEvents;) {
    const uint64_t count = std::min<uint64_t>(kEvents - next, 1 + random() % 200);
    feed.Take(Batch(next, count));
    next += count;
  }
  for (auto& reader : readers) reader.join();
  over = true;
  watcher.join();
  const auto counters = feed.counters();
  ExpectConserved(counters);
  EXPECT_EQ(counters.in, 3 * kEvents);
  EXPECT_EQ(feed.subscriber_count(), 0u);
}

TEST(FeedTest, NoWakeAfterLeaving) {
  Feed feed;
  std::atomic<bool> over = false;
  std::thread pump([&] {
    for (uint64_t i = 0; !over; ++i) feed.Take(Batch(i, 1));
  });
  for (int i = 0; i < 2'000; ++i) {
    // Gone as soon as the subscription is: a late wake is a use after free.
    const auto target = std::make_unique<std::atomic<int>>(0);
    auto subscription = feed.Subscribe([raw = target.get()] { ++*raw; });
    subscription->Next();
    subscription.reset();
  }
  over = true;
  pump.join();
  ExpectConserved(feed.counters());
}

TEST(FeedTest, WakesAgainWhenManyWait) {
  Feed feed({.wake_events = 10});
  int wakes = 0;
  const auto subscription = feed.Subscribe([&] { ++wakes; });
  feed.Take(Batch(0, 1));
  feed.Take(Batch(1, 8));
  EXPECT_EQ(wakes, 1);
  feed.Take(Batch(9, 1));
  EXPECT_EQ(wakes, 2);
  feed.Take(Batch(10, 5));
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(subscription->waiting(), 15u);
}

model::Position At(uint64_t next) {
  model::Position position(model::IdOf(*fakes::MakeCapture()));
  position.next = {1, next};
  return position;
}

TEST(FeedTest, SaysWhereEachBatchBegins) {
  Feed feed;
  const auto subscription = feed.Subscribe([] {});
  feed.Take(Batch(0, 3));
  feed.Take(Batch(3, 2));
  auto another = std::make_shared<model::Batch>(*Batch(0, 1));
  another->capture = fakes::MakeCapture(2);
  feed.Take(another);
  EXPECT_EQ(subscription->Next()->before->next, (std::vector<uint64_t>{1}));
  const auto second = subscription->Next();
  EXPECT_EQ(second->before->next, (std::vector<uint64_t>{1, 3}));
  EXPECT_EQ(second->before->capture, model::IdOf(*second->batch->capture));
  const auto third = subscription->Next();
  EXPECT_EQ(third->before->next, (std::vector<uint64_t>{1}));
  EXPECT_EQ(third->before->capture.number, 2u);
}

TEST(FeedTest, ResumesWithTheBatchThatHoldsWhatComesNext) {
  Feed feed({.history_events = 3 * (10 + kBatchSize)});
  for (uint64_t i = 0; i < 5; ++i) feed.Take(Batch(10 * i, 10));
  const auto joined = [&](uint64_t next) -> std::optional<uint64_t> {
    const auto resumption = feed.Resume([] {});
    const auto begin = resumption->Join(At(next), false);
    EXPECT_EQ(begin.memory->Next(0), 20u);
    const auto delivery = resumption->Next();
    EXPECT_EQ(delivery.has_value(), begin.joined);
    if (!delivery) return std::nullopt;
    return delivery->batch->events[0].sequence;
  };
  EXPECT_EQ(joined(19), std::nullopt);
  EXPECT_EQ(joined(20), 20u);
  EXPECT_EQ(joined(29), 20u);
  EXPECT_EQ(joined(30), 30u);
  EXPECT_EQ(joined(50), 40u);
  ExpectConserved(feed.counters());
  // Too late, and content with it.
  const auto late = feed.Resume([] {});
  EXPECT_TRUE(late->Join(At(7), true).joined);
  EXPECT_EQ(late->Next()->batch->events[0].sequence, 20u);
  feed.Take(Batch(50, 1));
  for (const uint64_t first : {30, 40, 50}) {
    EXPECT_EQ(late->Next()->batch->events[0].sequence, first);
  }
  EXPECT_FALSE(late->Next().has_value());
  ExpectConserved(feed.counters());
}

TEST(FeedTest, NothingComesBeforeAResumptionJoins) {
  Feed feed;
  auto resumption = feed.Resume([] { FAIL() << "woken"; });
  feed.Take(Batch(0, 3));
  EXPECT_FALSE(resumption->Next().has_value());
  resumption.reset();
  EXPECT_EQ(feed.subscriber_count(), 0u);
}

TEST(FeedTest, WhatItResumedWithDoesNotCrowdOutWhatComes) {
  Feed feed({.queue_events = 10 + kBatchSize, .history_events = 50 * (10 + kBatchSize)});
  for (uint64_t i = 0; i < 50; ++i) feed.Take(Batch(10 * i, 10));
  const auto resumption = feed.Resume([] {});
  ASSERT_TRUE(resumption->Join(At(0), false).joined);
  feed.Take(Batch(500, 10));
  uint64_t expected = 0;
  while (const auto delivery = resumption->Next()) {
    EXPECT_EQ(delivery->gap_events, 0u);
    EXPECT_EQ(delivery->batch->events[0].sequence, expected);
    expected += 10;
  }
  EXPECT_EQ(expected, 510u);
}

// While batches flow, history and queue meet without a hole or a double.
TEST(FeedTest, JoinsHistoryAndQueueAsOne) {
  constexpr uint64_t kEvents = 300'000;
  Feed feed({.queue_events = 2 * kEvents, .history_events = 3 * kEvents});
  std::thread pump([&] {
    for (uint64_t next = 0; next < kEvents; next += 2) feed.Take(Batch(next, 2));
  });
  uint64_t expected = 0;
  while (expected < kEvents) {
    const auto resumption = feed.Resume([] {});
    resumption->Join(At(expected), true);
    // Some of what came, and perhaps more that comes now.
    for (int i = 0; i < 2'000; ++i) {
      const auto delivery = resumption->Next();
      if (!delivery) continue;
      for (const auto& event : delivery->batch->events) {
        if (event.sequence < expected) continue;  // the begin of its first batch
        ASSERT_EQ(event.sequence, expected);
        ++expected;
      }
    }
  }
  pump.join();
  ExpectConserved(feed.counters());
}

}  // namespace
}  // namespace memmon::live
