// SPDX-License-Identifier: Apache-2.0

#include "api/event_producer.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/resume_token.h"
#include "event_stream.h"
#include "message_reader.h"

namespace memmon::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::unique_ptr<EventProducer> Producer(live::Feed* feed, const std::string& token = "",
                                        EventStreamOptions options = {}) {
  if (token.empty()) {
    return std::make_unique<EventProducer>(feed->Subscribe([] {}), std::move(options));
  }
  options.resume = *DecodeResumeToken(token, "");
  auto resumption = feed->Resume([] {});
  resumption->Join(*options.resume, /*even_late=*/true);
  return std::make_unique<EventProducer>(std::move(resumption), std::move(options));
}

bool Read(EventProducer* producer, v1::StreamEventsResponse* message, bool last = true) {
  auto again = Clock::time_point::max();
  return ReadNext(producer, last, message, &again);
}

std::vector<std::pair<v1::EventKind, uint64_t>> Pairs(const v1::StreamEventsResponse& message) {
  std::vector<std::pair<v1::EventKind, uint64_t>> pairs;
  for (const auto& out : message.left_out()) pairs.emplace_back(out.kind(), out.count());
  return pairs;
}

// At most `messages`.
void ReadInto(EventProducer* producer, Client* client, int messages = 1'000'000) {
  v1::StreamEventsResponse message;
  while (messages-- > 0 && Read(producer, &message)) client->Apply(message);
}

