// SPDX-License-Identifier: Apache-2.0
//
// How long questions about the past take, on a month of a machine: 30 processes
// ask for memory all the time, and each minute ten more live and die. All minutes
// of the month are there, with the hours and days they add up to (the last hour is
// not over), and of its last three days all events, 10^7 of them: as dense as 10^8
// in a month, which "100000000 30" makes. (No question looks at events of other days:
// see query_plans_test.cc.)
// At last, of now, while 40,000 events a second come.
// On a private server. Prints how long it took to add up; and of each question, at
// random times, median and 95th percentile, and what of a processor's time the server
// needed, which other load on the machine changes less. All in ms.
//
//   memmon_history_bench [events [days]]

#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "fixture_events.h"
#include "goal.h"
#include "private_cluster.h"
#include "server_cpu.h"
#include "store/postgres_store.h"

namespace memmon::test {
namespace {

constexpr int kRounds = 20;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMinuteNs = 60 * kSecondNs;
constexpr int64_t kDayNs = 24 * 60 * kMinuteNs;
constexpr int64_t kBeginNs = 1'793'491'200 * kSecondNs;  // 2026-11-01 UTC
constexpr int64_t kEndNs = kBeginNs + 30 * kDayNs;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "history benchmark: %s\n", what.c_str());
  std::exit(1);
}

// `limit`: of a question, which is to be measured, not ended.
std::unique_ptr<store::Store> OpenStore(const std::string& conninfo,
                                        std::chrono::milliseconds limit = std::chrono::minutes(2)) {
  store::PostgresStoreOptions options;
  options.conninfo = conninfo;
  options.machine_id = "bench";
  options.query_limit = limit;
  auto store = store::OpenPostgresStore(options);
  if (!store.ok()) Fail(std::string(store.status().message()));
  return *std::move(store);
}

double MsSince(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
      .count();
}

// The first value of the answer, where there is one.
std::string Execute(PGconn* connection, const std::string& sql) {
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) Fail(PQerrorMessage(connection));
  std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  return value;
}

// What the month takes on disk, against what ARCHITECTURE.md ("Space") says: 400 bytes for
// each of 1.73 million minutes, 140 for each of 432,000 processes, 234 for each of 97,000
// hours and days, and PostgreSQL's own tables; and 180 an event.
void PrintSize(PGconn* connection, double event_count) {
  const auto mb = [&](const std::string& bytes) {
    return std::stod(Execute(connection, "SELECT " + bytes)) / 1e6;
  };
  const double all = mb("pg_database_size(current_database())");
  const double events =
      mb("sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
         " WHERE inhparent = 'memmon.event'::regclass");
  std::printf("the month on disk, without its events %8.0f MB %s\n", all - events,
              bench::AtMost(all - events, 790, "790 MB").c_str());
  const double event_bytes = events * 1e6 / event_count;
  std::printf("an event of it on disk                %8.0f bytes %s\n", event_bytes,
              bench::AtMost(event_bytes, 180, "180").c_str());
}

void Fill(const std::string& conninfo, const std::string& events, const std::string& days) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  for (const std::string& sql : std::vector<std::string>{
           "INSERT INTO memmon.host (machine_id, host_name) VALUES ('bench', 'bench')",
           "INSERT INTO memmon.boot (host_id, boot_id, kernel_release, ram_bytes, swap_bytes,"
           " page_size_bytes) VALUES (1, '12345678-0000-0000-0000-000000000000', 'x', 1, 1, 4096)",
           "INSERT INTO memmon.capture (host_id, boot_row, number, start_ns, realtime_offset_ns,"
           " abi_version, cpu_count, coverage, ring_records, first_event_time, last_event_time)"
           " VALUES (1, 1, 1, 0, extract(epoch FROM timestamptz '2026-11-01Z')::bigint"
           " * 1000000000, 1, 1, 0, 0, '2026-11-01Z', timestamptz '2026-12-01Z'"
           " - interval '1 second')",
           "SELECT memmon.make_event_partition(date '2026-11-01' + d),"
           " memmon.make_process_minute_partition(date '2026-11-01' + d)"
           " FROM generate_series(0, 30) d",
           // Those that stay, and those that live for a minute: 432,000.
           "INSERT INTO memmon.process SELECT 1, 1, p, 10, 'p' || p, 0, p, 0, NULL"
           " FROM generate_series(1, 30) p",
           "INSERT INTO memmon.process SELECT 1, 1, 1000 + p, m * 60000000000, 'short', 0, p, 0,"
           " timestamptz '2026-11-01Z' + (m + 1) * interval '1 minute' - interval '1 second'"
           " FROM generate_series(0, 43199) m, generate_series(1, 10) p",
           "INSERT INTO memmon.process_minute SELECT timestamptz '2026-11-01Z'"
           " + m * interval '1 minute', CASE WHEN p > 30 THEN m * 60000000000 ELSE 10 END,"
           " p * 4096, 0, p * 4096 - 10000, p * 1000000, p * 1000000, m * 60000000000, 7, m * 60,"
           " CASE WHEN p > 30 THEN m * 60000000000 END, p, 0, 0, 1, 1, 1,"
           " CASE WHEN p > 30 THEN 970 + p ELSE p END"
           // As they come: by time.
           " FROM generate_series(0, 43199) m, generate_series(1, 40) p ORDER BY m",
           // One of 30 events is of the container c7, one of 1,000 of another; and one of
           // 1,000 failed.
           "INSERT INTO memmon.cgroup (host_id, boot_row, cgroup_id, container, last_day)"
           " VALUES (1, 1, 7, 'c7', date '2026-12-01'), (1, 1, 31, 'seldom', date '2026-12-01')",
           "INSERT INTO memmon.event SELECT timestamptz '2026-12-01Z' - interval '" + days +
               " days' + s * (interval '" + days + " days' / " + events +
               "), s, 10, 7, s, 4096, CASE WHEN s % 1000 = 500 THEN 31 ELSE p END, 4096, 4096,"
               " CASE WHEN s % 1000 = 0 THEN -12 ELSE 4096 END, NULL, 1, 1, 1, p, p, 0, 0, 0, p, "
               "0, 16,"
               " 0, 0, 'p' || p FROM generate_series(0, " +
               events + " - 1) s, LATERAL (SELECT s % 30 + 1 AS p) x",
           "INSERT INTO memmon.rollup_due SELECT 1, timestamptz '2026-11-01Z' + h * interval '1"
           " hour' FROM generate_series(0, 719) h",
           "VACUUM ANALYZE"}) {
    Execute(connection, sql);
  }
  const auto began = std::chrono::steady_clock::now();
  int hours = 0;
  while (Execute(connection, "SELECT memmon.roll_up_next()") != "") ++hours;
  std::printf("an hour was added up in %.1f ms\n", MsSince(began) / hours);
  Execute(connection,
          "VACUUM ANALYZE memmon.process_hour, memmon.process_day, memmon.host_hour,"
          " memmon.host_day");
  PrintSize(connection, std::stod(events));
  PQfinish(connection);
}

