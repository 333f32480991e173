// SPDX-License-Identifier: Apache-2.0
//
// How PostgreSQL answers the questions about the past: it looks at the days of
// the span alone, finds minutes by process, and events by BRIN or not at all. The
// server itself writes down the plans of the statements that were asked
// (auto_explain).

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "fakes/durations.h"
#include "fixture.h"

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
    Rows(
        "INSERT INTO memmon.process_minute SELECT timestamptz '2026-11-01Z'"
        " + m * interval '1 minute', 10, 3 * 4096, 0, 3 * 4096, 4096, 4096, m * 60000000000, 7,"
        " m * 60, NULL, 3, 0, 0, 1, 1, 1, p FROM generate_series(0, " +
        days + " * 1440 - 1) m, generate_series(1, 20) p");
    Rows(
        "INSERT INTO memmon.rollup_due SELECT 1, timestamptz '2026-11-01Z' + h * interval '1 hour'"
        " FROM generate_series(0, " +
        days + " * 24 - 1) h");
    Rows(
        "SELECT count(memmon.roll_up(host_id, hour)::text)"
        " FROM (SELECT * FROM memmon.rollup_due ORDER BY hour) due");
    Rows("VACUUM ANALYZE");
  }

  // The plans of what is asked.
  template <typename Ask>
  std::string PlansOf(const Ask& ask) {
    const size_t before = Log().size();
    ask();
    // The server writes a plan before it answers.
    return Log().substr(before);
  }
  static std::string Log() {
    std::ifstream file(cluster().socket_dir() + "/log");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  // Days of `table` that were read, as YYYYMMDD.
  static std::set<std::string> DaysRead(const std::string& plans, const std::string& table) {
    std::set<std::string> days;
    const std::regex scan("Scan on " + table + "_([0-9]{8})[^\\n]*loops=[1-9]|using " + table +
                          "_[0-9a-z_]* on " + table + "_([0-9]{8})[^\\n]*loops=[1-9]");
    for (auto it = std::sregex_iterator(plans.begin(), plans.end(), scan);
         it != std::sregex_iterator(); ++it) {
      days.insert((*it)[1].matched ? (*it)[1] : (*it)[2]);
    }
    return days;
  }
  // Whether rows of a table without days were asked for.
  static bool Reads(const std::string& plans, const std::string& table) {
    return std::regex_search(
        plans, std::regex("(Scan on|using [0-9a-z_]* on) " + table + " [^\\n]*loops=[1-9]"));
  }
  // Of events: given, or looked at because BRIN cannot tell them apart.
  static uint64_t RowsRead(const std::string& plans) {
    uint64_t rows = 0;
    const std::regex scan(
        "Heap Scan on event_[^\\n]*actual rows=([0-9]+) loops=[1-9]"
        "|Removed by Index Recheck: ([0-9]+)");
    for (auto it = std::sregex_iterator(plans.begin(), plans.end(), scan);
         it != std::sregex_iterator(); ++it) {
      rows += std::stoull((*it)[1].matched ? (*it)[1] : (*it)[2]);
    }
    return rows;
  }
  static int64_t On(int day) { return 1'793'491'200'000'000'000 + (day - 1) * kDayNs; }

  std::unique_ptr<store::Store> store_;
};

using Days = std::set<std::string>;

TEST_F(QueryPlansTest, AShortHistoryReadsItsMinutesOfOneDay) {
  std::string plans = PlansOf([&] {
    store::HistoryQuery query;
    query.process = {3, 10};
    query.start_unix_ns = On(4) + 10 * 60 * kMinuteNs;
    query.end_unix_ns = query.start_unix_ns + 10 * kMinuteNs;
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->points.size(), 30u);
    EXPECT_LT(history->step_ns, kMinuteNs);
  });
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261104"})) << plans;
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  EXPECT_NE(plans.find("Bitmap Index Scan on event_20261104_event_time_idx"), std::string::npos);
  // Ten minutes, and what BRIN cannot tell from them, not a day.
  EXPECT_LT(RowsRead(plans), 10'000u) << plans;
  EXPECT_EQ(DaysRead(plans, "process_minute").contains("20261105"), false) << plans;
}

TEST_F(QueryPlansTest, ALongHistoryReadsNoEvents) {
  const std::string plans = PlansOf([&] {
    store::HistoryQuery query;
    query.process = {3, 10};
    query.start_unix_ns = On(2);
    query.end_unix_ns = On(4);
    auto history = store_->GetProcessHistory(query);
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->points.size(), 2u * 24 * 4);
  });
  // Steps are of 15 minutes; what was before them is told by a day.
  EXPECT_EQ(DaysRead(plans, "process_minute"), (Days{"20261102", "20261103"})) << plans;
  EXPECT_TRUE(Reads(plans, "process_day")) << plans;
  // But for losses, which have an index of their own.
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  EXPECT_EQ(RowsRead(plans), 0u) << plans;
}

