// SPDX-License-Identifier: Apache-2.0
//
// Memory and disk as one queue: in order and complete, whatever the writer and
// the threads do.

#include "store/backlog.h"

#include <atomic>
#include <random>
#include <thread>

#include "spool_fixture.h"
#include "store/cause.h"

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

class BacklogTest : public SpoolTest {
 protected:
  static BacklogOptions Limits(milliseconds overdue) {
    BacklogOptions options;
    options.queue_events = 1'000'000;
    options.batching = {10, 10, milliseconds(1)};
    options.overdue = overdue;
    return options;
  }
  static model::SharedBatch Batch(const std::shared_ptr<const model::Capture>& capture,
                                  uint64_t first, size_t count) {
    return ChunkOf(capture, 0, first, count).slices[0].batch;
  }
  // The next chunk that has something, for a minute at most.
  static Chunk Next(Backlog& backlog) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    for (;;) {
      Chunk chunk = backlog.Next(milliseconds(10));
      if (!chunk.empty() || std::chrono::steady_clock::now() > deadline) return chunk;
    }
  }
  // The losses of all that comes until nothing does, and how many events that is.
  static std::pair<uint64_t, std::vector<Loss>> Drain(Backlog& backlog) {
    uint64_t events = 0;
    std::vector<Loss> losses;
    while (backlog.counters().waiting != 0) {
      const Chunk chunk = Next(backlog);
      if (chunk.empty()) break;
      events += chunk.event_count;
      losses.insert(losses.end(), chunk.losses.begin(), chunk.losses.end());
      backlog.Done(chunk, 0);
    }
    return {events, losses};
  }
  template <typename Condition>
  static void WaitFor(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_TRUE(condition()) << "after a minute";
  }
};

TEST_F(BacklogTest, WithoutASpoolItIsTheQueue) {
  Backlog backlog(Limits(milliseconds(0)), nullptr);
  backlog.Push(Batch(SpoolCapture(), 0, 10));
  backlog.DatabaseIsAway();
  const Chunk chunk = Next(backlog);
  EXPECT_EQ(chunk.event_count, 10u);
  backlog.Done(chunk, 3);
  EXPECT_EQ(backlog.counters().out, 7u);
  EXPECT_EQ(backlog.counters().dropped, 3u);
  EXPECT_FALSE(backlog.spool_counters().has_value());
}

TEST_F(BacklogTest, OneQueueInOrderAtRandomMoments) {
  constexpr uint64_t kEvents = 30'000;
  SpoolOptions options = Options();
  options.bytes = 10 << 20;
  Backlog backlog(Limits(milliseconds(20)), Open(options));
  const auto capture = SpoolCapture();
  std::atomic<bool> over = false;
  std::thread looker([&] {
    while (!over) {
      const auto all = backlog.counters();
      EXPECT_EQ(all.in, all.out + all.dropped + all.waiting);
      EXPECT_LE(all.waiting, kEvents);
      const auto spool = *backlog.spool_counters();
      EXPECT_EQ(spool.in, spool.out + spool.dropped + spool.waiting);
    }
  });
  std::thread pump([&] {
    for (uint64_t i = 0; i < kEvents; i += 50) backlog.Push(Batch(capture, i, 50));
  });
  std::mt19937 random(7);
  uint64_t next = 0;
  uint64_t epoch = 0;
  while (next < kEvents) {
    const Chunk chunk = Next(backlog);
    ASSERT_FALSE(chunk.empty()) << next;
    if (epoch == 0) epoch = chunk.epoch;
    EXPECT_EQ(chunk.epoch, epoch) << "nothing was refused";
    for (const auto& event : EventsOf(chunk)) ASSERT_EQ(event.sequence, next++);
    if (random() % 200 == 0) {
      // An outage: until something more has gone to disk, or all is there.
      backlog.DatabaseIsAway();
      const uint64_t before = backlog.spool_counters()->in;
      while (backlog.spool_counters()->in == before && backlog.Flush(milliseconds(1)) != 0) {
      }
    }
    backlog.Done(chunk, 0);
  }
  pump.join();
  over = true;
  looker.join();
  EXPECT_GT(backlog.spool_counters()->in, 0u);
  EXPECT_EQ(backlog.counters().out, kEvents);
  EXPECT_EQ(backlog.counters().waiting, 0u);
  EXPECT_TRUE(Files().empty());
}

