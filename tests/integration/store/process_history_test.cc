// SPDX-License-Identifier: Apache-2.0
//
// One process through time, from what the store wrote: against the process table,
// which is told the same events.

#include <algorithm>
#include <map>
#include <random>
#include <vector>

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

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMinuteNs = 60 * kSecondNs;

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
  for (const uint32_t seed : {1u, 2u, 3u}) {
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

}  // namespace
}  // namespace memmon::test
