// SPDX-License-Identifier: Apache-2.0
//
// What PostgresStore is held against: libpq's binary COPY of the same rows into the
// same table and nothing else, encoded before the clock runs, a transaction for as many
// events as the store takes at once. Whatever fails ends the program.

#ifndef MEMMON_TESTS_BENCH_BARE_COPY_H_
#define MEMMON_TESTS_BENCH_BARE_COPY_H_

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "fixture_events.h"
#include "model/batch.h"
#include "private_cluster.h"
#include "store/copy_encoder.h"
#include "store/postgres_store.h"

namespace memmon::test {

constexpr size_t kBatchEvents = 10'000;

using Batches = std::vector<model::SharedBatch>;

[[noreturn]] inline void Fail(const std::string& what) {
  std::fprintf(stderr, "benchmark: %s\n", what.c_str());
  std::exit(1);
}

inline double SecondsSince(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

class BareConnection {
 public:
  explicit BareConnection(const std::string& conninfo)
      : connection_(PQconnectdb(conninfo.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) Fail(PQerrorMessage(connection_));
  }
  ~BareConnection() { PQfinish(connection_); }
  BareConnection(const BareConnection&) = delete;
  BareConnection& operator=(const BareConnection&) = delete;

  // The first value of the answer, where there is one.
  std::string Execute(const std::string& sql) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) {
      Fail(PQerrorMessage(connection_));
    }
    std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    return value;
  }
  void Copy(const std::string& data) {
    Execute("BEGIN");
    Execute(store::CopyEncoder::Statement());
    if (PQputCopyData(connection_, data.data(), static_cast<int>(data.size())) != 1 ||
        PQputCopyEnd(connection_, nullptr) != 1) {
      Fail(PQerrorMessage(connection_));
    }
    while (PGresult* result = PQgetResult(connection_)) {
      if (PQresultStatus(result) != PGRES_COMMAND_OK) Fail(PQerrorMessage(connection_));
      PQclear(result);
    }
    Execute("COMMIT");
  }
  PGconn* get() const { return connection_; }

 private:
  PGconn* connection_;
};

inline std::unique_ptr<store::Store> OpenOrFail(const store::PostgresStoreOptions& options) {
  auto opened = store::OpenPostgresStore(options);
  if (!opened.ok()) Fail(std::string(opened.status().message()));
  return *std::move(opened);
}

inline void ExpectRows(const std::string& conninfo, uint64_t events) {
  const std::string rows = BareConnection(conninfo).Execute("SELECT count(*) FROM memmon.event");
  if (rows != std::to_string(events)) Fail(rows + " rows of " + std::to_string(events));
}

// A new database with the schema and the partitions, and nothing else.
inline std::string EmptyTables(PrivateCluster& cluster) {
  store::PostgresStoreOptions options;
  options.conninfo = cluster.conninfo(cluster.CreateDatabase());
  options.machine_id = "bench";
  OpenOrFail(options).reset();
  BareConnection(options.conninfo)
      .Execute(
          "SELECT memmon.make_event_partition(date '2026-11-22'),"
          " memmon.make_process_minute_partition(date '2026-11-22')");
  return options.conninfo;
}

// Rows a second, into tables that EmptyTables() made; how many is not looked at.
inline double BareCopy(const std::string& conninfo, const Batches& batches) {
  std::vector<std::string> encoded;
  uint64_t events = 0;
  for (size_t i = 0; i < batches.size();) {
    store::CopyEncoder encoder;
    encoder.AppendHeader();
    size_t rows = 0;
    for (; rows < kBatchEvents && i < batches.size(); ++i) {
      for (const model::Event& event : batches[i]->events) {
        encoder.AppendRow({1, 1, 1}, event, kNoonUnixNs + static_cast<int64_t>(event.time_ns));
      }
      rows += batches[i]->events.size();
    }
    encoder.AppendTrailer();
    encoded.emplace_back(encoder.data());
    events += rows;
  }
  BareConnection connection(conninfo);
  const auto began = std::chrono::steady_clock::now();
  for (const std::string& data : encoded) connection.Copy(data);
  return static_cast<double>(events) / SecondsSince(began);
}

// The same into a database of its own, whose rows are counted.
inline double BareCopy(PrivateCluster& cluster, const Batches& batches) {
  const std::string conninfo = EmptyTables(cluster);
  const double rate = BareCopy(conninfo, batches);
  uint64_t events = 0;
  for (const auto& batch : batches) events += batch->events.size();
  ExpectRows(conninfo, events);
  return rate;
}

}  // namespace memmon::test

#endif  // MEMMON_TESTS_BENCH_BARE_COPY_H_
