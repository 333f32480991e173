// SPDX-License-Identifier: Apache-2.0
//
// A minute of events into PostgreSQL, as fast as PostgresStore takes them: rows a
// second, against a bare COPY's right after it (bare_copy.h); what of a processor's
// time an event costs the store and the whole server, and what of the disk; and whether the
// store's memory is flat. And the same costs of the way that the first systems of this
// kind went, a connection and an INSERT an event. On a private server (fsync off).
//
//   memmon_sustained_bench [SECONDS]

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "bare_copy.h"
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
constexpr size_t kCopied = 1'500'000;

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

// Indexes included.
double TableBytes(BareConnection& connection, const std::string& table) {
  return std::stod(connection.Execute("SELECT pg_total_relation_size('" + table + "')"));
}

// What an event costs.
struct Cost {
  double rows_per_second = 0;
  double client_ns = 0;  // of a processor: whoever stores it
  double server_ns = 0;  // and the server
  double disk_bytes = 0;
};

// Of events that come until `seconds` are over.
Cost Sustain(PrivateCluster& cluster, double seconds) {
  store::PostgresStoreOptions options;
  options.conninfo = cluster.conninfo(cluster.CreateDatabase());
  options.machine_id = "bench";
  options.queue_events = 2 * kWaiting;
  const auto store = OpenOrFail(options);

  const auto capture = MakeCapture();
  BareConnection connection(options.conninfo);
  const double server_before_ms = WholeServerMs(connection.get());
  const double making_before = Used(RUSAGE_THREAD);
  const double before = Used(RUSAGE_SELF);
  uint64_t events = 0;
  long early_kib = 0;
  long most_kib = 0;
  const auto began = Clock::now();
  while (SecondsSince(began) < seconds) {
    if (store->status().counters.waiting >= kWaiting) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } else {
      store->Take(MakeBatch(capture, 0, events, kTaken));
      events += kTaken;
    }
    const long now_kib = ResidentKib();
    most_kib = std::max(most_kib, now_kib);
    if (SecondsSince(began) < seconds / 10) early_kib = most_kib;
  }
  if (!store->Drain(std::chrono::minutes(1)).ok()) Fail(store->status().problem);
  const double took = SecondsSince(began);
  const double own = Used(RUSAGE_SELF) - before - (Used(RUSAGE_THREAD) - making_before);
  const double server_ms = WholeServerMs(connection.get()) - server_before_ms;
  ExpectRows(options.conninfo, events);

  std::printf("sustained: %.0f s, %llu events\n", took, static_cast<unsigned long long>(events));
  std::printf("sustained: resident after a tenth       %10ld KiB\n", early_kib);
  std::printf("sustained: most there ever was          %10ld KiB\n", most_kib);
  const double grown = static_cast<double>(most_kib) / static_cast<double>(early_kib);
  std::printf("sustained: ratio, of memory             %10.2f %s\n", grown,
              bench::AtMost(grown, 1.1, "1.10").c_str());
  const auto count = static_cast<double>(events);
  return {count / took, own * 1e9 / count, server_ms * 1e6 / count,
          TableBytes(connection, "memmon.event_20261122") / count};
}

Cost OneByOne(PrivateCluster& cluster) {
  const std::string conninfo = cluster.conninfo(cluster.CreateDatabase());
  BareConnection connection(conninfo);
  connection.Execute("CREATE TABLE event (pid int, name text, length bigint, at timestamptz)");
  const double server_before_ms = WholeServerMs(connection.get());
  const double before = Used(RUSAGE_SELF);
  const auto began = Clock::now();
  for (size_t i = 0; i < kInserts; ++i) {
    BareConnection(conninfo).Execute("INSERT INTO event VALUES (" + std::to_string(i) +
                                     ", 'work', 4096, now())");
  }
  const double took = SecondsSince(began);
  const double own = Used(RUSAGE_SELF) - before;
  const double server_ms = WholeServerMs(connection.get()) - server_before_ms;
  // Of so few rows, most would be of a page that is not full.
  connection.Execute("INSERT INTO event SELECT e.* FROM event e, generate_series(1, 1000)");
  const double rows = std::stod(connection.Execute("SELECT count(*) FROM event"));
  return {kInserts / took, own * 1e9 / kInserts, server_ms * 1e6 / kInserts,
          TableBytes(connection, "event") / rows};
}

// Rows a second, of some seconds.
double CopyForAMoment(PrivateCluster& cluster) {
  Batches batches;
  const auto capture = MakeCapture();
  for (size_t first = 0; first < kCopied; first += kTaken) {
    batches.push_back(MakeBatch(capture, 0, first, kTaken));
  }
  return BareCopy(cluster, batches);
}

void Print(const char* whose, const Cost& cost) {
  std::printf("sustained: %-10s, rows/s             %10.0f\n", whose, cost.rows_per_second);
  std::printf("sustained: %-10s, its CPU an event   %10.0f ns\n", whose, cost.client_ns);
  std::printf("sustained: %-10s, the server's       %10.0f ns\n", whose, cost.server_ns);
  std::printf("sustained: %-10s, on disk            %10.0f bytes\n", whose, cost.disk_bytes);
}

int Run(double seconds) {
  PrivateCluster cluster;
  const Cost store = Sustain(cluster, seconds);
  // After it: what was freed of so many batches would hide that the store grows.
  const double copy = CopyForAMoment(cluster);
  const Cost one_by_one = OneByOne(cluster);
  Print("memmon", store);
  Print("one by one", one_by_one);
  std::printf("sustained: bare COPY, right after it    %10.0f rows/s\n", copy);
  const double rate = store.rows_per_second / copy;
  std::printf("sustained: memmon / bare COPY           %10.2f %s\n", rate,
              bench::AtLeast(rate, 0.85, "0.85").c_str());
  std::printf("sustained: memmon / one by one, its CPU %10.5f\n",
              store.client_ns / one_by_one.client_ns);
  std::printf("sustained: the server's                 %10.5f\n",
              store.server_ns / one_by_one.server_ns);
  std::printf("sustained: on disk                      %10.2f\n",
              store.disk_bytes / one_by_one.disk_bytes);
  return 0;
}

}  // namespace
}  // namespace memmon::test

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 60;
  if (seconds <= 0) memmon::test::Fail("SECONDS must be more than 0");
  return memmon::test::Run(seconds);
}