TEST_F(QueryPlansTest, ASummaryReadsItsDaysAndTheEdgesOfTwo) {
  const std::string plans = PlansOf([&] {
    auto requested = store_->GetRequested({On(2) + 30 * kSecondNs, On(4) + 7 * kSecondNs, 5});
    ASSERT_TRUE(requested.ok()) << requested.status();
    EXPECT_EQ(requested->total_bytes, (2ULL * 1'440 - 1) * 20 * 3 * 4'096 + (30 + 7) * 4'096ULL);
  });
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261102", "20261104"})) << plans;
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  EXPECT_LT(RowsRead(plans), 10'000u) << plans;
  // Days as such; minutes and events of the ends alone.
  EXPECT_TRUE(Reads(plans, "process_day")) << plans;
  EXPECT_EQ(DaysRead(plans, "process_minute"), (Days{"20261102", "20261104"})) << plans;
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
  std::string plans = PlansOf(ask);
  EXPECT_EQ(DaysRead(plans, "process_minute"), Days{}) << plans;
  EXPECT_NE(plans.find("process_hour_pkey"), std::string::npos) << plans;
  EXPECT_EQ(plans.find("Seq Scan on process_hour"), std::string::npos) << plans;
  Rows("INSERT INTO memmon.rollup_due VALUES (1, '2026-11-05 23:00Z')");
  query.end_unix_ns = On(6);
  plans = PlansOf(ask);
  EXPECT_EQ(DaysRead(plans, "process_minute"), (Days{"20261105"})) << plans;
}

TEST_F(QueryPlansTest, ActivityOfDaysReadsTheHostsRows) {
  const std::string plans = PlansOf([&] {
    auto activity = store_->GetActivity({On(1), On(5), 100});
    ASSERT_TRUE(activity.ok()) << activity.status();
    EXPECT_EQ(activity->points.size(), 4u * 24);
    EXPECT_EQ(activity->points[7].call_count, 60u * 20 * 3);
  });
  EXPECT_EQ(DaysRead(plans, "process_minute"), Days{}) << plans;
  EXPECT_FALSE(Reads(plans, "process_hour")) << plans;
  EXPECT_TRUE(Reads(plans, "host_hour")) << plans;
}

TEST_F(QueryPlansTest, ProcessesAtAMomentReadEventsOfAMinute) {
  const std::string plans = PlansOf([&] {
    auto found = store_->GetProcesses({On(3) + 30 * kSecondNs});
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->everything.processes.size(), 20u);
  });
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261103"})) << plans;
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  EXPECT_LT(RowsRead(plans), 10'000u) << plans;
  // The days before as such.
  EXPECT_EQ(DaysRead(plans, "process_minute"), (Days{"20261103"})) << plans;
  EXPECT_TRUE(Reads(plans, "process_day")) << plans;
}

// The log: its newest page, and that of one process from some time on backwards.
TEST_F(QueryPlansTest, APageOfEventsReadsWhatIsNearItsEnd) {
  store::EventQuery query;
  const auto ask = [&] {
    auto page = store_->ListEvents(query);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->events.size(), 100u);
  };
  std::string plans = PlansOf(ask);
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261105"})) << plans;
  EXPECT_LT(RowsRead(plans), 10'000u) << plans;

  query.filter.tgids = {3};
  query.end_unix_ns = On(3) + 10 * 60 * kMinuteNs;
  plans = PlansOf(ask);
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261103"})) << plans;
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  EXPECT_LT(RowsRead(plans), 40'000u) << plans;
}

// What nothing matches is looked for in its span alone, and all of that once.
TEST_F(QueryPlansTest, ARareEventIsSearchedInItsSpanAlone) {
  store::EventQuery query;
  query.filter.min_length_bytes = 1 << 30;
  query.start_unix_ns = On(2) + 10 * 60 * kMinuteNs;
  query.end_unix_ns = query.start_unix_ns + 60 * kMinuteNs;
  const std::string plans = PlansOf([&] {
    do {
      auto page = store_->ListEvents(query);
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_TRUE(page->events.empty());
      query.before = page->next;
    } while (query.before);
  });
  EXPECT_EQ(DaysRead(plans, "event"), (Days{"20261102"})) << plans;
  EXPECT_EQ(plans.find("Seq Scan on event"), std::string::npos) << plans;
  // 3,600 events, and what BRIN cannot tell from them in each of a few queries.
  EXPECT_LT(RowsRead(plans), 60'000u) << plans;
}

}  // namespace
}  // namespace memmon::test
