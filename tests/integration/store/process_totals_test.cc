// SPDX-License-Identifier: Apache-2.0
//
// All processes at a moment, and who asked for most in a span, from what the
// store wrote: against the process table and sums over the same events.

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "fakes/durations.h"
#include "fixture.h"
#include "processes/process_table.h"
#include "random_lives.h"

namespace memmon::test {
namespace {

using model::EventKind;
using model::Process;
using model::ProcessKey;

class ProcessTotalsTest : public StoreTest {
 protected:
  // The living, by key, as the table shows them when it was told all until then.
  static std::map<ProcessKey, Process> TableAt(const Lives& lives, int64_t as_of_unix_ns) {
    processes::ProcessTable table({.keep_ended_ns = ~0ULL >> 1, .max_ended = 1'000'000});
    auto batch = std::make_shared<model::Batch>();
    batch->capture = lives.capture;
    for (const model::Event& event : lives.in_time) {
      // Stored times are whole microseconds.
      if (lives.UnixNs(event) / 1000 <= as_of_unix_ns / 1000) batch->events.push_back(event);
    }
    table.Take(batch);
    std::map<ProcessKey, Process> living;
    for (const Process& process : table.ChangesSince(0, 0).processes) {
      if (process.end_ns == 0) living[process.key] = process;
    }
    return living;
  }

  static std::map<ProcessKey, uint64_t> RequestedIn(const Lives& lives, int64_t start,
                                                    int64_t end) {
    std::map<ProcessKey, uint64_t> requested;
    for (const model::Event& event : lives.in_time) {
      const int64_t time = lives.UnixNs(event);
      if (time < start || time >= end) continue;
      if (event.kind == EventKind::kMmap && !event.failed()) {
        requested[event.process()] += event.length_bytes;
      }
    }
    return requested;
  }

  // Of /proc/self/status.
  static uint64_t StatusKib(const std::string& name) {
    std::ifstream file("/proc/self/status");
    std::string word;
    uint64_t value = 0;
    while (file >> word && word != name) {
    }
    file >> value;
    return value;
  }

