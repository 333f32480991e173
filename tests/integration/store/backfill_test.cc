// SPDX-License-Identifier: Apache-2.0
//
// What a stream that was resumed reads, out of a real database.

#include <map>
#include <random>

#include "fixture.h"

namespace memmon::test {
namespace {

using model::EventKind;
using model::Position;
using store::BackfillPage;

// Events as the module makes them: each sub-stream by itself, in batches that
// hold seconds of one CPU and then seconds of the next.
class Stream {
 public:
  explicit Stream(std::shared_ptr<const model::Capture> capture) : capture_(std::move(capture)) {}

  model::SharedBatch Batch(size_t count) {
    auto batch = std::make_shared<model::Batch>();
    batch->capture = capture_;
    while (batch->events.size() < count) {
      // One CPU is quiet nearly always.
      const auto slot = static_cast<size_t>(random_() % 100 == 0 ? 4 : random_() % 4);
      for (auto run = 1 + random_() % 60; run > 0 && batch->events.size() < count; --run) {
        model::Event event = MakeBatch(capture_, 0, 0, 1)->events[0];
        event.kind = slot == 0 ? EventKind::kResync : EventKind::kMmap;
        event.cpu = Position::Cpu(slot);
        event.sequence = next_[slot];
        event.time_ns = time_ns_[slot] += random_() % 3'000'000;
        if (slot != 0 && random_() % 50 == 0) {
          event.kind = EventKind::kLost;
          event.lost_count = 1 + random_() % 9;
        }
        next_[slot] = event.next_sequence();
        batch->events.push_back(event);
        all_.push_back(event);
      }
    }
    return batch;
  }
  // Where the stream stood after so many events.
  Position After(size_t count) const {
    Position position(model::IdOf(*capture_));
    for (size_t i = 0; i < count; ++i) position.Pass(all_[i]);
    return position;
  }
  const std::vector<model::Event>& all() const { return all_; }

 private:
  const std::shared_ptr<const model::Capture> capture_;
  std::mt19937 random_{11};
  std::vector<uint64_t> next_ = {1, 0, 0, 0, 0};
  std::vector<uint64_t> time_ns_ = {9'000, 1'000, 5'000'000'000, 2'000, 3'000};
  std::vector<model::Event> all_;
};

class BackfillTest : public StoreTest {
 protected:
  // Reads from `position` to the end; counts what comes, and checks its order.
  size_t ReadAll(
      store::Store& store, Position* position, size_t page_size = 777,
      const std::function<void()>& between = [] {}) {
    store::BackfillQuery query{.from = *position, .max_events = page_size};
    missing_ = 0;
    for (size_t count = 0;;) {
      const auto page = store.Backfill(query);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return count;
      EXPECT_LE(page->events.size(), page_size);
      int64_t time_us = 0;
      for (const auto& stored : page->events) {
        const model::Event& event = stored.event;
        EXPECT_GE(event.sequence, query.from.Next(event.cpu)) << "CPU " << event.cpu;
        missing_ += event.sequence - query.from.Next(event.cpu);
        EXPECT_GE(event.time_ns, query.from.Since(event.cpu));
        EXPECT_GE(stored.time_unix_ns / 1000, time_us);
        time_us = stored.time_unix_ns / 1000;
        query.from.Pass(event);
      }
      count += page->events.size();
      missing_ += query.from.MissingBefore(page->after);
      query.from = page->after;
      query.window = page->window;
      next_ = page->next;
      if (page->at_end && page->events.empty()) {
        *position = query.from;
        return count;
      }
      between();
    }
  }

