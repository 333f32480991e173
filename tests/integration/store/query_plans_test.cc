// SPDX-License-Identifier: Apache-2.0
//
// How PostgreSQL answers the questions about the past: it looks at the days of
// the span alone, finds minutes by process, and events by BRIN or not at all. The
// server itself writes down the plans of the statements that were asked
// (auto_explain).

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fakes/durations.h"
#include "fixture.h"
#include "plans.h"

namespace memmon::test {
namespace {

constexpr int kDays = 5;

class QueryPlansTest : public StoreTest {
 protected:
  // A store whose readers' plans are written down, over some days of twenty
  // processes that take turns to call once a second.
  void SetUp() override {
    static std::string filled;  // the pattern of every test's database
    if (filled.empty()) {
      Open().reset();  // the schema
      Fill();
      filled = database_;
    }
    database_ = cluster().CreateDatabase("TEMPLATE " + filled);
    auto explained = options();
    explained.conninfo +=
        " options='-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"
        " -c auto_explain.log_analyze=on -c auto_explain.log_timing=off'";
    store_ = Open(explained);
    // Whoever keeps the tables to their space asks, too: once a minute from now on.
    ASSERT_TRUE(Eventually([&] { return store_->status().space.size_bytes > 0; }));
  }

  void Fill() {
    const std::string days = std::to_string(kDays);
    Rows("INSERT INTO memmon.host (machine_id, host_name) VALUES ('test-machine', 'test')");
    Rows(
        "INSERT INTO memmon.boot (host_id, boot_id, kernel_release, ram_bytes, swap_bytes,"
        " page_size_bytes) VALUES (1, '12345678-0000-0000-0000-000000000000', 'x', 1, 1, 4096)");
    Rows(
        "INSERT INTO memmon.capture (host_id, boot_row, number, start_ns, realtime_offset_ns,"
        " abi_version, cpu_count, coverage, ring_records, first_event_time, last_event_time)"
        " VALUES (1, 1, 1, 0, extract(epoch FROM timestamptz '2026-11-01Z')::bigint * 1000000000,"
        " 1, 1, 0, 0, '2026-11-01Z', timestamptz '2026-11-01Z' + " +
        days + " * interval '1 day' - interval '1 second')");
    Rows(
        "INSERT INTO memmon.process SELECT 1, 1, p, 10, 'p' || p, 0, p, 0, NULL"
        " FROM generate_series(1, 20) p");
    Rows(
        "SELECT memmon.make_event_partition(date '2026-11-01' + d),"
        " memmon.make_process_minute_partition(date '2026-11-01' + d)"
        " FROM generate_series(0, " +
        days + ") d");
    Rows(
        "INSERT INTO memmon.event SELECT timestamptz '2026-11-01Z' + s * interval '1 second', s,"
        " 10, 7, s, 4096, 0, 4096, 4096, 4096, NULL, 1, 1, 1, p, p, 0, 0, 0, p, 0, 16, 0, 0,"
        " 'p' || p FROM generate_series(0, " +
        days +
        " * 86400 - 1) s,"
        " LATERAL (SELECT s % 20 + 1 AS p) x");
    // In the order in which they are written: by it BRIN tells them apart.
    Rows(
        "INSERT INTO memmon.process_minute SELECT timestamptz '2026-11-01Z'"
        " + m * interval '1 minute', 10, 3 * 4096, 0, 3 * 4096, 4096, 4096, m * 60000000000, 7,"
        " m * 60, NULL, 3, 0, 0, 1, 1, 1, p FROM generate_series(0, " +
        days + " * 1440 - 1) m, generate_series(1, 20) p ORDER BY m, p");
    Rows(
        "INSERT INTO memmon.rollup_due SELECT 1, timestamptz '2026-11-01Z' + h * interval '1 hour'"
        " FROM generate_series(0, " +
        days + " * 24 - 1) h");
    Rows(
        "SELECT count(memmon.roll_up(host_id, hour)::text)"
        " FROM (SELECT * FROM memmon.rollup_due ORDER BY hour) due");
    Rows("VACUUM ANALYZE");
  }

