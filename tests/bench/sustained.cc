// SPDX-License-Identifier: Apache-2.0
//
// A minute of events into PostgreSQL, as fast as PostgresStore takes them: rows a
// second, against a bare COPY (bare_copy.h) by a process of its own; what of a processor's
// time an event costs the store and the whole server, and what of the disk; and whether the
// store's memory is flat. And the same costs of the way that the first systems of this
// kind went, a connection and an INSERT an event. On a private server (fsync off).
//
// The two take turns, since a machine may be twice as fast a minute later. A turn of the store ends
// when it has written all, and done what it does when it rests.
//
//   memmon_sustained_bench [SECONDS]
//   memmon_sustained_bench --copy CONNINFO   one turn of the bare COPY: prints its rows a second

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
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
constexpr size_t kCopied = 1'000'000;  // a turn
constexpr int kTurns = 6;

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

// Rows a second, of one turn; not in this process, whose memory is watched.
double CopyForATurn(const std::string& conninfo) {
  const std::string command =
      "/proc/" + std::to_string(getpid()) + "/exe --copy '" + conninfo + "'";
  std::FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) Fail("cannot begin " + command);
  double rate = 0;
  const bool told = std::fscanf(output, "%lf", &rate) == 1;
  if (pclose(output) != 0 || !told) Fail(command + " failed");
  return rate;
}

class Minute {
 public:
  explicit Minute(PrivateCluster& cluster)
      : conninfo_(cluster.conninfo(cluster.CreateDatabase())), connection_(conninfo_) {
    store::PostgresStoreOptions options;
    options.conninfo = conninfo_;
    options.machine_id = "bench";
    options.queue_events = 2 * kWaiting;
    store_ = OpenOrFail(options);
  }

  // Hands it events until so many seconds are over, and waits until they are written and it rests.
  void Turn(double seconds) {
    const double server_before_ms = WholeServerMs(connection_.get());
    const double making_before = Used(RUSAGE_THREAD);
    const double before = Used(RUSAGE_SELF);
    const auto began = Clock::now();
    while (SecondsSince(began) < seconds) {
      if (waiting() >= kWaiting) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      } else {
        store_->Take(MakeBatch(capture_, 0, events_, kTaken));
        events_ += kTaken;
      }
      most_kib_ = std::max(most_kib_, ResidentKib());
    }
    const auto wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); };
    while (waiting() > 0) wait();
    took_ += SecondsSince(began);
    while (!Rests()) wait();
    own_ += Used(RUSAGE_SELF) - before - (Used(RUSAGE_THREAD) - making_before);
    server_ms_ += WholeServerMs(connection_.get()) - server_before_ms;
  }

  Cost End() {
    if (!store_->Drain(std::chrono::minutes(1)).ok()) Fail(store_->status().problem);
    ExpectRows(conninfo_, events_);
    const auto count = static_cast<double>(events_);
    return {count / took_, own_ * 1e9 / count, server_ms_ * 1e6 / count,
            TableBytes(connection_, "memmon.event_20261122") / count};
  }

  double took() const { return took_; }
  uint64_t events() const { return events_; }
  long most_kib() const { return most_kib_; }

 private:
  uint64_t waiting() const {
    const store::StoreStatus status = store_->status();
    if (status.state == store::StoreState::kDown) Fail(status.problem);
    return status.counters.waiting;
  }
  // No client but us asks the server for anything, for so long that what is about to begin has.
  bool Rests() {
    const auto began = Clock::now();
    while (SecondsSince(began) < 0.05) {
      if (connection_.Execute("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                              " AND pid <> pg_backend_pid() AND backend_type = 'client backend'") !=
          "0") {
        return false;
      }
    }
    return true;
  }

  const std::string conninfo_;
  BareConnection connection_;
  std::unique_ptr<store::Store> store_;
  const std::shared_ptr<const model::Capture> capture_ = MakeCapture();
  uint64_t events_ = 0;
  double took_ = 0;
  double own_ = 0;
  double server_ms_ = 0;
  long most_kib_ = 0;
};

struct Turns {
  Cost store;
  double copy = 0;  // rows a second
};

Turns TakeTurns(PrivateCluster& cluster, double seconds) {
  Minute minute(cluster);
  const std::string bare = EmptyTables(cluster);
  double copying = 0;
  long early_kib = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    minute.Turn(seconds / kTurns);
    if (turn == 0) early_kib = minute.most_kib();
    copying += kCopied / CopyForATurn(bare);
  }
  ExpectRows(bare, kTurns * kCopied);
  std::printf("sustained: %.0f s, %llu events\n", minute.took(),
              static_cast<unsigned long long>(minute.events()));
  std::printf("sustained: resident, the first turn     %10ld KiB\n", early_kib);
  std::printf("sustained: most there ever was          %10ld KiB\n", minute.most_kib());
  const double grown = static_cast<double>(minute.most_kib()) / static_cast<double>(early_kib);
  std::printf("sustained: ratio, of memory             %10.2f %s\n", grown,
              bench::AtMost(grown, 1.1, "1.10").c_str());
  return {minute.End(), kTurns * kCopied / copying};
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

int CopyOnce(const std::string& conninfo) {
  Batches batches;
  const auto capture = MakeCapture();
  for (size_t first = 0; first < kCopied; first += kTaken) {
    batches.push_back(MakeBatch(capture, 0, first, kTaken));
  }
  std::printf("%f\n", BareCopy(conninfo, batches));
  return 0;
}

void Print(const char* whose, const Cost& cost) {
  std::printf("sustained: %-10s, rows/s             %10.0f\n", whose, cost.rows_per_second);
  std::printf("sustained: %-10s, its CPU an event   %10.0f ns\n", whose, cost.client_ns);
  std::printf("sustained: %-10s, the server's       %10.0f ns\n", whose, cost.server_ns);
  std::printf("sustained: %-10s, on disk            %10.0f bytes\n", whose, cost.disk_bytes);
}

int Run(double seconds) {
  PrivateCluster cluster;
  const auto [store, copy] = TakeTurns(cluster, seconds);
  const Cost one_by_one = OneByOne(cluster);
  Print("memmon", store);
  Print("one by one", one_by_one);
  std::printf("sustained: bare COPY, in turns with it  %10.0f rows/s\n", copy);
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
  if (argc == 3 && std::string(argv[1]) == "--copy") return memmon::test::CopyOnce(argv[2]);
  const double seconds = argc > 1 ? std::atof(argv[1]) : 60;
  if (seconds <= 0) memmon::test::Fail("SECONDS must be more than 0");
  return memmon::test::Run(seconds);
}