void Measure(PGconn* connection, const char* what, const std::function<absl::Status()>& ask,
             double goal_ms = 100, int rounds = kRounds) {
  // Whoever answers is there before the clock runs.
  if (const absl::Status status = ask(); !status.ok()) Fail(std::string(status.message()));
  const double server_ms = ServerMs(connection);
  std::vector<double> took;
  for (int round = 0; round < rounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    if (const absl::Status status = ask(); !status.ok()) Fail(std::string(status.message()));
    took.push_back(MsSince(began));
  }
  std::sort(took.begin(), took.end());
  const double nearly_all = took[rounds * 95 / 100];
  char goal[32];
  std::snprintf(goal, sizeof(goal), "%.0f ms for 95 %%", goal_ms);
  std::printf("%-52s %8.1f %8.1f %8.1f %s\n", what, took[rounds / 2], nearly_all,
              (ServerMs(connection) - server_ms) / rounds,
              bench::AtMost(nearly_all, goal_ms, goal).c_str());
  std::fflush(stdout);
}

// 40,000 events a second as they come, from the end of the month on. Made when 20 seconds' came,
// which PostgreSQL by itself would not have summed up yet.
class Load {
 public:
  explicit Load(store::Store* store) : store_(store) {
    thread_ = std::thread([this, began = std::chrono::steady_clock::now()] {
      while (!ended_) {
        if (static_cast<double>(taken_) < MsSince(began) * kPerSecond / 1'000) {
          Take();
        } else {
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
      }
    });
    for (uint64_t taken = 0; taken < 20 * kPerSecond; taken = taken_) taken_.wait(taken);
  }
  ~Load() {
    ended_ = true;
    thread_.join();
  }

  // The time of the newest event.
  int64_t now_unix_ns() const { return kEndNs + static_cast<int64_t>(taken_ * kEveryNs); }

 private:
  static constexpr uint64_t kPerSecond = 40'000;
  static constexpr uint64_t kEveryNs = kSecondNs / kPerSecond;
  static constexpr size_t kBatch = 1'000;

  void Take() {
    const auto batch = std::make_shared<model::Batch>(*MakeBatch(capture_, 0, taken_, kBatch));
    for (model::Event& event : batch->events) event.time_ns = event.sequence * kEveryNs;
    store_->Take(batch);
    taken_ += kBatch;
    taken_.notify_all();
  }

  store::Store* const store_;
  const std::shared_ptr<const model::Capture> capture_ = MakeCapture(2, 1'000, kEndNs);
  std::atomic<uint64_t> taken_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

int Main(const std::string& event_count, const std::string& days) {
  PrivateCluster cluster;
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  OpenStore(conninfo).reset();  // the schema
  Fill(conninfo, event_count, days);
  auto store = OpenStore(conninfo);
  std::mt19937_64 random(1);
  const auto any = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low));
  };
  std::printf("%-52s %8s %8s %8s\n", "ms", "median", "95 %", "server");
  PGconn* connection = PQconnectdb(conninfo.c_str());