TEST_F(BacklogTest, WhatWasLostBeforeIsToldOnceItCanBe) {
  const auto capture = SpoolCapture();
  SpoolOptions options = Options();
  {
    Backlog backlog(Limits(milliseconds(0)), Open(options));
    backlog.DatabaseIsAway();
    for (uint64_t i = 0; i < 1'000; i += 10) backlog.Push(Batch(capture, i, 10));
    ASSERT_EQ(backlog.Flush(std::chrono::minutes(1)), 0u);
    EXPECT_GT(backlog.counters().dropped, 0u);
  }
  Backlog backlog(Limits(milliseconds(0)), Open(options));
  const uint64_t left = backlog.counters().waiting;
  EXPECT_GT(left, 0u);
  EXPECT_EQ(backlog.counters().in, left);
  const Chunk first = Next(backlog);
  ASSERT_EQ(first.losses.size(), 1u);
  EXPECT_EQ(first.losses[0].span, (Span{0, 0, 1'000 - left - 1}));
  EXPECT_EQ(EventsOf(first)[0].sequence, 1'000 - left);
  backlog.Done(first, 0);
  EXPECT_TRUE(Next(backlog).losses.empty()) << "it is written down";
}

TEST_F(BacklogTest, WhatFollowsALossIsOfAnotherEpoch) {
  const auto capture = SpoolCapture();
  Backlog backlog(Limits(std::chrono::minutes(1)), Open());
  backlog.Push(Batch(capture, 0, 10));
  const Chunk held = Next(backlog);
  ASSERT_EQ(held.event_count, 10u);
  // While the writer waits for the server, the spool gets full.
  backlog.DatabaseIsAway();
  for (uint64_t i = 10; i < 1'000; i += 10) backlog.Push(Batch(capture, i, 10));
  ASSERT_EQ(backlog.Flush(std::chrono::minutes(1)), 0u);
  ASSERT_GT(backlog.spool_counters()->dropped, 0u);
  backlog.Done(held, 0);
  uint64_t next = 10;
  uint64_t epoch = held.epoch;
  int gaps = 0;
  while (next < 1'000) {
    const Chunk chunk = Next(backlog);
    ASSERT_GT(chunk.event_count, 0u) << next;
    const uint64_t first = EventsOf(chunk)[0].sequence;
    EXPECT_EQ(chunk.epoch != epoch, first != next) << "no range may reach over what is lost";
    gaps += first != next ? 1 : 0;
    epoch = chunk.epoch;
    next = first + chunk.event_count;
    backlog.Done(chunk, 0);
  }
  EXPECT_EQ(gaps, 1);
}

// Events of which 500 find no room, and their losses none on the disk until `Heal`.
class UnwritableLedger : public BacklogTest {
 protected:
  static constexpr uint64_t kRoom = 1'000;

  std::unique_ptr<Backlog> Filled(milliseconds overdue) {
    ++round_;
    BacklogOptions limits = Limits(overdue);
    limits.queue_events = kRoom;
    limits.batching.most = kRoom;
    SpoolOptions options = Options();
    options.directory = Directory();
    options.bytes = 10 << 20;
    options.most_events = kRoom;
    auto backlog = std::make_unique<Backlog>(limits, Open(options));
    std::filesystem::create_directory(Obstacle());
    backlog->Push(Batch(SpoolCapture(), 0, kRoom + 500));
    return backlog;
  }
  void Heal(const Backlog& backlog) {
    std::filesystem::remove(Obstacle());
    WaitFor([&] { return backlog.problem().ok(); });
  }

 private:
  std::string Directory() const { return directory() + std::to_string(round_); }
  std::string Obstacle() const { return Directory() + "/losses.new"; }

  int round_ = 0;
};

TEST_F(UnwritableLedger, DoublesNothing) {
  const auto backlog = Filled(std::chrono::minutes(1));
  backlog->DatabaseIsAway();
  WaitFor([&] { return !backlog->problem().ok(); });
  // Another round: what was put back would go to the spool once more.
  backlog->Push(Batch(SpoolCapture(), kRoom + 500, 10));
  WaitFor([&] { return backlog->spool_counters()->in >= kRoom + 10; });
  EXPECT_EQ(backlog->spool_counters()->in, kRoom + 10);
  Heal(*backlog);
  const auto [events, losses] = Drain(*backlog);
  EXPECT_EQ(events, kRoom + 10);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses[0].event_count, 500u);
  EXPECT_EQ(backlog->counters().waiting, 0u);
}

TEST_F(UnwritableLedger, HidesNothingBehindWhatWasInHand) {
  std::unique_ptr<Backlog> backlog;
  Chunk held;
  // A queue that is full goes to the spool at once; nearly always the writer is first.
  for (int tries = 0; tries < 1'000 && held.event_count == 0; ++tries) {
    backlog = Filled(std::chrono::minutes(1));
    held = backlog->Next(milliseconds(0));
  }
  ASSERT_EQ(held.event_count, kRoom);
  ASSERT_EQ(held.losses.size(), 1u);
  backlog->DatabaseIsAway();
  WaitFor([&] { return !backlog->problem().ok(); });
  backlog->Done(held, 0);
  Heal(*backlog);
  // The next outage.
  backlog->Push(Batch(SpoolCapture(), kRoom + 500, 100));
  backlog->DatabaseIsAway();
  WaitFor([&] { return backlog->spool_counters()->in >= 100; });
  EXPECT_EQ(Drain(*backlog).first, 100u);
  EXPECT_EQ(backlog->counters().waiting, 0u);
}

TEST_F(UnwritableLedger, IsToldWhereMemmondEnds) {
  const auto backlog = Filled(std::chrono::minutes(1));
  backlog->DatabaseIsAway();
  WaitFor([&] { return backlog->spool_counters()->in >= kRoom; });
  WaitFor([&] { return !backlog->problem().ok(); });
  EXPECT_EQ(backlog->Flush(milliseconds(1)), 1u) << "500 events are lost, and no disk says so";
  Heal(*backlog);
  EXPECT_EQ(backlog->Flush(std::chrono::minutes(1)), 0u);
}

// While a full spool cannot tell what it would drop, events wait in memory.
TEST_F(BacklogTest, WhatCannotBeToldIsNotDropped) {
  Backlog backlog(Limits(milliseconds(0)), Open());
  const std::string obstacle = directory() + "/losses.new";
  std::filesystem::create_directory(obstacle);
  backlog.DatabaseIsAway();
  for (uint64_t i = 0; i < 2'000; i += 10) backlog.Push(Batch(SpoolCapture(), i, 10));
  WaitFor([&] { return !backlog.problem().ok(); });
  EXPECT_EQ(CauseOf(backlog.problem()), Cause::kSpoolUnwritable);
  EXPECT_NE(std::string(backlog.problem().message()).find(obstacle), std::string::npos);
  EXPECT_EQ(backlog.counters().waiting, 2'000u);
  EXPECT_EQ(backlog.counters().dropped, 0u);
  EXPECT_GT(backlog.in_memory(), 0u);
  EXPECT_GT(backlog.Flush(milliseconds(1)), 0u);
  std::filesystem::remove(obstacle);
  EXPECT_EQ(backlog.Flush(std::chrono::minutes(1)), 0u);
  EXPECT_EQ(backlog.in_memory(), 0u);
  EXPECT_GT(backlog.counters().dropped, 0u);
  EXPECT_EQ(CauseOf(backlog.problem()), Cause::kSpoolFull);
  const auto [events, losses] = Drain(backlog);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(events + losses[0].event_count, 2'000u);
}

TEST_F(BacklogTest, ItEndsWhileEverythingWaits) {
  const auto capture = SpoolCapture();
  auto backlog = std::make_unique<Backlog>(Limits(std::chrono::minutes(1)), Open());
  backlog->Push(Batch(capture, 0, 10));
  std::thread writer([&] {
    const Chunk chunk = backlog->Next(std::chrono::minutes(1));
    if (!chunk.empty()) backlog->Done(chunk, 0);
    EXPECT_TRUE(backlog->Next(std::chrono::minutes(1)).empty());
  });
  backlog->Close();
  writer.join();
  backlog.reset();
}

}  // namespace
}  // namespace memmon::store
