// SPDX-License-Identifier: Apache-2.0
//
// A minute of events into PostgreSQL, as fast as PostgresStore takes them: rows a
// second, what of a processor's time an event costs the store and the server, and
// whether the store's memory is flat. And the same figures of the way that the first
// systems of this kind went, a connection and an INSERT an event. On a private server
// (fsync off).
//
//   memmon_sustained_bench [SECONDS]

#include <libpq-fe.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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

using Clock = std::chrono::steady_clock;

// The producer keeps so many waiting, so that the store is never idle.
constexpr uint64_t kWaiting = 100'000;
constexpr size_t kTaken = 1'000;  // as they come from the pump
constexpr size_t kInserts = 500;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "sustained benchmark: %s\n", what.c_str());
  std::exit(1);
}

double SecondsSince(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// Processor time of this process, or of the calling thread, in seconds.
double Used(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         1e-6 * (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

long ResidentKib() {
  std::ifstream file("/proc/self/statm");
  long all = 0;
  long resident = 0;
  file >> all >> resident;
  return resident * 4;
}

std::string Ask(const std::string& conninfo, const std::string& sql) {
  PGconn* connection = PQconnectdb(conninfo.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) Fail(PQerrorMessage(connection));
  const std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  return value;
}

double Sustain(PrivateCluster& cluster, double seconds) {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  store::PostgresStoreOptions options;
  options.conninfo = conninfo;
  options.machine_id = "bench";
  options.queue_events = 2 * kWaiting;
  auto opened = store::OpenPostgresStore(options);
  if (!opened.ok()) Fail(std::string(opened.status().message()));
  store::Store& store = **opened;

  const auto capture = MakeCapture();
  PGconn* const connection = PQconnectdb(conninfo.c_str());
  const double server_before_ms = ServerMs(connection);
  const double making_before = Used(RUSAGE_THREAD);
  const double before = Used(RUSAGE_SELF);
  uint64_t events = 0;
  long early_kib = 0;
  long most_kib = 0;
  const auto began = Clock::now();
  while (SecondsSince(began) < seconds) {
    if (store.status().counters.waiting >= kWaiting) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } else {
      store.Take(MakeBatch(capture, 0, events, kTaken));
      events += kTaken;
    }
    const long now_kib = ResidentKib();
    most_kib = std::max(most_kib, now_kib);
    if (SecondsSince(began) < seconds / 10) early_kib = most_kib;
  }
  if (!store.Drain(std::chrono::minutes(1)).ok()) Fail(store.status().problem);
  const double took = SecondsSince(began);
  const double own = Used(RUSAGE_SELF) - before - (Used(RUSAGE_THREAD) - making_before);
  const double of_server = (ServerMs(connection) - server_before_ms) / 1e3;
  PQfinish(connection);
  const std::string rows = Ask(conninfo, "SELECT count(*) FROM memmon.event");
  if (rows != std::to_string(events)) Fail(rows + " rows of " + std::to_string(events));

  const double ns = 1e9 / static_cast<double>(events);
  std::printf("sustained: %.0f s, %llu events     %10.0f rows/s\n", took,
              static_cast<unsigned long long>(events), events / took);
  std::printf("sustained: an event costs the store   %7.0f ns of CPU\n", own * ns);
  std::printf("sustained: an event costs the server  %7.0f ns of CPU\n", of_server * ns);
  std::printf("sustained: resident after a tenth     %7ld KiB\n", early_kib);
  const double grown = static_cast<double>(most_kib) / static_cast<double>(early_kib);
  std::printf("sustained: most there ever was        %7ld KiB\n", most_kib);
  std::printf("sustained: ratio, of memory           %7.2f %s\n", grown,
              bench::AtMost(grown, 1.1, "1.10").c_str());
  return own * ns;
}

double OneByOne(PrivateCluster& cluster) {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  Ask(conninfo, "CREATE TABLE event (pid int, name text, length bigint, at timestamptz)");
  const double before = Used(RUSAGE_SELF);
  const auto began = Clock::now();
  for (size_t i = 0; i < kInserts; ++i) {
    Ask(conninfo, "INSERT INTO event VALUES (" + std::to_string(i) + ", 'work', 4096, now())");
  }
  const double took = SecondsSince(began);
  const double ns = (Used(RUSAGE_SELF) - before) * 1e9 / kInserts;
  std::printf("sustained: a connection and an INSERT an event %10.0f rows/s\n", kInserts / took);
  std::printf("sustained: an event costs its client  %7.0f ns of CPU\n", ns);
  return ns;
}

int Run(double seconds) {
  PrivateCluster cluster;
  const double store = Sustain(cluster, seconds);
  const double client = OneByOne(cluster);
  std::printf("sustained: CPU, PostgresStore / one by one   %10.4f\n", store / client);
  return 0;
}

}  // namespace
}  // namespace memmon::test

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 60;
  if (seconds <= 0) memmon::test::Fail("SECONDS must be more than 0");
  return memmon::test::Run(seconds);
}