  // A process that stays, in a span that ends at a random time of the last days.
  const auto history = [&](int64_t span) {
    return [&, span] {
      store::HistoryQuery query;
      query.process = {static_cast<uint32_t>(any(1, 31)), 10};
      query.end_unix_ns = span < kDayNs ? any(kEndNs - 2 * kDayNs, kEndNs) : kEndNs;
      query.start_unix_ns = query.end_unix_ns - span;
      return store->GetProcessHistory(query).status();
    };
  };
  Measure(connection, "history of 5 minutes, by seconds", history(5 * kMinuteNs));
  Measure(connection, "history of 1 hour, by 15 seconds", history(60 * kMinuteNs));
  Measure(connection, "history of 6 hours, by 5 minutes", history(6 * 60 * kMinuteNs));
  Measure(connection, "history of 1 day", history(kDayNs));
  Measure(connection, "history of 30 days", history(30 * kDayNs));

  const auto requested = [&](int64_t span) {
    return [&, span] {
      const int64_t end = span < kDayNs ? any(kEndNs - 2 * kDayNs, kEndNs) : kEndNs - 7 * kSecondNs;
      return store->GetRequested({end - span, end, 10}).status();
    };
  };
  Measure(connection, "who requested most, in 5 minutes", requested(5 * kMinuteNs));
  Measure(connection, "who requested most, in 1 hour", requested(60 * kMinuteNs));
  Measure(connection, "who requested most, in 1 day", requested(kDayNs));
  Measure(connection, "who requested most, in 30 days", requested(30 * kDayNs));

  Measure(connection, "all processes, an hour after the capture began",
          [&] { return store->GetProcesses({kBeginNs + 60 * kMinuteNs}).status(); });
  Measure(connection, "all processes, a day after the capture began",
          [&] { return store->GetProcesses({kBeginNs + kDayNs}).status(); });
  Measure(connection, "all processes, at random times of the last days",
          [&] { return store->GetProcesses({any(kEndNs - 2 * kDayNs, kEndNs)}).status(); });

  const auto activity = [&](int64_t span) {
    return [&, span] {
      const int64_t end = span < kDayNs ? any(kEndNs - 2 * kDayNs, kEndNs) : kEndNs;
      return store->GetActivity({end - span, end, 300}).status();
    };
  };
  Measure(connection, "activity of 1 hour, by minutes", activity(60 * kMinuteNs));
  Measure(connection, "activity of 1 day, by 5 minutes", activity(kDayNs));
  Measure(connection, "activity of 7 days, by hours", activity(7 * kDayNs));
  Measure(connection, "activity of 30 days, by 6 hours", activity(30 * kDayNs));

  const auto events_before = [&](const std::function<model::Filter()>& filter) {
    return [&, filter] {
      store::EventQuery query;
      query.filter = filter();
      query.end_unix_ns = any(kEndNs - 2 * kDayNs, kEndNs);
      return store->ListEvents(query).status();
    };
  };
  Measure(connection, "100 events", events_before([] { return model::Filter{}; }));
  Measure(connection, "100 events of a process", events_before([&] {
            return model::Filter{.tgids = {static_cast<uint32_t>(any(1, 31))}};
          }));
  Measure(connection, "100 events of a name",
          events_before([] { return model::Filter{.names = {"p7*"}}; }));
  Measure(connection, "100 events of a container",
          events_before([] { return model::Filter{.containers = {"c7"}}; }));
  Measure(connection, "100 events of a container, 1 of 1,000",
          events_before([] { return model::Filter{.containers = {"seldom"}}; }));
  Measure(connection, "100 failed events, 1 of 1,000",
          events_before([] { return model::Filter{.outcome = model::Outcome::kFailed}; }));
  const auto nobody = [&](store::Store& asked, int64_t span) {
    return [&, span] {
      store::EventQuery query;
      query.filter.names = {"nobody"};
      query.end_unix_ns = any(kEndNs - 2 * kDayNs, kEndNs);
      query.start_unix_ns = query.end_unix_ns - span;
      return asked.ListEvents(query).status();
    };
  };
  Measure(connection, "a name that nothing has, in 1 hour", nobody(*store, 60 * kMinuteNs));
  // Nobody begins another look after half of what a call may take (store.h, EventPage).
  const auto limited = OpenStore(conninfo, std::chrono::seconds(5));
  Measure(connection, "a name that nothing has, in 30 days", nobody(*limited, 30 * kDayNs), 3'000,
          5);

  const Load load(store.get());
  Measure(connection, "the 100 newest events, while more come", [&] {
    store::EventQuery query;
    query.end_unix_ns = load.now_unix_ns();
    return store->ListEvents(query).status();
  });
  Measure(connection, "activity of the last hour, while events come", [&] {
    return store->GetActivity({load.now_unix_ns() - 60 * kMinuteNs, load.now_unix_ns(), 300})
        .status();
  });
  PQfinish(connection);
  return 0;
}

}  // namespace
}  // namespace memmon::test

int main(int argc, char** argv) {
  return memmon::test::Main(argc > 1 ? argv[1] : "10000000", argc > 2 ? argv[2] : "3");
}