  uint64_t missing_ = 0;
  std::optional<model::CaptureId> next_;
};

TEST_F(BackfillTest, GivesEverythingBehindAPositionOnceInOrder) {
  auto store = Open();
  Stream stream(MakeCapture());
  while (stream.all().size() < 20'000) store->Take(stream.Batch(900));
  Drain(*store);
  for (const size_t before : {0u, 1u, 500u, 7'777u, 19'999u, 20'700u}) {
    Position position = stream.After(before);
    EXPECT_EQ(ReadAll(*store, &position), stream.all().size() - before) << before;
    EXPECT_EQ(missing_, 0u);
    EXPECT_EQ(position.next, stream.After(stream.all().size()).next);
    EXPECT_FALSE(next_);
  }
  // Every field that is stored.
  const auto page = store->Backfill({.from = stream.After(0), .max_events = 1});
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->events.size(), 1u);
  const model::Event& first = page->events[0].event;
  EXPECT_EQ(page->events[0].time_unix_ns, kNoonUnixNs + static_cast<int64_t>(first.time_ns));
  EXPECT_EQ(first.name(), "work0");
  EXPECT_EQ(first.length_bytes, 4096u);
}

TEST_F(BackfillTest, MissesNothingThatIsStoredMeanwhile) {
  auto store = Open();
  Stream stream(MakeCapture());
  store->Take(stream.Batch(3'000));
  Drain(*store);
  Position position = stream.After(10);
  size_t rounds = 0;
  // Batches that are stored later hold events that are older than what was read.
  const size_t count = ReadAll(*store, &position, 500, [&] {
    if (++rounds > 20) return;
    store->Take(stream.Batch(400));
    Drain(*store);
  });
  EXPECT_EQ(count, stream.all().size() - 10);
  EXPECT_EQ(missing_, 0u);
}

TEST_F(BackfillTest, WhatIsNotThereIsPassedAndCounted) {
  auto filtered = options();
  filtered.keep = {store::KeepMode::kFiltered, {.kinds = {EventKind::kMunmap}}};
  auto store = Open(filtered);
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 1'000));  // every other one is a mmap
  store->Take(MakeBatch(capture, 1, 0, 1'000));
  Drain(*store);
  Position position(model::IdOf(*capture));
  EXPECT_EQ(ReadAll(*store, &position), 1'000u);
  EXPECT_EQ(missing_, 1'000u);
  // The day is dropped; the books stay.
  position = Position(model::IdOf(*capture));
  Connect()->Execute("TRUNCATE memmon.event").IgnoreError();
  EXPECT_EQ(ReadAll(*store, &position), 0u);
  EXPECT_EQ(missing_, 2'000u);
  EXPECT_EQ(position.next, (std::vector<uint64_t>{1, 1'000, 1'000}));
  // And what was lost on the way.
  ASSERT_TRUE(Connect()
                  ->Execute("INSERT INTO memmon.loss (host_id, capture_row, cpu, first_sequence,"
                            " last_sequence, event_count, reason)"
                            " SELECT host_id, capture_row, 1, 1000, 1499, 500, 'queue full'"
                            " FROM memmon.capture")
                  .ok());
  EXPECT_EQ(ReadAll(*store, &position), 0u);
  EXPECT_EQ(missing_, 500u);
}

TEST_F(BackfillTest, NamesTheCaptureThatFollows) {
  auto store = Open();
  auto of_next_boot = std::make_shared<model::Capture>(*MakeCapture(1, 500));
  of_next_boot->boot_id = {7, 7, 7};
  // The module was loaded again: the number begins anew, the time does not.
  const auto captures = {MakeCapture(1, 1'000), MakeCapture(2, 2'000), MakeCapture(1, 3'000)};
  for (const auto& capture : captures) store->Take(MakeBatch(capture, 0, 0, 10));
  store->Take(MakeBatch(of_next_boot, 0, 0, 10));
  Drain(*store);
  auto theirs = options();
  theirs.machine_id = "another";
  auto other = Open(theirs);
  other->Take(MakeBatch(MakeCapture(5, 1'500), 0, 0, 10));
  Drain(*other);

  Position position(model::IdOf(*MakeCapture(1, 1'000)));
  std::vector<std::pair<uint64_t, uint32_t>> seen;
  for (;;) {
    EXPECT_EQ(ReadAll(*store, &position), 10u);
    seen.emplace_back(position.capture.start_ns, position.capture.number);
    if (!next_) break;
    position = Position(*next_);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<uint64_t, uint32_t>>{
                      {1'000, 1}, {2'000, 2}, {3'000, 1}, {500, 1}}));
  EXPECT_EQ(position.capture, model::IdOf(*of_next_boot));
  // A capture that is forgotten, or never was stored, of a boot that is known.
  position = Position(model::IdOf(*MakeCapture(9, 2'500)));
  EXPECT_EQ(ReadAll(*store, &position), 0u);
  EXPECT_EQ(missing_, 0u);
  EXPECT_EQ(next_, model::IdOf(*MakeCapture(1, 3'000)));
  // Of a boot nobody knows what follows.
  auto unknown = std::make_shared<model::Capture>(*MakeCapture());
  unknown->boot_id = {1};
  position = Position(model::IdOf(*unknown));
  EXPECT_EQ(ReadAll(*store, &position), 0u);
  EXPECT_FALSE(next_);
}

// Where memory begins the database is not asked any more, nor its books.
TEST_F(BackfillTest, ReadsNoFurtherThanIsWanted) {
  auto store = Open();
  Stream stream(MakeCapture());
  while (stream.all().size() < 5'000) store->Take(stream.Batch(500));
  Drain(*store);
  for (const size_t until : {0u, 1u, 1'234u, 4'999u}) {
    const auto page = store->Backfill({.from = stream.After(0), .until = stream.After(until)});
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), until);
    EXPECT_TRUE(page->at_end);
    EXPECT_EQ(page->after.MissingBefore(stream.After(until)), 0u);
    EXPECT_EQ(stream.After(until).MissingBefore(page->after), 0u);
  }
}

// Whatever a token says, there is an answer.
TEST_F(BackfillTest, PositionsThatMakeNoSenseAreHarmless) {
  auto store = Open();
  const auto capture = MakeCapture();
  store->Take(MakeBatch(capture, 0, 0, 100));
  Drain(*store);
  Position position(model::IdOf(*capture));
  position.next = {~0ULL, ~0ULL, 5};
  EXPECT_TRUE(store->Backfill({.from = position}).ok());
  position.since = {~0ULL, ~0ULL, ~0ULL};
  EXPECT_TRUE(store->Backfill({.from = position}).ok());
  position = Position(model::IdOf(*capture));
  position.since = {0, ~0ULL};
  EXPECT_TRUE(store->Backfill({.from = position}).ok());
  for (const size_t size : {0u, 10'001u}) {
    EXPECT_EQ(store->Backfill({.from = position, .max_events = size}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace memmon::test