  // How what is asked was answered.
  template <typename Ask>
  Plans PlansOf(const Ask& ask) {
    const size_t before = Log().size();
    ask();
    // The server writes a plan before it answers.
    return Plans(Log().substr(before));
  }
  static std::string Log() {
    std::ifstream file(cluster().socket_dir() + "/log");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  static int64_t On(int day) { return 1'793'491'200'000'000'000 + (day - 1) * kDayNs; }

  std::unique_ptr<store::Store> store_;
};

using Days = std::set<std::string>;

TEST_F(QueryPlansTest, AShortHistoryReadsItsMinutesOfOneDay) {
  Plans plans = PlansOf([&] {
    store::HistoryQuery query;
    query.process = {3, 10};
    query.start_unix_ns = On(4) + 10 * 60 * kMinuteNs;
    query.end_unix_ns = query.start_unix_ns + 10 * kMinuteNs;
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->points.size(), 30u);
    EXPECT_LT(history->step_ns, kMinuteNs);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261104"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_TRUE(plans.Uses("event", "event_time_idx")) << plans;
  // Ten minutes, and what BRIN cannot tell from them, not a day.
  EXPECT_LT(plans.RowsRead("event"), 10'000u) << plans;
  EXPECT_FALSE(plans.Days("process_minute").contains("20261105")) << plans;
  // Its own, and what BRIN cannot tell from a minute's; a day has 28,800.
  EXPECT_LT(plans.RowsRead("process_minute"), 5'000u) << plans;
}

TEST_F(QueryPlansTest, ALongHistoryReadsNoEvents) {
  const Plans plans = PlansOf([&] {
    store::HistoryQuery query;
    query.process = {3, 10};
    query.start_unix_ns = On(2);
    query.end_unix_ns = On(4);
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->points.size(), 2u * 24 * 4);
  });
  // Steps are of 15 minutes; what was before them is told by a day.
  EXPECT_EQ(plans.Days("process_minute"), (Days{"20261102", "20261103"})) << plans;
  EXPECT_TRUE(plans.Uses("process_minute", "_pkey")) << plans;
  EXPECT_LE(plans.RowsRead("process_minute"), 2u * 1'440) << plans;
  EXPECT_TRUE(plans.Reads("process_day")) << plans;
  // But for losses, which have an index of their own.
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_EQ(plans.RowsRead("event"), 0u) << plans;
}

TEST_F(QueryPlansTest, ASummaryReadsItsDaysAndTheEdgesOfTwo) {
  const Plans plans = PlansOf([&] {
    auto requested = store_->GetRequested({On(2) + 30 * kSecondNs, On(4) + 7 * kSecondNs, 5});
    ASSERT_TRUE(requested.ok()) << requested.status();
    EXPECT_EQ(requested->total_bytes, (2ULL * 1'440 - 1) * 20 * 3 * 4'096 + (30 + 7) * 4'096ULL);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261102", "20261104"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_LT(plans.RowsRead("event"), 10'000u) << plans;
  // Days as such; minutes and events of the ends alone.
  EXPECT_TRUE(plans.Reads("process_day")) << plans;
  EXPECT_EQ(plans.Days("process_minute"), (Days{"20261102", "20261104"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("process_minute")) << plans;
  EXPECT_LT(plans.RowsRead("process_minute"), 10'000u) << plans;
}

TEST_F(QueryPlansTest, AHistoryByHoursReadsMinutesOfHoursThatAreDueAlone) {
  store::HistoryQuery query;
  query.process = {3, 10};
  query.max_points = 100;
  query.start_unix_ns = On(2);
  query.end_unix_ns = On(5);
  const auto ask = [&] {
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->step_ns, 60 * kMinuteNs);
    EXPECT_EQ(history->points.size(),
              static_cast<size_t>((query.end_unix_ns - query.start_unix_ns) / (60 * kMinuteNs)));
  };
  Plans plans = PlansOf(ask);
  EXPECT_EQ(plans.Days("process_minute"), Days{}) << plans;
  EXPECT_TRUE(plans.Uses("process_hour", "_pkey")) << plans;
  EXPECT_FALSE(plans.ReadsWhole("process_hour")) << plans;
  Rows("INSERT INTO memmon.rollup_due VALUES (1, '2026-11-05 23:00Z')");
  query.end_unix_ns = On(6);
  plans = PlansOf(ask);
  EXPECT_EQ(plans.Days("process_minute"), (Days{"20261105"})) << plans;
  EXPECT_LE(plans.RowsRead("process_minute"), 60u) << plans;
}

TEST_F(QueryPlansTest, ActivityOfDaysReadsTheHostsRows) {
  const Plans plans = PlansOf([&] {
    auto activity = store_->GetActivity({On(1), On(5), 100});
    ASSERT_TRUE(activity.ok()) << activity.status();
    EXPECT_EQ(activity->points.size(), 4u * 24);
    EXPECT_EQ(activity->points[7].call_count, 60u * 20 * 3);
  });
  EXPECT_EQ(plans.Days("process_minute"), Days{}) << plans;
  EXPECT_FALSE(plans.Reads("process_hour")) << plans;
  EXPECT_TRUE(plans.Reads("host_hour")) << plans;
}

TEST_F(QueryPlansTest, ProcessesAtAMomentReadEventsOfAMinute) {
  const Plans plans = PlansOf([&] {
    auto found = store_->GetProcesses({On(3) + 30 * kSecondNs});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->everything.processes.size(), 20u);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_LT(plans.RowsRead("event"), 10'000u) << plans;
  // The days before as such.
  EXPECT_EQ(plans.Days("process_minute"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("process_minute")) << plans;
  EXPECT_LT(plans.RowsRead("process_minute"), 5'000u) << plans;
  EXPECT_TRUE(plans.Reads("process_day")) << plans;
}

// The log: its newest page, and that of one process from some time on backwards.
TEST_F(QueryPlansTest, APageOfEventsReadsWhatIsNearItsEnd) {
  store::EventQuery query;
  const auto ask = [&] {
    auto page = store_->ListEvents(query);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), 100u);
  };
  Plans plans = PlansOf(ask);
  EXPECT_EQ(plans.Days("event"), (Days{"20261105"})) << plans;
  EXPECT_LT(plans.RowsRead("event"), 10'000u) << plans;

  query.filter.tgids = {3};
  query.end_unix_ns = On(3) + 10 * 60 * kMinuteNs;
  plans = PlansOf(ask);
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_LT(plans.RowsRead("event"), 40'000u) << plans;
}

// What nothing matches is looked for in its span alone, and all of that once.
TEST_F(QueryPlansTest, ARareEventIsSearchedInItsSpanAlone) {
  store::EventQuery query;
  query.filter.min_length_bytes = 1 << 30;
  query.start_unix_ns = On(2) + 10 * 60 * kMinuteNs;
  query.end_unix_ns = query.start_unix_ns + 60 * kMinuteNs;
  const Plans plans = PlansOf([&] {
    do {
      auto page = store_->ListEvents(query);
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_TRUE(page->events.empty());
      query.before = page->next;
    } while (query.before);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261102"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  // 3,600 events, and what BRIN cannot tell from them in each of a few queries.
  EXPECT_LT(plans.RowsRead("event"), 60'000u) << plans;
}

TEST_F(QueryPlansTest, APageOfANameReadsWhatIsNearItsEnd) {
  store::EventQuery query;
  query.filter.names = {"p3"};
  query.end_unix_ns = On(3) + 10 * 60 * kMinuteNs;
  const Plans plans = PlansOf([&] {
    auto page = store_->ListEvents(query);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), 100u);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  // One event in twenty has it.
  EXPECT_LT(plans.RowsRead("event"), 40'000u) << plans;
}

// One call in five hundred, over all five days; of one process, one in ten thousand.
TEST_F(QueryPlansTest, FailedCallsAreFoundWithoutReadingOthers) {
  Rows(
      "INSERT INTO memmon.event SELECT timestamptz '2026-11-01Z' + s * interval '500 seconds'"
      " + interval '1 millisecond', 1000000 + s, 10, 7, s, 4096, 0, 0, 4096, -12, NULL, 1, 1, 1,"
      " p, p, 0, 0, 0, p, 0, 16, 0, 0, 'p' || p FROM generate_series(0, 863) s,"
      " LATERAL (SELECT s % 20 + 1 AS p) x");
  store::EventQuery query;
  query.filter.outcome = model::Outcome::kFailed;
  const auto ask = [&] {
    auto page = store_->ListEvents(query);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), static_cast<size_t>(query.page_size));
    for (const auto& stored : page->events) EXPECT_TRUE(stored.event.failed());
  };
  query.page_size = 100;
  Plans plans = PlansOf(ask);
  EXPECT_EQ(plans.Days("event"), (Days{"20261105"})) << plans;
  EXPECT_TRUE(plans.Uses("event", "_host_id_event_time_idx")) << plans;
  EXPECT_LT(plans.RowsRead("event"), 200u) << plans;

  query.filter.tgids = {3};
  query.page_size = 40;
  plans = PlansOf(ask);
  EXPECT_LT(plans.RowsRead("event"), 1'800u) << plans;
}

// Which cgroups they are is looked up once a statement, not for each of its events.
TEST_F(QueryPlansTest, APageOfAContainerReadsWhatIsNearItsEnd) {
  constexpr uint64_t kCgroups = 5'000;
  Rows(
      "INSERT INTO memmon.cgroup (host_id, boot_row, cgroup_id, container, last_day)"
      " SELECT 1, 1, g, 'web-' || g, date '2026-11-05' FROM generate_series(0, " +
      std::to_string(kCgroups - 1) + ") g");
  Rows("ANALYZE memmon.cgroup");
  store::EventQuery query;
  query.filter.containers = {"web-0"};
  query.end_unix_ns = On(3) + 10 * 60 * kMinuteNs;
  const Plans plans = PlansOf([&] {
    auto page = store_->ListEvents(query);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), 100u);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  EXPECT_LT(plans.RowsRead("event"), 20'000u) << plans;
  EXPECT_LT(plans.RowsRead("cgroup"), 20 * kCgroups) << plans;
}

TEST_F(QueryPlansTest, AProcessIsFoundByItsPidAmongAllThereWere) {
  Rows(
      "INSERT INTO memmon.process SELECT 1, 1, p, s, 'gone', 0, 7, 0, '2026-11-01Z'"
      " FROM generate_series(100, 20100) p, generate_series(11, 15) s");
  Rows("VACUUM ANALYZE memmon.process");
  store::HistoryQuery query;
  query.process = {3, 0};
  query.start_unix_ns = On(4);
  query.end_unix_ns = On(5);
  const Plans plans = PlansOf([&] {
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->process.key.start_ns, 10u);
  });
  EXPECT_TRUE(plans.Uses("process", "_pkey")) << plans;
  EXPECT_LT(plans.RowsRead("process"), 10u) << plans;
}

// LOST by an index of these rows alone, and no event beside them; what memmond had no room for by
// its capture.
TEST_F(QueryPlansTest, GapsAreFoundWithoutReadingEvents) {
  Rows(
      "INSERT INTO memmon.event SELECT timestamptz '2026-11-01Z' + d * interval '1 day'"
      " + s * interval '1 hour', 1000000 + d * 100 + s, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 1, 1, 0, 0, "
      "0,"
      " 0, 0, 0, 0, 2, 0, 0, '' FROM generate_series(0, 4) d, generate_series(1, 9) s");
  Rows(
      "INSERT INTO memmon.loss (host_id, capture_row, cpu, first_sequence, last_sequence,"
      " event_count, reason, after_time, before_time) SELECT 1, 1, 1, s * 10, s * 10 + 4, 5,"
      " 'spool full', '2026-11-03 12:00Z', '2026-11-03 12:01Z' FROM generate_series(1, 100) s");
  Rows("ANALYZE memmon.loss");
  store::HistoryQuery query;
  query.process = {3, 10};
  query.start_unix_ns = On(3);
  query.end_unix_ns = On(4);
  query.max_points = 100;
  const Plans plans = PlansOf([&] {
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    ASSERT_EQ(history->gaps.size(), 10u);
    EXPECT_EQ(history->gaps[0].event_count, 4u);
    EXPECT_EQ(history->gaps[9].event_count, 500u);
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_EQ(plans.RowsRead("event"), 9u) << plans;
  EXPECT_LE(plans.RowsRead("loss"), 100u) << plans;
}

// A stream that goes on in the third of five days, page by page.
TEST_F(QueryPlansTest, AStreamThatIsResumedReadsWhatComesNext) {
  Rows("INSERT INTO memmon.ingest_range VALUES (1, 1, 0, 0, " + std::to_string(kDays * 86'400 - 1) +
       ")");
  store::BackfillQuery query;
  query.from.capture = {.boot_id = {0x12, 0x34, 0x56, 0x78}, .start_ns = 0, .number = 1};
  constexpr uint64_t kPassed = 2 * 86'400 + 36'000;
  query.from.SkipTo(0, kPassed);
  query.from.NoOlder(model::Position::Slot(0), kPassed * kSecondNs);
  query.max_events = 1'000;
  uint64_t next = kPassed;
  const Plans plans = PlansOf([&] {
    for (int pages = 0; pages < 5; ++pages) {
      auto page = store_->Backfill(query);
      ASSERT_TRUE(page.ok()) << page.status();
      ASSERT_EQ(page->events.size(), 1'000u);
      for (const auto& stored : page->events) ASSERT_EQ(stored.event.sequence, next++);
      query.from = page->after;
      query.window = page->window;
    }
  });
  EXPECT_EQ(plans.Days("event"), (Days{"20261103"})) << plans;
  EXPECT_FALSE(plans.ReadsWhole("event")) << plans;
  // 5,000 events, and what BRIN cannot tell from them in each look.
  EXPECT_LT(plans.RowsRead("event"), 60'000u) << plans;
}

}  // namespace
}  // namespace memmon::test
