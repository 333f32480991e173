// SPDX-License-Identifier: Apache-2.0
//
// Rows per second into PostgreSQL: through PostgresStore; by a bare libpq
// binary COPY of the same rows into the same table, encoded beforehand; and by
// an INSERT an event, as the first systems of this kind did. And with a spool:
// while the server is well, to the disk while it is away, and from the disk into
// the server after that. On a private server (fsync off), each way on a fresh
// database, in turn, three rounds; the best of each counts. And what the minutes of
// processes cost, where a transaction has many. Prints one line a way and the ratios.
//
//   memmon_store_bench [events]

#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

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

constexpr size_t kBatchEvents = 10'000;
constexpr size_t kInserts = 2'000;
constexpr int kRounds = 3;

double SecondsSince(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "store benchmark: %s\n", what.c_str());
  std::exit(1);
}

class BareConnection {
 public:
  explicit BareConnection(const std::string& conninfo)
      : connection_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) Fail(PQerrorMessage(connection_));
  }
  ~BareConnection() { PQfinish(connection_); }

  std::string Execute(const std::string& sql, ExecStatusType wanted = PGRES_COMMAND_OK) {
    PGresult* result = PQexec(connection_, sql.c_str());
    if (PQresultStatus(result) != wanted) Fail(PQerrorMessage(connection_));
    std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    return value;
  }
  void Copy(const std::string& data) {
    Execute("BEGIN");
    Execute(store::CopyEncoder::Statement(), PGRES_COPY_IN);
    if (PQputCopyData(connection_, data.data(), static_cast<int>(data.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1) {
      Fail(PQerrorMessage(connection_));
    }
    while (PGresult* result = PQgetResult(connection_)) PQclear(result);
    Execute("COMMIT");
  }

 private:
  PGconn* connection_;
};

using Batches = std::vector<model::SharedBatch>;

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
  auto opened = store::OpenPostgresStore(options);
  if (!opened.ok()) Fail(std::string(opened.status().message()));
  return *std::move(opened);
}

void ExpectRows(const std::string& conninfo, uint64_t events) {
  BareConnection connection(conninfo);
  const std::string rows = connection.Execute("SELECT count(*) FROM memmon.event", PGRES_TUPLES_OK);
  if (rows != std::to_string(events)) Fail(rows + " rows are there");
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

// A database with the schema and the partitions, and nothing else.
std::string Prepared(PrivateCluster& cluster) {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  OpenStore(conninfo, 1).reset();
  BareConnection(conninfo).Execute(
      "SELECT memmon.make_event_partition(date '2026-11-22'),"
      " memmon.make_process_minute_partition(date '2026-11-22')",
      PGRES_TUPLES_OK);
  return conninfo;
}

double ThroughBareCopy(PrivateCluster& cluster, const Batches& batches, uint64_t events) {
  std::vector<std::string> encoded;
  for (size_t i = 0; i < batches.size();) {
    store::CopyEncoder encoder;
    encoder.AppendHeader();
    for (size_t rows = 0; rows < kBatchEvents && i < batches.size(); ++i) {
      for (const auto& event : batches[i]->events) {
        encoder.AppendRow({1, 1, 1}, event, kNoonUnixNs + static_cast<int64_t>(event.time_ns));
      }
      rows += batches[i]->events.size();
    }
    encoder.AppendTrailer();
    encoded.emplace_back(encoder.data());
  }
  const std::string conninfo = Prepared(cluster);
  BareConnection connection(conninfo);
  const auto began = std::chrono::steady_clock::now();
  for (const auto& data : encoded) connection.Copy(data);
  const double seconds = SecondsSince(began);
  ExpectRows(conninfo, events);
  return events / seconds;
}

double ThroughInserts(PrivateCluster& cluster, const Batches& batches) {
  BareConnection connection(Prepared(cluster));
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
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0, i * kProcesses, kProcesses));
    for (uint64_t of = 0; of < kProcesses; ++of) {
      model::Event& event = batch->events[of];
      event.time_ns = i / calls * 60'000'000'000 + i % calls * 1'000'000'000 + of;
      event.tgid = static_cast<uint32_t>(1'000 + of);
      event.start_ns = 5'000 + of;
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
                                            "_20261122')::float / count(*) FROM memmon." + table,
                                        PGRES_TUPLES_OK));
  };
  return {bytes_a_row("event"), bytes_a_row("process_minute")};
}

