// SPDX-License-Identifier: Apache-2.0
//
// Rows per second into PostgreSQL: through PostgresStore, and by a bare libpq
// binary COPY of the same rows into the same table (bare_copy.h), of events of few
// processes, and of many, since each has a row a minute, too, which the COPY has not.
// With a spool: while the server is well, to the disk while it is away, and from the
// disk into the server after that. And by an INSERT an event, as the first systems of
// this kind did. On a private server (fsync off), each way on a fresh database, in turn:
// the median of five pairs, or the best of three rounds. What the minutes of processes cost a
// transaction, and how much disk events and minutes take. Prints one line a way and the
// ratios.
//
//   memmon_store_bench [events]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "bare_copy.h"
#include "fixture_events.h"
#include "goal.h"
#include "private_cluster.h"
#include "store/connection.h"
#include "store/copy_encoder.h"
#include "store/minute_writer.h"
#include "store/postgres_store.h"
#include "store/rollup.h"

namespace memmon::test {
namespace {

constexpr size_t kInserts = 2'000;
constexpr int kRounds = 3;
constexpr int kPairs = 5;
// Beside whose events their minutes' rows are next to nothing.
constexpr size_t kFewProcesses = 7;
constexpr size_t kTaken = 1'000;  // as they come from the pump

// `spool`: its directory; empty: none.
std::unique_ptr<store::Store> OpenStore(const std::string& conninfo, uint64_t events,
                                        const std::string& spool = "") {
  store::PostgresStoreOptions options;
  options.conninfo = conninfo;
  options.machine_id = "bench";
  // All at once is no overload.
  options.queue_events = 4 * events;
  options.overdue = std::chrono::minutes(10);
  if (!spool.empty()) {
    options.spool.emplace();
    options.spool->directory = spool;
    options.spool->bytes = uint64_t{4} << 30;
  }
  return OpenOrFail(options);
}

double ThroughStore(PrivateCluster& cluster, const Batches& batches, uint64_t events,
                    const std::string& spool = "") {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  auto store = OpenStore(conninfo, events, spool);
  const auto began = std::chrono::steady_clock::now();
  for (const auto& batch : batches) store->Take(batch);
  if (!store->Drain(std::chrono::minutes(10)).ok()) Fail(store->status().problem);
  const double seconds = SecondsSince(began);
  ExpectRows(conninfo, events);
  return events / seconds;
}

// To the disk while the server is away, and from there into the server.
std::pair<double, double> ThroughSpool(PrivateCluster& cluster, const Batches& batches,
                                       uint64_t events, const std::string& spool) {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  cluster.Stop();
  auto store = OpenStore(conninfo, events, spool);
  auto began = std::chrono::steady_clock::now();
  for (const auto& batch : batches) store->Take(batch);
  if (!store->Drain(std::chrono::minutes(10)).ok()) Fail(store->status().problem);
  const double to_disk = SecondsSince(began);
  store.reset();
  cluster.Start();
  store = OpenStore(conninfo, events, spool);
  began = std::chrono::steady_clock::now();
  // Its end waits for the spool while the server takes it.
  if (!store->Drain(std::chrono::minutes(10)).ok()) Fail(store->status().problem);
  const double from_disk = SecondsSince(began);
  ExpectRows(conninfo, events);
  return {events / to_disk, events / from_disk};
}

double ThroughInserts(PrivateCluster& cluster, const Batches& batches) {
  BareConnection connection(EmptyTables(cluster));
  const auto began = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kInserts; ++i) {
    const auto& event = batches[0]->events[i % batches[0]->events.size()];
    connection.Execute(
        "INSERT INTO memmon.event (event_time, sequence, start_ns, mm_id, ticket,"
        " virtual_size_bytes, cgroup_id, address, length_bytes, result, host_id, boot_row,"
        " capture_row, tgid, tid, prot, map_flags, uid, namespace_tgid, event_time_ns, kind,"
        " flags, cpu, process_name) VALUES ('2026-11-22 12:00:00+00', " +
        std::to_string(i) + ", 0, 0, 0, 0, 0, 0, " + std::to_string(event.length_bytes) +
        ", 0, 1, 1, 1, " + std::to_string(event.tgid) + ", 0, 0, 0, 0, 0, 0, 16, 0, 0, 'work')");
  }
  return kInserts / SecondsSince(began);
}

// Bytes on disk, indexes included: of an event, and of a process's minute, where
// 200 processes have 30 minutes of so many calls in each, every one told in a
// transaction of its own.
std::pair<double, double> Budget(PrivateCluster& cluster, uint64_t calls) {
  constexpr uint64_t kProcesses = 200;
  constexpr uint64_t kMinutes = 30;
  Batches batches;
  const auto capture = MakeCapture();
  for (uint64_t i = 0; i < kMinutes * calls; ++i) {
    auto batch = std::make_shared<model::Batch>(
        *MakeBatch(capture, 0, i * kProcesses, kProcesses, kProcesses));
    for (uint64_t of = 0; of < kProcesses; ++of) {
      model::Event& event = batch->events[of];
      event.time_ns = i / calls * 60'000'000'000 + i % calls * 1'000'000'000 + of;
    }
    batches.push_back(std::move(batch));
  }
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  auto store = OpenStore(conninfo, kProcesses * kMinutes * calls);
  for (const auto& batch : batches) {
    store->Take(batch);
    if (!store->Drain(std::chrono::minutes(10)).ok()) Fail(store->status().problem);
  }
  BareConnection connection(conninfo);
  const auto bytes_a_row = [&connection](const std::string& table) {
    return std::stod(connection.Execute("SELECT pg_total_relation_size('memmon." + table +
                                        "_20261122')::float / count(*) FROM memmon." + table));
  };
  return {bytes_a_row("event"), bytes_a_row("process_minute")};
}

// ms a transaction of 10,000 events of so many processes takes, all in one minute:
// with that minute's rows, as memmond writes them, and without; in turn, the best of
// each.
std::pair<double, double> WithAndWithoutMinutes(PrivateCluster& cluster, uint64_t processes) {
  constexpr uint64_t kTransactions = 60;
  const std::string conninfo = EmptyTables(cluster);
  store::StopSwitch stop;
  auto opened = store::Connection::Open(conninfo, std::chrono::seconds(10), &stop);
  if (!opened.ok()) Fail(std::string(opened.status().message()));
  store::Connection& connection = **opened;
  const auto done = [](const absl::Status& status) {
    if (!status.ok()) Fail(std::string(status.message()));
  };
  const store::CaptureRows rows{1, 1, 1};
  const auto capture = MakeCapture();
  store::Rollup rollup;
  double best[2] = {1e9, 1e9};
  for (uint64_t i = 0; i < kTransactions; ++i) {
    const auto batch = MakeBatch(capture, 0, i * kBatchEvents, kBatchEvents, processes);
    store::CopyEncoder encoder;
    encoder.AppendHeader();
    for (const model::Event& event : batch->events) {
      encoder.AppendRow(rows, event, kNoonUnixNs + static_cast<int64_t>(event.time_ns));
    }
    encoder.AppendTrailer();
    const bool with_minutes = i % 2 == 1;
    const auto began = std::chrono::steady_clock::now();
    done(connection.Execute("BEGIN"));
    done(connection.BeginCopy(store::CopyEncoder::Statement()));
    done(connection.PutCopyData(encoder.data()));
    done(connection.EndCopy());
    if (with_minutes) {
      rollup.Begin(1, 4'096);
      for (const model::Event& event : batch->events) {
        rollup.Add(event, kNoonUnixNs + static_cast<int64_t>(event.time_ns), /*counted=*/true);
      }
      done(store::AddProcessMinutes(connection, rows, rollup.rows()));
    }
    done(connection.Execute("COMMIT"));
    if (with_minutes) rollup.Commit();
    best[with_minutes] = std::min(best[with_minutes], SecondsSince(began));
  }
  return {best[1] * 1'000, best[0] * 1'000};
}

void PrintMinutesCost(PrivateCluster& cluster) {
  for (const uint64_t processes : {kFewProcesses, size_t{200}, size_t{1'000}}) {
    const auto [with, without] = WithAndWithoutMinutes(cluster, processes);
    std::printf("store: 10,000 events of %5llu processes: %6.1f ms, without minutes %6.1f: %.2f\n",
                static_cast<unsigned long long>(processes), with, without, with / without);
  }
}

Batches MakeBatches(uint64_t events, size_t processes) {
  Batches batches;
  const auto capture = MakeCapture();
  for (uint64_t i = 0; i * kTaken < events; ++i) {
    batches.push_back(MakeBatch(capture, i % 4, i / 4 * kTaken, kTaken, processes));
  }
  return batches;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// Rows a second.
struct Rates {
  double bare = 0;
  double store = 0;
};

// In turn; their ratio is of those that ran one after the other, since the machine's pace
// changes. `goal`: whether it has one.
Rates AgainstBareCopy(PrivateCluster& cluster, uint64_t events, size_t processes, bool goal) {
  const Batches batches = MakeBatches(events, processes);
  std::vector<double> bare;
  std::vector<double> store;
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    bare.push_back(BareCopy(cluster, batches));
    store.push_back(ThroughStore(cluster, batches, events));
    ratios.push_back(store.back() / bare.back());
  }
  const Rates rates{Median(bare), Median(store)};
  const double ratio = Median(ratios);
  std::printf("store: %5zu processes, bare libpq binary COPY %10.0f rows/s\n", processes,
              rates.bare);
  std::printf("store: %5zu processes, PostgresStore          %10.0f rows/s\n", processes,
              rates.store);
  std::printf("store: %5zu processes, PostgresStore / bare COPY %7.2f %s\n", processes, ratio,
              goal ? bench::AtLeast(ratio, 0.85, "0.85").c_str() : "");
  return rates;
}

void PrintSpool(PrivateCluster& cluster, uint64_t events, const Rates& without) {
  const Batches batches = MakeBatches(events, kFewProcesses);
  char pattern[] = "/tmp/memmon-spool-XXXXXX";
  if (mkdtemp(pattern) == nullptr) Fail("no temporary directory");
  const std::string spool = pattern;
  double well = 0;
  double to_disk = 0;
  double from_disk = 0;
  for (int round = 0; round < kRounds; ++round) {
    well = std::max(well, ThroughStore(cluster, batches, events, spool));
    const auto [to, from] = ThroughSpool(cluster, batches, events, spool);
    to_disk = std::max(to_disk, to);
    from_disk = std::max(from_disk, from);
  }
  std::filesystem::remove_all(spool);
  std::printf("store: with a spool, unused      %10.0f rows/s\n", well);
  std::printf("store: to the spool              %10.0f rows/s\n", to_disk);
  std::printf("store: from the spool            %10.0f rows/s\n", from_disk);
  std::printf("store: spool unused / without    %10.2f\n", well / without.store);
  std::printf("store: to the spool / COPY       %10.2f\n", to_disk / without.bare);
  std::printf("store: from the spool / without  %10.2f\n", from_disk / without.store);
}

// ARCHITECTURE.md ("Space") reckons with these bytes.
void PrintBytes(PrivateCluster& cluster) {
  const double minute = Budget(cluster, 1).second;
  const auto [event, added_to] = Budget(cluster, 5);
  std::printf("store: bytes on disk an event    %10.0f %s\n", event,
              bench::AtMost(event, 180, "180").c_str());
  std::printf("store: bytes a process's minute  %10.0f %s\n", minute,
              bench::AtMost(minute, 380, "380").c_str());
  std::printf("store: the same, in five parts   %10.0f %s\n", added_to,
              bench::AtMost(added_to, 420, "420").c_str());
}

int Run(uint64_t events) {
  events = (events + kTaken - 1) / kTaken * kTaken;
  PrivateCluster cluster;
  const Rates few = AgainstBareCopy(cluster, events, kFewProcesses, /*goal=*/true);
  AgainstBareCopy(cluster, events, 200, /*goal=*/true);
  AgainstBareCopy(cluster, events, 1'000, /*goal=*/false);
  PrintMinutesCost(cluster);
  PrintBytes(cluster);
  PrintSpool(cluster, events, few);
  const double inserts = ThroughInserts(cluster, MakeBatches(kTaken, kFewProcesses));
  std::printf("store: an INSERT an event        %10.0f rows/s\n", inserts);
  std::printf("store: PostgresStore / INSERT    %10.0f\n", few.store / inserts);
  return 0;
}

}  // namespace
}  // namespace memmon::test

int main(int argc, char** argv) {
  const long events = argc > 1 ? std::atol(argv[1]) : 1'000'000;
  if (events < 1) memmon::test::Fail("the number of events must be at least 1");
  return memmon::test::Run(events);
}
