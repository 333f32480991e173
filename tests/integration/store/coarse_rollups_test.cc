// SPDX-License-Identifier: Apache-2.0
//
// Hours and days say what their minutes say: questions about the past have the
// same answers before they are added up, afterwards, when more comes late, and
// where their minutes are gone.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fakes/durations.h"
#include "fixture.h"
#include "random_lives.h"
#include "store/migrations.h"

namespace memmon::test {
namespace {

using model::Event;
using model::EventKind;
using model::ProcessKey;

constexpr int64_t kMidnightUnixNs = kNoonUnixNs + 12 * kHourNs;

// What may be asked, in words: so that a difference can be read.
using Answers = std::vector<std::string>;

class CoarseRollupsTest : public StoreTest {
 protected:
  // Whose tables nobody keeps while the test looks.
  std::unique_ptr<store::Store> OpenAlone() {
    auto alone = options();
    alone.housekeeping_interval = std::chrono::hours(1);
    auto store = Open(alone);
    // Its first round, which finds nothing.
    EXPECT_TRUE(Eventually([&] { return store->status().space.size_bytes > 0; }));
    return store;
  }
  std::unique_ptr<store::Store> StoreLives(const Lives& lives) {
    auto store = OpenAlone();
    for (const auto& batch : lives.batches) store->Take(batch);
    Drain(*store);
    return store;
  }
  // All that is due, over or not; says how many hours.
  int RollUp() {
    return std::stoi(
        Value("SELECT count(memmon.roll_up(host_id, hour)::text)"
              " FROM (SELECT * FROM memmon.rollup_due ORDER BY hour) due"));
  }
  uint64_t Count(const std::string& from) {
    return std::stoull(Value("SELECT count(*) FROM memmon." + from));
  }

  static std::string Text(const ProcessKey& key) {
    return std::to_string(key.tgid) + "/" + std::to_string(key.start_ns);
  }
  static std::string HistoryOf(store::Store& store, const ProcessKey& key, int64_t start,
                               int64_t end, int points) {
    store::HistoryQuery query;
    query.process = key;
    query.start_unix_ns = start;
    query.end_unix_ns = end;
    query.max_points = points;
    auto history = store.GetProcessHistory(query);
    if (!history.ok()) return std::string(history.status().message());
    std::string text = Text(key) + " step " + std::to_string(history->step_ns / kSecondNs);
    for (const store::HistoryPoint& point : history->points) {
      for (const uint64_t value :
           {static_cast<uint64_t>(point.time_unix_ns), point.held_bytes, point.virtual_size_bytes,
            point.max_virtual_size_bytes, point.requested_bytes, point.released_bytes,
            point.mmap_count, point.munmap_count, point.failed_count}) {
        text += " " + std::to_string(value);
      }
      text += "\n";
    }
    return text;
  }
  static std::string RequestedIn(store::Store& store, int64_t start, int64_t end, int count) {
    auto requested = store.GetRequested({start, end, count});
    if (!requested.ok()) return std::string(requested.status().message());
    std::string text = "requested " + std::to_string(start) + " to " + std::to_string(end) + ": " +
                       std::to_string(requested->total_bytes) + " by " +
                       std::to_string(requested->process_count);
    for (const store::Requested& one : requested->largest) {
      text += "\n" + Text(one.key) + " " + one.name + " " + std::to_string(one.bytes);
    }
    return text;
  }
  static std::string ProcessesAt(store::Store& store, int64_t as_of) {
    auto found = store.GetProcesses({as_of});
    if (!found.ok()) return std::string(found.status().message());
    Answers lines;
    for (const model::Process& process : found->everything.processes) {
      std::string& line = lines.emplace_back(Text(process.key));
      for (const uint64_t value :
           {process.held_bytes, process.virtual_size_bytes, process.mm_id, process.requested_bytes,
            process.mmap_count, process.munmap_count, process.failed_count}) {
        line += " " + std::to_string(value);
      }
    }
    std::sort(lines.begin(), lines.end());
    std::string text = "processes at " + std::to_string(found->as_of_unix_ns);
    for (const std::string& line : lines) text += "\n" + line;
    return text;
  }
  static std::string ActivityIn(store::Store& store, int64_t start, int64_t end, int points) {
    auto activity = store.GetActivity({start, end, points});
    if (!activity.ok()) return std::string(activity.status().message());
    std::string text = "activity by " + std::to_string(activity->step_ns / kSecondNs);
    for (const store::ActivityPoint& point : activity->points) {
      text += "\n" + std::to_string(point.time_unix_ns) + " " +
              std::to_string(point.requested_bytes) + " " + std::to_string(point.call_count);
    }
    return text;
  }

