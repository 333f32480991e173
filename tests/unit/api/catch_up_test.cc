// SPDX-License-Identifier: Apache-2.0

#include "api/catch_up.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "catch_up_fixture.h"

namespace memmon::api {
namespace {

TEST_F(CatchUpTest, WhatIsOlderThanMemoryComesOutOfTheStore) {
  auto producer = Begin();
  for (int i = 0; i < 200; ++i) Take(stream_.Batch(100));
  producer = Producer(client_.token());
  ReadAll(producer.get());
  EXPECT_EQ(client_.gap(), 0u);
  EXPECT_EQ(client_.events(), stream_.issued());
  // And from then on it is live.
  const size_t backfills = store_.backfills();
  Take(stream_.Batch(10));
  ReadAll(producer.get());
  EXPECT_EQ(client_.events(), stream_.issued());
  EXPECT_EQ(store_.backfills(), backfills);
}

TEST_F(CatchUpTest, MemoryAloneAsksNothingOfTheStore) {
  auto producer = Begin();
  Take(stream_.Batch(500));
  producer = Producer(client_.token());
  ReadAll(producer.get());
  EXPECT_EQ(client_.events(), stream_.issued());
  EXPECT_EQ(store_.backfills(), 0u);
}

class CatchUpSeamTest : public CatchUpTest {
 protected:
  CatchUpSeamTest() : CatchUpTest({.queue_events = 1'000'000, .history_events = 5'000}) {}
};

// As fast as events can be made, but never so far ahead that nobody could follow.
TEST_F(CatchUpSeamTest, EveryEventOnceWhileEventsFlow) {
  constexpr size_t kBatches = 3'000;
  constexpr size_t kAhead = 40'000;
  constexpr size_t kBehind = 10'000;
  store_.SetLag(20);
  std::atomic<size_t> seen = 0;
  std::atomic<size_t> issued = 0;
  auto producer = Producer();
  std::thread pump([&] {
    for (size_t i = 0; i < kBatches; ++i) {
      while (issued > seen + kAhead) std::this_thread::yield();
      Take(stream_.Batch(1 + i % 150));
      issued = stream_.issued();
    }
    store_.SetLag(0);
  });
  // Breaks off at every few messages, in what is stored and in what is live.
  std::mt19937 random(5);
  constexpr size_t kAll = 150 * 151 / 2 * (kBatches / 150);
  int resumed = 0;
  while (client_.events() < kAll) {
    for (unsigned i = 1 + random() % 12; i > 0 && client_.events() < kAll; --i) {
      if (!Read(producer.get(), &message_)) break;
      client_.Apply(message_);
      seen = client_.events();
    }
    if (client_.token().empty()) continue;
    // Every other time memory has left it behind.
    while (resumed % 2 == 0 && issued < std::min(kAll, seen + kBehind)) {
      std::this_thread::yield();
    }
    producer = Producer(client_.token());
    ++resumed;
  }
  pump.join();
  EXPECT_EQ(client_.gap(), 0u);
  EXPECT_EQ(client_.events(), stream_.issued());
  EXPECT_EQ(client_.next(), stream_.next());
  EXPECT_GT(resumed, 5);
  EXPECT_GT(store_.backfills(), 5u);
}

TEST_F(CatchUpTest, WhatTheStoreDoesNotHaveIsCountedWhereItIsMissing) {
  auto producer = Begin();
  store_.KeepOnly([](const model::Event& event) { return event.time_ns % 3 == 0; });
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.KeepOnly([](const model::Event&) { return false; });
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  store_.KeepOnly(nullptr);
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  // However often it breaks off meanwhile, each missing one is told once.
  while (client_.next() != stream_.next()) {
    producer = Producer(client_.token());
    const uint64_t gap = client_.gap();
    const uint64_t skipped = client_.skipped();
    ASSERT_TRUE(Read(producer.get(), &message_));
    client_.Apply(message_);
    EXPECT_EQ(client_.gap() - gap, client_.skipped() - skipped);
    if (message_.has_gap()) {
      EXPECT_NE(message_.gap().reason().find("not in the database"), std::string::npos);
    }
  }
  EXPECT_GT(client_.gap(), 5'000u);
  EXPECT_EQ(client_.gap(), client_.skipped());
}

TEST_F(CatchUpTest, WhatIsInMemoryIsNotMissedForNotBeingStored) {
  auto producer = Begin();
  store_.KeepOnly([](const model::Event&) { return false; });
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  producer = Producer(client_.token());
  ReadAll(producer.get());
  EXPECT_EQ(client_.gap(), client_.skipped());
  // A thousand, and what a batch counts for itself.
  EXPECT_GE(client_.events(), 1'000u);
}

// memmond began anew, and the host, too.
TEST_F(CatchUpTest, GoesOnThroughCapturesThatAreOverIntoTheOneThatRuns) {
  auto of_next_boot = std::make_shared<model::Capture>(*fakes::MakeCapture());
  of_next_boot->boot_id = {9, 9};
  std::vector<Stream> streams = {Stream(), Stream(fakes::MakeCapture(2)), Stream(of_next_boot)};
  std::vector<Client> clients(streams.size());
  auto producer = Producer();
  Take(streams[0].Batch(100));
  ASSERT_TRUE(Read(producer.get(), &message_));
  clients[0].Apply(message_);
  producer.reset();
  for (Stream& stream : streams) {
    for (int i = 0; i < 50; ++i) Take(stream.Batch(100));
    if (&stream != &streams.back()) Restart();
  }
  producer = Producer(clients[0].token());
  size_t capture = 0;
  while (clients.back().next() != streams.back().next()) {
    ASSERT_TRUE(Read(producer.get(), &message_));
    if (message_.has_gap()) {
      EXPECT_EQ(message_.gap().reason(), kInterrupted);
      EXPECT_EQ(message_.gap().event_count(), 0u);
      ++capture;
      ASSERT_LT(capture, streams.size());
    }
    clients[capture].Apply(message_);
  }
  for (size_t i = 0; i < streams.size(); ++i) {
    EXPECT_EQ(clients[i].events(), streams[i].issued()) << i;
    EXPECT_EQ(clients[i].next(), streams[i].next()) << i;
  }
}

TEST_F(CatchUpTest, ARestartWithoutEventsYetGivesWhatIsStoredAndThenWhatComes) {
  auto producer = Begin();
  for (int i = 0; i < 50; ++i) Take(stream_.Batch(100));
  producer.reset();
  Restart();
  producer = Producer(client_.token());
  ReadAll(producer.get());
  EXPECT_EQ(client_.events(), stream_.issued());
  EXPECT_EQ(client_.gap(), 0u);
  // It has joined when its queue is there.
  while (feed_->counters().capacity == 0) {
    auto again = Clock::time_point::max();
    ASSERT_FALSE(ReadNext(producer.get(), true, &message_, &again));
    std::this_thread::yield();
  }
  Stream second(fakes::MakeCapture(2));
  Take(second.Batch(70));
  ASSERT_TRUE(Read(producer.get(), &message_));
  EXPECT_EQ(message_.gap().reason(), kInterrupted);
  EXPECT_EQ(message_.events_size(), 70);
}

TEST_F(CatchUpTest, FiltersAndFieldsAreThoseOfLiveEvents) {
  auto first = Producer();
  Take(stream_.Batch(1));
  ASSERT_TRUE(Read(first.get(), &message_));
  const std::string token = message_.resume_token();
  EventStreamOptions options;
  options.filter.tgids = {2};
  google::protobuf::FieldMask mask;
  mask.add_paths("pid");
  mask.add_paths("cpu");
  mask.add_paths("sequence");
  ASSERT_TRUE(EventFields::Read(mask, "field_mask", &options.fields).ok());
  auto live = Producer("", options);
  for (int i = 0; i < 60; ++i) Take(stream_.Batch(100));
  std::string wanted;
  std::string stored;
  const auto add = [&](std::string* events) {
    EXPECT_FALSE(message_.has_gap());
    for (const auto& event : message_.events()) *events += event.SerializeAsString();
  };
  auto again = Clock::time_point::max();
  while (ReadNext(live.get(), true, &message_, &again)) add(&wanted);
  EXPECT_GT(wanted.size(), 1'000u);
  auto late = Producer(token, options);
  while (stored.size() < wanted.size() && Read(late.get(), &message_)) add(&stored);
  EXPECT_TRUE(stored == wanted);
  EXPECT_GT(store_.backfills(), 0u);
}

// A rare event among days of others: who breaks off does not begin from the start again.
TEST_F(CatchUpTest, WhatIsStoredAndNotWantedIsNotLookedAtTwice) {
  Stream stream = Stream::Whole();
  auto producer = Producer();
  Take(stream.Batch(100));
  ASSERT_TRUE(Read(producer.get(), &message_));
  std::string token = message_.resume_token();
  for (int i = 0; i < 200; ++i) Take(stream.Batch(100));
  EventStreamOptions options;
  options.filter.tgids = {99};
  options.token_interval = std::chrono::nanoseconds(0);
  const auto is_in_memory = [&] {
    return feed_->Resume([] {})->Join(*DecodeResumeToken(token, ""), /*even_late=*/false).joined;
  };
  // Breaks off after each message.
  int messages = 0;
  for (; !is_in_memory(); ++messages) {
    producer = Producer(token, options);
    ASSERT_TRUE(Read(producer.get(), &message_));
    EXPECT_EQ(message_.events_size(), 0);
    EXPECT_FALSE(message_.has_gap());
    ASSERT_NE(message_.resume_token(), token);
    token = message_.resume_token();
  }
  EXPECT_GT(messages, 10);
}

}  // namespace
}  // namespace memmon::api