  store::RequestedSummary Requested(store::Store& store, int64_t start, int64_t end, int count) {
    auto found = store.GetRequested({start, end, count});
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : store::RequestedSummary{};
  }
  store::StoredProcesses Processes(store::Store& store, int64_t as_of) {
    auto found = store.GetProcesses({as_of});
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : store::StoredProcesses{};
  }
};

TEST_F(ProcessTotalsTest, AtAMomentTheyAreWhatTheTableSaid) {
  auto store = Open();
  const Lives lives = RandomLives(7, /*seconds=*/400);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  for (const int64_t second : {0, 1, 59, 60, 61, 137, 240, 333, 399, 500}) {
    SCOPED_TRACE(second);
    const int64_t as_of = kNoonUnixNs + second * kSecondNs + 10'000;
    const auto want = TableAt(lives, as_of);
    const auto got = Processes(*store, as_of);
    EXPECT_EQ(got.as_of_unix_ns, as_of);
    EXPECT_EQ(got.everything.totals.ram_bytes, 8ULL << 30);
    ASSERT_EQ(got.everything.processes.size(), want.size());
    for (const Process& process : got.everything.processes) {
      SCOPED_TRACE(process.key.tgid);
      ASSERT_TRUE(want.contains(process.key));
      const Process& expected = want.at(process.key);
      EXPECT_EQ(process.held_bytes, expected.held_bytes);
      EXPECT_EQ(process.requested_bytes, expected.requested_bytes);
      EXPECT_EQ(process.mmap_count, expected.mmap_count);
      EXPECT_EQ(process.munmap_count, expected.munmap_count);
      EXPECT_EQ(process.failed_count, expected.failed_count);
      EXPECT_EQ(process.name, expected.name);
      EXPECT_EQ(process.mm_id, expected.mm_id);
      if (!lives.sharers.contains(process.key)) {
        EXPECT_EQ(process.virtual_size_bytes, expected.virtual_size_bytes);
      }
    }
  }
  EXPECT_TRUE(Processes(*store, kNoonUnixNs - kSecondNs).everything.processes.empty());
}

TEST_F(ProcessTotalsTest, RequestedInASpanIsTheSumOfItsCalls) {
  auto store = Open();
  const Lives lives = RandomLives(8, /*seconds=*/400);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  for (const auto& [start_s, end_s] : std::vector<std::pair<int64_t, int64_t>>{{0, 400},
                                                                               {60, 180},
                                                                               {61, 179},
                                                                               {70, 80},
                                                                               {30, 90},
                                                                               {119, 121},
                                                                               {350, 9'000},
                                                                               {-9'000, 100},
                                                                               {-50, -10}}) {
    SCOPED_TRACE(testing::Message() << start_s << " to " << end_s);
    const int64_t start = kNoonUnixNs + start_s * kSecondNs;
    const int64_t end = kNoonUnixNs + end_s * kSecondNs;
    std::vector<std::pair<uint64_t, ProcessKey>> want;
    uint64_t total = 0;
    for (const auto& [key, bytes] : RequestedIn(lives, start, end)) {
      want.emplace_back(bytes, key);
      total += bytes;
    }
    std::sort(want.begin(), want.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    const auto got = Requested(*store, start, end, 3);
    EXPECT_EQ(got.total_bytes, total);
    EXPECT_EQ(got.process_count, want.size());
    ASSERT_EQ(got.largest.size(), std::min<size_t>(3, want.size()));
    for (size_t i = 0; i < got.largest.size(); ++i) {
      EXPECT_EQ(got.largest[i].bytes, want[i].first);
      EXPECT_EQ(got.largest[i].key, want[i].second);
      EXPECT_EQ(got.largest[i].name, "p" + std::to_string(want[i].second.tgid));
    }
  }
}

// What is left are minutes: those that lie in the span count, and figures are of
// the end of the last of them.
TEST_F(ProcessTotalsTest, WithoutEventsWholeMinutesCount) {
  auto store = Open();
  const Lives lives = RandomLives(9, /*seconds=*/400);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  Rows("DROP TABLE memmon.event_20261122");
  const int64_t minute = 60 * kSecondNs;
  uint64_t total = 0;
  for (const auto& [key, bytes] :
       RequestedIn(lives, kNoonUnixNs + 2 * minute, kNoonUnixNs + 4 * minute)) {
    total += bytes;
  }
  const auto requested = Requested(*store, kNoonUnixNs + 2 * minute - 7 * kSecondNs,
                                   kNoonUnixNs + 4 * minute + 7 * kSecondNs, 10);
  EXPECT_EQ(requested.total_bytes, total);

  const auto got = Processes(*store, kNoonUnixNs + 3 * minute + 30 * kSecondNs);
  EXPECT_EQ(got.as_of_unix_ns, kNoonUnixNs + 3 * minute);
  const auto want = TableAt(lives, kNoonUnixNs + 3 * minute - 1);
  ASSERT_EQ(got.everything.processes.size(), want.size());
  for (const Process& process : got.everything.processes) {
    EXPECT_EQ(process.held_bytes, want.at(process.key).held_bytes) << process.key.tgid;
  }
}

// Boots and captures come one after the other; a process is asked for where it
// lived.
TEST_F(ProcessTotalsTest, EachCaptureCountsFromItsOwnBegin) {
  auto store = Open();
  const Lives first = RandomLives(1, /*seconds=*/100);
  for (const auto& batch : first.batches) store->Take(batch);
  // Ten minutes later: a capture of the same boot, in which less is left.
  const auto second = MakeCapture(99, 600'000'000'000);
  auto batch = std::make_shared<model::Batch>(*MakeBatch(second, 0, 0, 2));
  for (auto& event : batch->events) {
    event.time_ns = 600'000'001'000;
    event.mm_id = 77;
    event.ticket = 5;
    event.virtual_size_bytes = 1 << 20;
  }
  store->Take(batch);
  Drain(*store);
  const auto before = Processes(*store, kNoonUnixNs + 300 * kSecondNs);
  EXPECT_EQ(before.everything.processes.size(),
            TableAt(first, kNoonUnixNs + 300 * kSecondNs).size());
  const auto after = Processes(*store, kNoonUnixNs + 700 * kSecondNs);
  EXPECT_EQ(after.everything.processes.size(), 2u);
  EXPECT_EQ(after.everything.totals.capture_start_unix_ns, kNoonUnixNs + 600 * kSecondNs);
}

TEST_F(ProcessTotalsTest, MoreThanThereIsMemoryForAreRefused) {
  {
    auto store = Open();
    store->Take(MakeBatch(MakeCapture(), 0, 0, 100));  // of seven
    Drain(*store);
  }
  auto options = this->options();
  options.history_processes = 7;
  EXPECT_EQ(Processes(*Open(options), kNoonUnixNs + 1'000'000'000).everything.processes.size(), 7u);
  options.history_processes = 6;
  auto store = Open(options);
  for (int again = 0; again < 2; ++again) {
    const auto refused = store->GetProcesses({kNoonUnixNs + 1'000'000'000});
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_NE(refused.status().message().find("more than 6 processes lived then"),
              std::string::npos);
    EXPECT_NE(refused.status().message().find("--memory"), std::string::npos);
  }
}

// What is refused was not taken into memory first: of the part of a minute before the moment, too.
TEST_F(ProcessTotalsTest, WhatIsRefusedTakesNoMemory) {
  auto options = this->options();
  options.history_processes = 1'000;
  auto store = Open(options);
  store->Take(MakeBatch(MakeCapture(), 0, 0, 100'000, 100'000));
  Drain(*store);
  malloc_trim(0);  // what it took until now would hide what it takes
  std::ofstream("/proc/self/clear_refs") << "5";
  const uint64_t before = StatusKib("VmHWM:");
  ASSERT_GT(before, 0u);
  // Within what was recorded: nothing but events tells of it.
  const auto refused = store->GetProcesses({kNoonUnixNs + 99'000'000});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(StatusKib("VmHWM:"), before + 8 * 1024);
}

TEST_F(ProcessTotalsTest, ADatabaseWithoutEventsHasNoProcesses) {
  auto store = Open();
  EXPECT_TRUE(Processes(*store, kNoonUnixNs).everything.processes.empty());
  EXPECT_EQ(Requested(*store, 0, kNoonUnixNs, 10).total_bytes, 0u);
}

}  // namespace
}  // namespace memmon::test
