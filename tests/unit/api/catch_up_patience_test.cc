// SPDX-License-Identifier: Apache-2.0
//
// How long a client that catches up waits for the store, and for whom.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "api/catch_up.h"
#include "catch_up_fixture.h"

namespace memmon::api {
namespace {

using std::chrono::seconds;

TEST_F(CatchUpTest, WhatIsAboutToBeStoredIsWaitedFor) {
  auto producer = Begin();
  store_.SetLag(1'000);
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  producer = Producer(client_.token());
  auto again = Clock::time_point::max();
  while (again > Clock::now() + kCatchUpPause) {
    ASSERT_FALSE(ReadNext(producer.get(), false, &message_, &again));
  }
  store_.SetLag(0);
  ReadAll(producer.get());
  EXPECT_EQ(client_.gap(), 0u);
  EXPECT_EQ(client_.events(), stream_.issued());
}

TEST_F(CatchUpTest, WhatIsNotStoredInTimeIsToldWhereMemoryBegins) {
  store_.SetLag(1'000);
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  const model::Position begin(model::IdOf(*fakes::MakeCapture()));
  auto resumption = feed_->Resume(Waker());
  CatchUp catch_up(resumption.get(), backfills_.Open(Waker()), kMaxEventsPerMessage);
  const auto began = Clock::now();
  // When it is asked, what it says, by a clock of the test's.
  const auto ask = [&](Clock::duration later) {
    auto again = Clock::time_point::max();
    for (;;) {
      const size_t backfills = store_.backfills();
      if (catch_up.Next(begin, began + later, &again) || catch_up.joined()) return;
      if (again < began + later + kPagePatience) return;
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return std::exchange(woken_, false); });
      EXPECT_GT(store_.backfills(), backfills);
    }
  };
  ask(seconds(0));
  EXPECT_FALSE(catch_up.joined());
  ask(kCatchUpPatience - kCatchUpPause);
  EXPECT_FALSE(catch_up.joined());
  ask(kCatchUpPatience);
  EXPECT_TRUE(catch_up.joined());
  EXPECT_NE(catch_up.reason().find("yet"), std::string::npos);
}

TEST_F(CatchUpTest, ADatabaseThatIsSlowIsAskedAgain) {
  auto producer = Begin();
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.Fail(absl::DeadlineExceededError("the database did not answer in time"));
  producer = Producer(client_.token());
  auto again = Clock::time_point::max();
  while (again > Clock::now() + kCatchUpPause) {
    ASSERT_FALSE(ReadNext(producer.get(), false, &message_, &again));
  }
  store_.Fail(absl::OkStatus());
  ReadAll(producer.get());
  EXPECT_EQ(client_.gap(), 0u);
  EXPECT_EQ(client_.events(), stream_.issued());
}

TEST_F(CatchUpTest, ADatabaseThatIsAwayIsNotWaitedFor) {
  auto producer = Begin();
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.Fail(absl::UnavailableError("the database cannot be reached"));
  producer = Producer(client_.token());
  ASSERT_TRUE(Read(producer.get(), &message_));
  EXPECT_GT(message_.gap().event_count(), 3'900u);
  EXPECT_NE(message_.gap().reason().find("not in memory any more"), std::string::npos);
  EXPECT_NE(message_.gap().reason().find("cannot be reached"), std::string::npos);
  client_.Apply(message_);
  ReadAll(producer.get());
  EXPECT_EQ(client_.gap(), client_.skipped());
  EXPECT_EQ(store_.backfills(), 1u);
}

TEST_F(CatchUpTest, ADatabaseThatStandsStillIsToldWhereMemoryBegins) {
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.SetStandsStill(true);
  const model::Position begin(model::IdOf(*fakes::MakeCapture()));
  const auto began = Clock::now();
  // Who is asked for, who waits for its turn, and who may not even do that.
  for (size_t i = 0; i < Backfills::kMaxPages + 1; ++i) {
    resumptions_.push_back(feed_->Resume(Waker()));
    catch_ups_.push_back(std::make_unique<CatchUp>(resumptions_.back().get(),
                                                   backfills_.Open(Waker()), kMaxEventsPerMessage));
    auto again = Clock::time_point::max();
    EXPECT_FALSE(catch_ups_.back()->Next(begin, began, &again));
    EXPECT_LE(again, began + kPagePatience);
  }
  for (const auto& catch_up : catch_ups_) {
    auto again = Clock::time_point::max();
    EXPECT_FALSE(catch_up->Next(begin, began + kPagePatience - kCatchUpPause, &again));
    EXPECT_FALSE(catch_up->joined());
    EXPECT_LE(again, began + kPagePatience);
    EXPECT_FALSE(catch_up->Next(begin, began + kPagePatience, &again));
    EXPECT_TRUE(catch_up->joined());
    EXPECT_EQ(catch_up->reason(), "the database does not answer");
  }
}

TEST_F(CatchUpTest, WhoSeesOthersServedWaitsForItsTurn) {
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.SetStandsStill(true);
  std::atomic<size_t> read = 0;
  std::vector<std::unique_ptr<Backfill>> others;
  for (size_t i = 0; i < Backfills::kMaxPages; ++i) {
    others.push_back(backfills_.Open([&] { ++read; }));
    ASSERT_TRUE(others.back()->Ask({}));
  }
  const model::Position begin(model::IdOf(*fakes::MakeCapture()));
  resumptions_.push_back(feed_->Resume(Waker()));
  CatchUp catch_up(resumptions_.back().get(), backfills_.Open(Waker()), kMaxEventsPerMessage);
  const auto began = Clock::now();
  auto again = Clock::time_point::max();
  EXPECT_FALSE(catch_up.Next(begin, began, &again));
  store_.SetStandsStill(false);
  while (read < others.size()) std::this_thread::yield();
  const auto served = Clock::now();
  EXPECT_FALSE(catch_up.Next(begin, began + kPagePatience, &again));
  EXPECT_FALSE(catch_up.joined());
  EXPECT_FALSE(catch_up.Next(begin, served + kPagePatience, &again));
  EXPECT_TRUE(catch_up.joined());
}

// However many they are: what is held is held for one that reads.
TEST_F(CatchUpTest, NoMorePagesAreHeldThanMayBe) {
  std::vector<std::unique_ptr<Backfill>> streams;
  for (size_t i = 0; i < Backfills::kMaxPages; ++i) {
    streams.push_back(backfills_.Open([] {}));
    EXPECT_TRUE(streams.back()->Ask({}));
  }
  const auto late = backfills_.Open([] {});
  EXPECT_FALSE(late->Ask({}));
  EXPECT_TRUE(streams.front()->Ask({}));
  EXPECT_FALSE(late->Ask({}));
  streams.pop_back();
  EXPECT_TRUE(late->Ask({}));
}

TEST_F(CatchUpTest, WhoStandsStillIsInNobodysWay) {
  auto live = Begin();
  const std::string token = client_.token();
  for (int i = 0; i < 200; ++i) Take(stream_.Batch(100));
  std::vector<std::unique_ptr<EventProducer>> stalled;
  for (size_t i = 0; i < 2 * Backfills::kMaxPages; ++i) {
    stalled.push_back(Producer(token));
    ASSERT_TRUE(Read(stalled.back().get(), &message_)) << i;
  }
  auto reader = Producer(token);
  ReadAll(reader.get());
  EXPECT_EQ(client_.events(), stream_.issued());
  EXPECT_EQ(client_.gap(), 0u);
}

}  // namespace
}  // namespace memmon::api