TEST(EventProducer, AClientThatComesBackMissesNothing) {
  live::Feed feed({.history_events = 100'000});
  Stream stream;
  Client client;
  std::mt19937 random(3);
  auto producer = Producer(&feed);
  for (int round = 0; round < 300; ++round) {
    // Some of it is read, some never taken, some comes while nobody is there.
    for (unsigned i = random() % 4; i > 0; --i) feed.Take(stream.Batch(1 + random() % 3'000));
    ReadInto(producer.get(), &client, static_cast<int>(random() % 5));
    if (client.token().empty()) continue;
    producer.reset();
    for (unsigned i = random() % 4; i > 0; --i) feed.Take(stream.Batch(1 + random() % 300));
    producer = Producer(&feed, client.token());
    if (round % 10 == 0) ReadInto(producer.get(), &client);
  }
  ReadInto(producer.get(), &client);
  EXPECT_EQ(client.gap(), 0u);
  EXPECT_EQ(client.events(), stream.issued());
  EXPECT_EQ(client.next(), stream.next());
}

TEST(EventProducer, AClientThatComesBackWhileEventsFlowMissesNothing) {
  live::Feed feed({.queue_events = 1'000'000, .history_events = 1'000'000});
  Stream stream;
  Client client;
  auto producer = Producer(&feed);
  std::thread pump([&] {
    for (int i = 0; i < 3'000; ++i) feed.Take(stream.Batch(1 + static_cast<size_t>(i) % 150));
  });
  int resumed = 0;
  v1::StreamEventsResponse message;
  do {
    for (int i = 0; i < 3 && Read(producer.get(), &message); ++i) client.Apply(message);
    if (client.token().empty()) continue;
    producer = Producer(&feed, client.token());
    ++resumed;
  } while (feed.counters().in == 0 || resumed < 200);
  pump.join();
  ReadInto(producer.get(), &client);
  EXPECT_EQ(client.gap(), 0u);
  EXPECT_EQ(client.events(), stream.issued());
  EXPECT_EQ(client.next(), stream.next());
}

TEST(EventProducer, SaysHowManyAreNotThereAnyMore) {
  live::Feed feed({.history_events = 1'000});
  Stream stream;
  Client client;
  auto producer = Producer(&feed);
  feed.Take(stream.Batch(100));
  ReadInto(producer.get(), &client);
  producer.reset();
  for (int i = 0; i < 50; ++i) feed.Take(stream.Batch(100));
  producer = Producer(&feed, client.token());
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message));
  ASSERT_TRUE(message.has_gap());
  EXPECT_GT(message.gap().event_count(), 3'900u);
  EXPECT_NE(message.gap().reason().find("not in memory any more"), std::string::npos);
  client.Apply(message);
  ReadInto(producer.get(), &client);
  // Known from the numbers, to the last one.
  EXPECT_EQ(client.gap(), client.skipped());
  EXPECT_EQ(client.next(), stream.next());
}

TEST(EventProducer, ATokenAfterAGapDoesNotBringItBack) {
  live::Feed feed({.queue_events = 500, .history_events = 400});
  Stream stream;
  Client client;
  auto producer = Producer(&feed);
  feed.Take(stream.Batch(100));
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message));
  client.Apply(message);
  for (int i = 0; i < 50; ++i) feed.Take(stream.Batch(100));
  ASSERT_TRUE(Read(producer.get(), &message));
  ASSERT_TRUE(message.has_gap());
  EXPECT_NE(message.gap().reason().find("too slow"), std::string::npos);
  client.Apply(message);
  producer = Producer(&feed, client.token());
  feed.Take(stream.Batch(10));
  const size_t before = client.events();
  ReadInto(producer.get(), &client);
  EXPECT_EQ(client.next(), stream.next());
  EXPECT_EQ(client.events() - before, 10u);
}

TEST(EventProducer, GoesOnIntoTheNextCapture) {
  live::Feed feed;
  Stream first;
  Stream second(fakes::MakeCapture(2));
  Client client;
  auto producer = Producer(&feed);
  feed.Take(first.Batch(100));
  ReadInto(producer.get(), &client);
  feed.Take(first.Batch(50));
  feed.Take(second.Batch(70));
  producer = Producer(&feed, client.token());
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message));
  EXPECT_FALSE(message.has_gap());
  EXPECT_EQ(message.events_size(), 50);
  ASSERT_TRUE(Read(producer.get(), &message));
  EXPECT_EQ(message.gap().reason(), "the source was interrupted; another capture begins here");
  EXPECT_EQ(message.gap().event_count(), 0u);
  EXPECT_EQ(message.events_size(), 70);
}

TEST(EventProducer, OfAnUnknownCaptureTakesAllThereIs) {
  live::Feed feed({.history_events = 100});
  Stream first;
  Stream second(fakes::MakeCapture(2));
  Client client;
  auto producer = Producer(&feed);
  feed.Take(first.Batch(10));
  ReadInto(producer.get(), &client);
  // Of the second capture only the end is still there.
  feed.Take(second.Batch(60));
  feed.Take(second.Batch(60));
  producer = Producer(&feed, client.token());
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message));
  EXPECT_GE(message.gap().event_count(), 60u);
  EXPECT_EQ(message.events_size(), 60);
}

