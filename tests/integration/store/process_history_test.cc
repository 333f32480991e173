// SPDX-License-Identifier: Apache-2.0
//
// One process through time, from what the store wrote: against the process table,
// which is told the same events.

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "fakes/durations.h"
#include "fixture.h"
#include "processes/process_table.h"
#include "random_lives.h"

namespace memmon::test {
namespace {

using model::EventKind;
using model::ProcessKey;
using store::HistoryPoint;
using store::HistoryQuery;
using store::ProcessHistory;

class ProcessHistoryTest : public StoreTest {
 protected:
  ProcessHistory Ask(store::Store& store, const HistoryQuery& query) {
    auto history = store.GetProcessHistory(query);
    EXPECT_TRUE(history.ok()) << history.status();
    return history.ok() ? *history : ProcessHistory{};
  }

  // What the process table says at the end of each step, and the sums within.
  static void ExpectAsTheTableSays(const ProcessHistory& history, const Lives& lives,
                                   const ProcessKey& key, int64_t end_unix_ns) {
    ASSERT_FALSE(history.points.empty());
    processes::ProcessTable table({.keep_ended_ns = ~0ULL >> 1, .max_ended = 1'000'000});
    size_t next = 0;
    std::map<int64_t, HistoryPoint> points;
    for (const HistoryPoint& point : history.points) points[point.time_unix_ns] = point;
    const int64_t start = history.points.front().time_unix_ns;
    model::Process before;
    HistoryPoint shown;
    for (int64_t step = start; step < end_unix_ns; step += history.step_ns) {
      auto batch = std::make_shared<model::Batch>();
      batch->capture = lives.capture;
      while (next < lives.in_time.size() &&
             lives.UnixNs(lives.in_time[next]) < step + history.step_ns) {
        batch->events.push_back(lives.in_time[next++]);
      }
      // Of the step alone; the first batch has all that was before it, too.
      uint64_t requested = 0;
      uint64_t released = 0;
      uint64_t largest = before.virtual_size_bytes;
      bool any = false;
      for (const model::Event& event : batch->events) {
        if (lives.UnixNs(event) < step || event.process() != key) continue;
        any = true;
        if (event.kind == EventKind::kMmap && !event.failed()) requested += event.length_bytes;
        if (event.kind == EventKind::kMunmap && !event.failed()) released += event.length_bytes;
        if (event.mm_id != 0) largest = std::max(largest, event.virtual_size_bytes);
      }
      table.Take(batch);
      model::Process now;
      for (const auto& process : table.ChangesSince(0, 0).processes) {
        if (process.key == key) now = process;
      }
      const auto found = points.find(step);
      if (found == points.end()) {
        ASSERT_FALSE(any) << "a step without its point: " << step;
        ASSERT_EQ(now.held_bytes, shown.held_bytes);
      } else {
        const HistoryPoint& point = shown = found->second;
        ASSERT_EQ(point.held_bytes, now.held_bytes) << step;
        if (!lives.sharers.contains(key)) {
          ASSERT_EQ(point.virtual_size_bytes, now.virtual_size_bytes) << step;
        }
        ASSERT_EQ(point.requested_bytes, requested) << step;
        ASSERT_EQ(point.released_bytes, released) << step;
        if (step > start) {
          ASSERT_EQ(point.mmap_count, now.mmap_count - before.mmap_count) << step;
          ASSERT_EQ(point.munmap_count, now.munmap_count - before.munmap_count) << step;
          ASSERT_EQ(point.failed_count, now.failed_count - before.failed_count) << step;
          // A minute's largest leaves out what was read only after an exec.
          if (!lives.sharers.contains(key) && history.step_ns < kMinuteNs) {
            ASSERT_EQ(point.max_virtual_size_bytes, largest) << step;
          }
        }
        points.erase(found);
      }
      before = now;
    }
    EXPECT_TRUE(points.empty()) << "points where there is no step";
  }
};

TEST_F(ProcessHistoryTest, AgreesWithTheProcessTableAtTheEndOfEveryStep) {
  for (const uint32_t seed : {1u, 2u}) {
    database_ = cluster().CreateDatabase();
    auto store = Open();
    const Lives lives = RandomLives(seed, /*seconds=*/600);
    for (const auto& batch : lives.batches) store->Take(batch);
    Drain(*store);
    for (const ProcessKey& key : lives.keys) {
      for (const int64_t start_s : {0, 130, 300}) {
        for (const auto& [span_s, points] :
             std::vector<std::pair<int, int>>{{30, 100}, {200, 45}, {200, 20}, {300, 8}}) {
          HistoryQuery query;
          query.process = key;
          query.start_unix_ns = kNoonUnixNs + start_s * kSecondNs;
          query.end_unix_ns = query.start_unix_ns + span_s * kSecondNs;
          query.max_points = points;
          const ProcessHistory history = Ask(*store, query);
          if (history.points.empty()) continue;
          SCOPED_TRACE(testing::Message()
                       << "seed " << seed << " tgid " << key.tgid << " from " << start_s << " for "
                       << span_s << " step " << history.step_ns / kSecondNs);
          EXPECT_LE(history.points.size(), static_cast<size_t>(points));
          EXPECT_FALSE(history.from_rollups);
          ExpectAsTheTableSays(history, lives, key, query.end_unix_ns);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST_F(ProcessHistoryTest, WhereEventsAreGoneMinutesAreLeft) {
  auto store = Open();
  const Lives lives = RandomLives(4, /*seconds=*/300);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  HistoryQuery query;
  query.process = lives.keys[0];
  const ProcessHistory fine = Ask(*store, query);
  EXPECT_LT(fine.step_ns, kMinuteNs);
  EXPECT_FALSE(fine.from_rollups);
  Rows("DROP TABLE memmon.event_20261122");
  const ProcessHistory coarse = Ask(*store, query);
  EXPECT_EQ(coarse.step_ns, kMinuteNs);
  EXPECT_TRUE(coarse.from_rollups);
  ExpectAsTheTableSays(coarse, lives, query.process, kNoonUnixNs + 300 * kSecondNs);
}

TEST_F(ProcessHistoryTest, WhereTheHostHasTooManyEventsMinutesAreRead) {
  auto store = Open();
  const Lives lives = RandomLives(5, /*seconds=*/300);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  HistoryQuery query;
  query.process = lives.keys[0];
  EXPECT_FALSE(Ask(*store, query).from_rollups);
  // Another process's, in one of these minutes: what is asked for stays as it is.
  Rows(
      "UPDATE memmon.process_minute SET munmap_count = 500001 WHERE (tgid, minute) ="
      " (SELECT tgid, minute FROM memmon.process_minute WHERE tgid <> " +
      std::to_string(query.process.tgid) + " LIMIT 1)");
  const ProcessHistory coarse = Ask(*store, query);
  EXPECT_EQ(coarse.step_ns, kMinuteNs);
  EXPECT_TRUE(coarse.from_rollups);
  ExpectAsTheTableSays(coarse, lives, query.process, kNoonUnixNs + 300 * kSecondNs);
}

TEST_F(ProcessHistoryTest, FindsTheProcess) {
  auto store = Open();
  auto batch = std::make_shared<model::Batch>(*MakeBatch(MakeCapture(), 0, 0, 2));
  batch->events[0].tgid = batch->events[1].tgid = 7;
  batch->events[0].start_ns = 50;
  batch->events[1].start_ns = 100'000'000'000;  // the same tgid, later
  batch->events[1].time_ns = 100'000'001'000;
  store->Take(batch);
  Drain(*store);
  HistoryQuery query;
  query.process = {7, 0};
  EXPECT_EQ(Ask(*store, query).process.key, (ProcessKey{7, 100'000'000'000}));
  query.end_unix_ns = kNoonUnixNs + 50 * kSecondNs;
  const ProcessHistory earlier = Ask(*store, query);
  EXPECT_EQ(earlier.process.key, (ProcessKey{7, 50}));
  EXPECT_EQ(earlier.process.name, "work0");
  EXPECT_EQ(earlier.realtime_offset_ns, kNoonUnixNs);
  query.process = {7, 51};
  EXPECT_EQ(store->GetProcessHistory(query).status().code(), absl::StatusCode::kNotFound);
  query.process = {8, 0};
  EXPECT_EQ(store->GetProcessHistory(query).status().code(), absl::StatusCode::kNotFound);
  // Until when the host's events are stored, whichever process is asked about.
  EXPECT_EQ(earlier.last_stored_unix_ns, kNoonUnixNs + 100'000'001'000);
  // It is there, but not in that time.
  query.process = {7, 100'000'000'000};
  const ProcessHistory none = Ask(*store, query);
  EXPECT_TRUE(none.points.empty());
  EXPECT_EQ(none.process.key, query.process);
  for (const int points : {0, -1, 2'001}) {
    query.max_points = points;
    EXPECT_EQ(store->GetProcessHistory(query).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(ProcessHistoryTest, TellsWhereEventsAreMissing) {
  auto small = options();
  small.queue_events = 10;
  auto store = Open(small);
  const auto capture = MakeCapture();
  const auto at = [&](uint64_t second, uint64_t sequence) {
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, sequence, 1));
    batch->events[0].tgid = 7;
    batch->events[0].start_ns = 500;
    batch->events[0].mm_id = 1;
    batch->events[0].ticket = sequence + 1;
    batch->events[0].time_ns = second * 1'000'000'000 + 1'000;
    return batch;
  };
  store->Take(at(1, 0));
  auto lost = at(20, 1);
  lost->events[0].kind = EventKind::kLost;
  lost->events[0].lost_count = 40;  // numbers 1 to 40
  store->Take(lost);
  ASSERT_TRUE(Eventually([&] { return store->status().counters.out == 2; }));
  // More than the queue holds while the server does not answer.
  auto holder = Connect();
  ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE memmon.event IN EXCLUSIVE MODE").ok());
  auto many = std::make_shared<model::Batch>(*MakeBatch(capture, 0, 41, 30));
  for (auto& event : many->events) event.time_ns = 30'000'000'000;
  for (int i = 0; i < 2; ++i) store->Take(many);
  ASSERT_TRUE(Eventually([&] { return store->status().counters.dropped > 0; }));
  ASSERT_TRUE(holder->Execute("ROLLBACK").ok());
  ASSERT_TRUE(Eventually([&] { return store->status().counters.waiting == 0; }));
  store->Take(at(50, 200));
  Drain(*store);
  const uint64_t dropped = store->status().counters.dropped;
  // Another capture, a minute later.
  const auto next = MakeCapture(2, 110'000'000'000);
  auto later = std::make_shared<model::Batch>(*at(120, 0));
  later->capture = next;
  store->Take(later);
  Drain(*store);

  HistoryQuery query;
  query.process = {7, 500};
  query.start_unix_ns = kNoonUnixNs;
  const ProcessHistory history = Ask(*store, query);
  ASSERT_EQ(history.gaps.size(), 3u);
  EXPECT_EQ(history.gaps[0].start_unix_ns, kNoonUnixNs + 20 * kSecondNs + 1'000);
  EXPECT_EQ(history.gaps[0].end_unix_ns, kNoonUnixNs + 21 * kSecondNs);
  EXPECT_EQ(history.gaps[0].event_count, 40u);
  EXPECT_GE(history.gaps[1].start_unix_ns, kNoonUnixNs + 20 * kSecondNs);
  EXPECT_LE(history.gaps[1].end_unix_ns, kNoonUnixNs + 50 * kSecondNs + 1'000);
  EXPECT_EQ(history.gaps[1].event_count, dropped);
  EXPECT_EQ(history.gaps[2].start_unix_ns, kNoonUnixNs + 50 * kSecondNs + 1'000);
  EXPECT_EQ(history.gaps[2].end_unix_ns, kNoonUnixNs + 110 * kSecondNs);
  EXPECT_EQ(history.gaps[2].event_count, 0u);
  // Those that are not in the span are not told.
  query.start_unix_ns = kNoonUnixNs + 115 * kSecondNs;
  EXPECT_TRUE(Ask(*store, query).gaps.empty());
}

}  // namespace
}  // namespace memmon::test