  // Of spans that whole hours make.
  static Answers AskByHours(store::Store& store, const Lives& lives) {
    Answers answers;
    const std::vector<std::pair<int64_t, int64_t>> spans = {
        {-12 * kHourNs, 60 * kHourNs}, {0, 24 * kHourNs}, {5 * kHourNs, 31 * kHourNs}};
    for (const auto& [start, end] : spans) {
      for (const ProcessKey& key : lives.keys) {
        for (const int points : {40, 8, 1}) {
          answers.push_back(
              HistoryOf(store, key, kMidnightUnixNs + start, kMidnightUnixNs + end, points));
        }
      }
      answers.push_back(RequestedIn(store, kMidnightUnixNs + start, kMidnightUnixNs + end, 5));
      answers.push_back(ActivityIn(store, kMidnightUnixNs + start, kMidnightUnixNs + end, 50));
      answers.push_back(ActivityIn(store, kMidnightUnixNs + start, kMidnightUnixNs + end, 4));
    }
    for (const int64_t hours : {1, 12, 24, 37}) {
      answers.push_back(ProcessesAt(store, kMidnightUnixNs + hours * kHourNs - 1'000));
    }
    return answers;
  }
  static Answers Ask(store::Store& store, const Lives& lives) {
    Answers answers = AskByHours(store, lives);
    const std::vector<std::pair<int64_t, int64_t>> spans = {
        {-11 * kHourNs + 7 * kMinuteNs, 50 * kHourNs + 13 * kSecondNs},
        {23 * kHourNs + 59 * kMinuteNs, 24 * kHourNs + kMinuteNs},
        {3 * kHourNs + 30 * kSecondNs, 4 * kHourNs + 30 * kMinuteNs}};
    for (const auto& [start, end] : spans) {
      for (const ProcessKey& key : lives.keys) {
        answers.push_back(
            HistoryOf(store, key, kMidnightUnixNs + start, kMidnightUnixNs + end, 300));
      }
      answers.push_back(RequestedIn(store, kMidnightUnixNs + start, kMidnightUnixNs + end, 5));
      answers.push_back(ActivityIn(store, kMidnightUnixNs + start, kMidnightUnixNs + end, 2'000));
    }
    for (const int64_t minutes : {61, 777, 1'500, 2'222}) {
      answers.push_back(ProcessesAt(store, kMidnightUnixNs + minutes * kMinuteNs + kSecondNs));
    }
    return answers;
  }

  static void ExpectSame(const Answers& got, const Answers& want) {
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) ASSERT_EQ(got[i], want[i]) << i;
  }
};

// Lives of two days and a half.
Lives LongLives(uint32_t seed) { return RandomLives(seed, /*seconds=*/60 * 3'600, /*slower=*/250); }

TEST_F(CoarseRollupsTest, AnswersAreThoseOfMinutes) {
  for (const uint32_t seed : {1u, 2u}) {
    SCOPED_TRACE(seed);
    database_ = cluster().CreateDatabase();
    const Lives lives = LongLives(seed);
    auto store = StoreLives(lives);
    const Answers before = Ask(*store, lives);
    const Answers by_hours = AskByHours(*store, lives);
    EXPECT_EQ(RollUp(), 60);
    ASSERT_NO_FATAL_FAILURE(ExpectSame(Ask(*store, lives), before));
    // And they are asked: without the minutes whole hours have the same answers.
    Rows("DELETE FROM memmon.process_minute");
    Rows("INSERT INTO memmon.minutes_gone VALUES ('2026-11-30')");
    const Answers of_hours = AskByHours(*store, lives);
    size_t same = 0;
    for (size_t i = 0; i < by_hours.size(); ++i) {
      // Of who lived for a moment it was told by minutes.
      const size_t step = by_hours[i].find(" step ");
      if (step != std::string::npos && std::stoll(by_hours[i].substr(step + 6)) < 3'600) continue;
      ASSERT_EQ(of_hours[i], by_hours[i]);
      ++same;
    }
    EXPECT_GT(same, by_hours.size() / 2);
  }
}

// Anything that is stored makes its hour due; nobody takes the old sums then.
TEST_F(CoarseRollupsTest, WhatComesLateIsAdded) {
  const Lives lives = LongLives(4);
  Answers want;
  {
    auto store = StoreLives(lives);
    want = Ask(*store, lives);
  }
  database_ = cluster().CreateDatabase();
  OpenAlone().reset();  // the schema
  // A part of the middle comes last, as out of the spool of a memmond that was killed.
  const size_t from = lives.batches.size() / 3;
  const size_t to = lives.batches.size() / 2;
  std::unique_ptr<store::Store> store;
  for (const auto& [begin, end] :
       std::vector<std::pair<size_t, size_t>>{{0, from}, {to, lives.batches.size()}, {from, to}}) {
    RollUp();
    EXPECT_EQ(Count("rollup_due"), 0u);
    store = OpenAlone();
    for (size_t i = begin; i < end; ++i) store->Take(lives.batches[i]);
    Drain(*store);
  }
  EXPECT_GT(Count("rollup_due"), 0u);
  const Answers due = Ask(*store, lives);
  EXPECT_GT(RollUp(), 0);
  const Answers added = Ask(*store, lives);
  ASSERT_NO_FATAL_FAILURE(ExpectSame(added, due));
  // What was requested does not depend on the order.
  for (size_t i = 0; i < want.size(); ++i) {
    if (want[i].starts_with("requested") || want[i].starts_with("activity")) {
      EXPECT_EQ(added[i], want[i]);
    }
  }
}

// 300 processes that live for a moment, the n-th of which asks for n pages; and one
// that lives on.
model::SharedBatch PassingProcesses(const std::shared_ptr<const model::Capture>& capture) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  for (uint64_t n = 0; n <= 300; ++n) {
    for (const EventKind kind : {EventKind::kMmap, EventKind::kExit}) {
      if (n == 0 && kind == EventKind::kExit) continue;
      Event event;
      event.kind = kind;
      event.sequence = 2 * n + (kind == EventKind::kExit ? 1 : 0);
      event.time_ns = (n * 10 + 1) * kSecondNs;
      event.tgid = event.tid = static_cast<uint32_t>(1'000 + n);
      event.start_ns = event.time_ns - 1'000;
      event.length_bytes = kind == EventKind::kMmap ? std::max<uint64_t>(n, 1) * 4'096 : 0;
      event.result = kind == EventKind::kMmap ? 0x7f0000000000 : 0;
      batch->events.push_back(event);
    }
  }
  return batch;
}

TEST_F(CoarseRollupsTest, ProcessesThatPassCountAndOnlyTheLargestHaveRows) {
  auto store = OpenAlone();
  store->Take(PassingProcesses(MakeCapture()));
  Drain(*store);
  const auto ask = [&] {
    return Answers{RequestedIn(*store, kNoonUnixNs, kNoonUnixNs + 2 * kHourNs, 100),
                   RequestedIn(*store, kMidnightUnixNs - kDayNs, kMidnightUnixNs, 100),
                   RequestedIn(*store, kNoonUnixNs, kNoonUnixNs + 30 * kMinuteNs, 100),
                   ActivityIn(*store, kMidnightUnixNs - kDayNs, kMidnightUnixNs, 24)};
  };
  const Answers before = ask();
  EXPECT_NE(before[0].find(": " + std::to_string((300 * 301 / 2 + 1) * 4'096) + " by 301\n1300/"),
            std::string::npos)
      << before[0];
  RollUp();
  ASSERT_NO_FATAL_FAILURE(ExpectSame(ask(), before));
  for (const char* unit : {"hour", "day"}) {
    const std::string table = unit;
    EXPECT_EQ(Count("process_" + table), 101u);
    EXPECT_EQ(Count("process_" + table + " WHERE tgid BETWEEN 1201 AND 1300 OR tgid = 1000"), 101u);
    EXPECT_EQ(Rows("SELECT requested_bytes / 4096, call_count, passing_bytes / 4096, passing_count"
                   " FROM memmon.host_" +
                   table)[0],
              (store::Connection::Row{"45151", "301", "20100", "200"}));
  }
}

// Minutes are dropped only once they are added up; what comes after that is added
// to their sums, and its minutes go.
TEST_F(CoarseRollupsTest, WhatComesAfterMinutesAreGoneIsAdded) {
  // Noon of a day that is long over.
  const auto capture = MakeCapture(1, 1'000, 1'577'880'000 * kSecondNs);
  const auto first = MakeBatch(capture, 0, 0, 1'000);
  const auto second = MakeBatch(capture, 0, 1'000, 500);
  auto store = OpenAlone();
  store->Take(first);
  Drain(*store);
  EXPECT_EQ(Count("rollup_due"), 1u);
  EXPECT_EQ(Value("SELECT memmon.drop_day('process_minute', '2020-01-01')"), "t");
  EXPECT_EQ(Count("rollup_due"), 0u);
  const std::string sums = "SELECT sum(mmap_count + munmap_count) FROM memmon.process_";
  EXPECT_EQ(Value(sums + "hour"), "1000");
  EXPECT_EQ(Value(sums + "day"), "1000");

  store->Take(second);
  Drain(*store);
  EXPECT_EQ(Count("rollup_due"), 1u);
  EXPECT_EQ(RollUp(), 1);
  EXPECT_EQ(Value(sums + "hour"), "1500");
  EXPECT_EQ(Value(sums + "day"), "1500");
  EXPECT_EQ(Value("SELECT call_count FROM memmon.host_day"), "1500");
  EXPECT_EQ(Count("process_minute"), 0u);
  EXPECT_EQ(Value("SELECT sum(held_change_bytes) FROM memmon.process_day"),
            Value("SELECT sum(CASE kind WHEN 16 THEN length_bytes ELSE -length_bytes END)"
                  " FROM memmon.event"));
}

// An hour that is being written is left to the next round, and nobody waits.
TEST_F(CoarseRollupsTest, AnHourThatIsBeingWrittenIsLeftAlone) {
  auto store = OpenAlone();
  store->Take(MakeBatch(MakeCapture(), 0, 0, 100));
  Drain(*store);
  // Over, whatever the clock of this machine says.
  Rows("UPDATE memmon.capture SET last_event_time = '2026-11-22 13:00Z'");
  auto writer = Connect();
  ASSERT_TRUE(writer->Execute("BEGIN; SELECT FROM memmon.rollup_due FOR UPDATE").ok());
  EXPECT_EQ(Value("SELECT memmon.roll_up_next() IS NULL"), "t");
  ASSERT_TRUE(writer->Execute("COMMIT").ok());
  EXPECT_EQ(Value("SELECT memmon.roll_up_next()"), "2026-11-22 12:00:00+00");
  EXPECT_EQ(Value("SELECT memmon.roll_up_next() IS NULL"), "t");
}

// A database of before has its hours added up by whoever starts next; going back
// takes them away and nothing else.
TEST_F(CoarseRollupsTest, AnOlderDatabaseIsAddedUpStepByStep) {
  const Lives lives = LongLives(5);
  auto store = StoreLives(lives);
  const Answers want = Ask(*store, lives);
  RollUp();
  store.reset();
  const std::string minutes =
      "SELECT count(*) || ' ' || sum(requested_bytes) ||  ' ' ||"
      " sum(held_change_bytes) FROM memmon.process_minute";
  const std::string hours =
      "SELECT count(*) || ' ' || sum(requested_bytes) ||  ' ' ||"
      " sum(held_change_bytes) FROM memmon.process_hour"
      " WHERE hour < '2026-11-24 23:00Z'";
  const std::string kept = Value(minutes);
  const std::string added = Value(hours);
  auto connection = Connect();
  const auto down = store::MigrateDown(*connection, store::EmbeddedMigrations(), 7);
  ASSERT_TRUE(down.ok()) << down.status();
  EXPECT_EQ(Value("SELECT to_regclass('memmon.process_hour') IS NULL"), "t");
  EXPECT_EQ(Value(minutes), kept);

  ASSERT_TRUE(store::MigrateUp(*connection, store::EmbeddedMigrations()).ok());
  EXPECT_EQ(Count("process_hour"), 0u);
  EXPECT_EQ(Count("rollup_due"), 60u);
  auto busy = options();
  busy.housekeeping_interval = std::chrono::milliseconds(20);
  store = Open(busy);
  ASSERT_TRUE(Eventually([&] {
    // The last hour may be over or not.
    return Count("rollup_due WHERE hour < '2026-11-24 23:00Z'") == 0;
  }));
  EXPECT_EQ(Value(hours), added);
  ASSERT_NO_FATAL_FAILURE(ExpectSame(Ask(*store, lives), want));
}

}  // namespace
}  // namespace memmon::test