TEST(EventProducer, ATokenFromTheFutureWaitsForIt) {
  // The same recording, played again from its beginning.
  Client client;
  std::string token;
  {
    live::Feed feed;
    Stream stream;
    auto producer = Producer(&feed);
    feed.Take(stream.Batch(1'000));
    ReadInto(producer.get(), &client);
  }
  live::Feed feed;
  Stream stream;
  auto producer = Producer(&feed, client.token());
  for (int i = 0; i < 20; ++i) feed.Take(stream.Batch(100));
  ReadInto(producer.get(), &client);
  EXPECT_EQ(client.gap(), 0u);
  EXPECT_EQ(client.events(), stream.issued());
}

TEST(EventProducer, AFilterMovesThePositionToo) {
  live::Feed feed;
  Stream stream;
  EventStreamOptions options;
  options.filter.tgids = {1};
  auto producer = Producer(&feed, "", options);
  feed.Take(stream.Batch(1'000));
  v1::StreamEventsResponse message;
  std::set<std::pair<uint32_t, uint64_t>> seen;
  ASSERT_TRUE(Read(producer.get(), &message));
  for (const auto& event : message.events()) seen.emplace(event.cpu(), event.sequence());
  const size_t before = seen.size();
  // Another filter goes on where this one was: no event of before.
  producer = Producer(&feed, message.resume_token());
  feed.Take(stream.Batch(100));
  ASSERT_TRUE(Read(producer.get(), &message));
  for (const auto& event : message.events()) seen.emplace(event.cpu(), event.sequence());
  EXPECT_EQ(message.events_size(), 100);
  EXPECT_EQ(seen.size(), before + 100);
}

// Of a filter that nothing passes.
EventStreamOptions Nobody(std::chrono::nanoseconds token_interval = std::chrono::hours(1)) {
  EventStreamOptions options;
  options.filter.tgids = {99};
  options.token_interval = token_interval;
  return options;
}

bool SaysItsPlaceAlone(const v1::StreamEventsResponse& message) {
  return !message.resume_token().empty() && message.events_size() == 0 && !message.has_gap();
}

// Who follows something rare, and is away before it comes, misses nothing all the same.
TEST(EventProducer, SaysWhereItStandsBeforeAnyEventComes) {
  live::Feed feed;
  Stream stream = Stream::Whole();
  feed.Take(stream.Batch(100));
  auto producer = Producer(&feed, "", Nobody());
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_TRUE(SaysItsPlaceAlone(message));
  const std::string token = message.resume_token();
  EXPECT_FALSE(Read(producer.get(), &message));
  feed.Take(stream.Batch(50));
  producer = Producer(&feed, token);
  ASSERT_TRUE(Read(producer.get(), &message));
  EXPECT_EQ(message.events_size(), 50);
  EXPECT_FALSE(message.has_gap());
}

TEST(EventProducer, SaysWhereItStandsOnceACaptureHasBegun) {
  live::Feed feed;
  Stream stream = Stream::Whole();
  auto producer = Producer(&feed, "", Nobody());
  v1::StreamEventsResponse message;
  EXPECT_FALSE(Read(producer.get(), &message));  // there is no place yet
  feed.Take(stream.Batch(50));
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_TRUE(SaysItsPlaceAlone(message));
}

// What was looked at meanwhile may not be in memory any more when the client comes back.
TEST(EventProducer, SaysHowFarItHasLookedWhereNothingWasToBeTold) {
  live::Feed feed({.history_events = 300});
  Stream stream = Stream::Whole();
  feed.Take(stream.Batch(1));
  auto producer = Producer(&feed, "", Nobody(std::chrono::nanoseconds(0)));
  std::string token;
  v1::StreamEventsResponse message;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(Read(producer.get(), &message, false));
    EXPECT_TRUE(SaysItsPlaceAlone(message));
    EXPECT_NE(message.resume_token(), token);
    token = message.resume_token();
    // And says nothing again before it has looked at something else.
    auto again = Clock::time_point::max();
    EXPECT_FALSE(ReadNext(producer.get(), true, &message, &again));
    EXPECT_EQ(again, Clock::time_point::max());
    feed.Take(stream.Batch(100));
  }
  producer = Producer(&feed, token);
  ASSERT_TRUE(Read(producer.get(), &message));
  EXPECT_FALSE(message.has_gap()) << message.gap().reason();
  EXPECT_EQ(message.events_size(), 100);
}

TEST(EventProducer, SaysItNoMoreOftenThanItMustAndAtTheEnd) {
  live::Feed feed;
  Stream stream = Stream::Whole();
  feed.Take(stream.Batch(1));
  auto producer = Producer(&feed, "", Nobody());
  v1::StreamEventsResponse message;
  const auto before = Clock::now();
  ASSERT_TRUE(Read(producer.get(), &message, false));
  const std::string token = message.resume_token();
  feed.Take(stream.Batch(100));
  auto again = Clock::time_point::max();
  EXPECT_FALSE(ReadNext(producer.get(), false, &message, &again));
  EXPECT_GE(again, before + std::chrono::hours(1));
  EXPECT_LE(again, Clock::now() + std::chrono::hours(1));
  // memmond ends, and whoever comes back to the next one has missed nothing of this one's.
  ASSERT_TRUE(Read(producer.get(), &message, true));
  EXPECT_TRUE(SaysItsPlaceAlone(message));
  EXPECT_NE(message.resume_token(), token);
}

// To say where it stands holds back no event.
TEST(EventProducer, AnEventRightBehindItsPlaceComesAtOnce) {
  live::Feed feed;
  Stream stream = Stream::Whole();
  EventStreamOptions options;
  options.max_delay = seconds(10);
  feed.Take(stream.Batch(1));
  auto producer = Producer(&feed, "", options);
  v1::StreamEventsResponse message;
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_TRUE(SaysItsPlaceAlone(message));
  feed.Take(stream.Batch(1));
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_EQ(message.events_size(), 1);
}

TEST(EventProducer, HoldsEventsBackUntilTheyAreDueOrMany) {
  live::Feed feed;
  Stream stream;
  EventStreamOptions options;
  options.max_delay = seconds(10);
  auto producer = Producer(&feed, "", options);
  v1::StreamEventsResponse message;
  feed.Take(stream.Batch(1));
  ASSERT_TRUE(Read(producer.get(), &message, false));  // nobody waited
  feed.Take(stream.Batch(1));
  message.Clear();
  auto again = Clock::time_point::max();
  EXPECT_FALSE(ReadNext(producer.get(), false, &message, &again));
  EXPECT_GT(again, Clock::now() + seconds(5));
  EXPECT_LT(again, Clock::now() + seconds(11));
  // A whole message is given at once, the rest waits.
  feed.Take(stream.Batch(1'100));
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_EQ(message.events_size(), kMaxEventsPerMessage);
  ASSERT_TRUE(Read(producer.get(), &message, false));
  EXPECT_EQ(message.events_size(), 1'101 - kMaxEventsPerMessage);
}

TEST(EventProducer, ALongDelayAndANarrowFilterLoseNothing) {
  live::Feed feed({.queue_events = 5'000, .history_events = 0});
  Stream stream;
  EventStreamOptions options;
  options.max_delay = seconds(10);
  options.filter.tgids = {1};
  auto producer = Producer(&feed, "", options);
  v1::StreamEventsResponse message;
  feed.Take(stream.Batch(10));
  ASSERT_TRUE(Read(producer.get(), &message, false));
  uint64_t events = 0;
  for (int i = 0; i < 20; ++i) {
    feed.Take(stream.Batch(1'500));  // what would wake it
    if (Read(producer.get(), &message, false))
      events += static_cast<uint64_t>(message.events_size());
    EXPECT_FALSE(message.has_gap());
  }
  EXPECT_GT(events, 4'000u);
  EXPECT_EQ(feed.counters().dropped, 0u);
}

TEST(EventProducer, WhatALimitLeavesOutIsCounted) {
  live::Feed feed({.queue_events = 100'000, .history_events = 100'000});
  Stream stream;
  auto producer = Producer(&feed, "", {.max_per_second = 100});
  uint64_t told = 0;
  uint64_t left_out = 0;
  const auto read = [&] {
    std::string token;
    v1::StreamEventsResponse message;
    while (Read(producer.get(), &message)) {
      token = message.resume_token();
      told += static_cast<uint64_t>(message.events_size());
      for (const auto& [kind, count] : Pairs(message)) left_out += count;
      EXPECT_FALSE(message.has_gap());
    }
    return token;
  };
  feed.Take(stream.Batch(5'000));
  const std::string token = read();
  EXPECT_GT(left_out, 4'000u);
  EXPECT_EQ(told + left_out, stream.issued());
  // A message that tells of nothing else, and goes behind them all.
  const uint64_t before = left_out;
  feed.Take(stream.Batch(1));
  read();
  EXPECT_EQ(told + left_out, stream.issued());
  EXPECT_LE(left_out, before + 1);
  producer = Producer(&feed, token, {.max_per_second = 100});
  told = left_out = 0;
  read();
  EXPECT_EQ(told + left_out, 1u);
}

}  // namespace
}  // namespace memmon::api