// ms a transaction of 10,000 events of so many processes takes, all in one minute:
// with that minute's rows, as memmond writes them, and without; in turn, the best of
// each.
std::pair<double, double> WithAndWithoutMinutes(PrivateCluster& cluster, uint64_t processes) {
  constexpr uint64_t kTransactions = 60;
  const std::string conninfo = Prepared(cluster);
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
    auto batch = *MakeBatch(capture, 0, i * kBatchEvents, kBatchEvents);
    store::CopyEncoder encoder;
    encoder.AppendHeader();
    for (model::Event& event : batch.events) {
      event.tgid = static_cast<uint32_t>(1'000 + event.sequence % processes);
      event.start_ns = 5'000 + event.tgid;
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
      for (const model::Event& event : batch.events) {
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
  for (const uint64_t processes : {7, 200, 1'000}) {
    const auto [with, without] = WithAndWithoutMinutes(cluster, processes);
    std::printf("store: 10,000 events of %5llu processes: %6.1f ms, without minutes %6.1f: %.2f\n",
                static_cast<unsigned long long>(processes), with, without, with / without);
  }
}

int Run(uint64_t events) {
  Batches batches;
  const auto capture = MakeCapture();
  constexpr size_t kTaken = 1'000;  // as they come from the pump
  for (uint64_t i = 0; i * kTaken < events; ++i) {
    batches.push_back(MakeBatch(capture, i % 4, i / 4 * kTaken, kTaken));
  }
  events = batches.size() * kTaken;
  PrivateCluster cluster;
  double bare = 0;
  double store = 0;
  double well = 0;
  double to_disk = 0;
  double from_disk = 0;
  char pattern[] = "/tmp/memmon-spool-XXXXXX";
  if (mkdtemp(pattern) == nullptr) Fail("no temporary directory");
  const std::string spool = pattern;
  for (int round = 0; round < kRounds; ++round) {
    bare = std::max(bare, ThroughBareCopy(cluster, batches, events));
    store = std::max(store, ThroughStore(cluster, batches, events));
    well = std::max(well, ThroughStore(cluster, batches, events, spool));
    const auto [to, from] = ThroughSpool(cluster, batches, events, spool);
    to_disk = std::max(to_disk, to);
    from_disk = std::max(from_disk, from);
  }
  std::filesystem::remove_all(spool);
  const double inserts = ThroughInserts(cluster, batches);
  PrintMinutesCost(cluster);
  const double minute_bytes = Budget(cluster, 1).second;
  const auto [event_bytes, added_bytes] = Budget(cluster, 5);
  std::printf("store: bytes on disk an event    %10.0f\n", event_bytes);
  std::printf("store: bytes a process's minute  %10.0f\n", minute_bytes);
  std::printf("store: the same, in five parts   %10.0f\n", added_bytes);
  std::printf("store: bare libpq binary COPY    %10.0f rows/s\n", bare);
  std::printf("store: PostgresStore             %10.0f rows/s\n", store);
  std::printf("store: with a spool, unused      %10.0f rows/s\n", well);
  std::printf("store: to the spool              %10.0f rows/s\n", to_disk);
  std::printf("store: from the spool            %10.0f rows/s\n", from_disk);
  std::printf("store: an INSERT an event        %10.0f rows/s\n", inserts);
  std::printf("store: PostgresStore / bare COPY %10.2f %s\n", store / bare,
              bench::AtLeast(store / bare, 0.85, "0.85").c_str());
  std::printf("store: spool unused / without    %10.2f\n", well / store);
  std::printf("store: to the spool / COPY       %10.2f\n", to_disk / bare);
  std::printf("store: from the spool / without  %10.2f\n", from_disk / store);
  std::printf("store: PostgresStore / INSERT    %10.0f\n", store / inserts);
  return 0;
}

}  // namespace
}  // namespace memmon::test

int main(int argc, char** argv) {
  const long events = argc > 1 ? std::atol(argv[1]) : 1'000'000;
  if (events < 1) memmon::test::Fail("the number of events must be at least 1");
  return memmon::test::Run(events);
}
