// SPDX-License-Identifier: Apache-2.0
//
// What subscribers that have stopped reading cost the others: events a second to
// each of 50 that read, and rows a second into PostgreSQL beside them, alone and
// with 50 more that never read, by turns in one run. And what memmond's memory is
// before and at the end, against what ARCHITECTURE.md says such streams take, and whether
// the stalled ones are told what they missed.
//
// The service runs in a process of its own, so that its memory is its own. Events
// come as fast as the slowest of those that read takes them: it is their rate that
// is measured.

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <thread>

#include "batch.h"
#include "goal.h"
#include "private_cluster.h"
#include "store/postgres_store.h"
#include "streams.h"

namespace memmon::bench {
namespace {

constexpr size_t kReaders = 50;
constexpr size_t kStalled = 50;
constexpr int kRounds = 3;
// Of one phase: more than may wait for a subscriber that reads nothing. The first of
// them are not measured: until its connection is full, one that has stopped reading
// is sent what the others are.
constexpr size_t kWarmUpBatches = 40;
constexpr size_t kBatches = 40;
constexpr size_t kMeasuredEvents = kBatches * kBatchEvents;
constexpr size_t kEvents = kWarmUpBatches * kBatchEvents + kMeasuredEvents;
// So far the slowest reader may be behind: nobody who reads loses anything.
constexpr uint64_t kMostBehind = 32'768;
// What memmond sets aside at all times, and for each stream (config/memory.cc).
constexpr double kMostMiB = 192 + (kReaders + kStalled) * 1'300'000.0 / (1 << 20);

// What both processes see.
struct Shared {
  std::array<std::atomic<uint64_t>, kReaders> received{};
};

struct Order {
  enum { kEnd, kSettle, kPhase } what = kEnd;  // kSettle: wait until all have left
  size_t subscribers = 0;                      // of a phase: to be waited for
};

struct Result {
  int port = 0;  // the first alone
  double seconds = 0;
  double store_seconds = 0;
  uint64_t resident_bytes = 0;
};

uint64_t ResidentBytes() {
  unsigned long long size = 0;
  unsigned long long resident = 0;
  FILE* statm = fopen("/proc/self/statm", "re");
  if (statm == nullptr || fscanf(statm, "%llu %llu", &size, &resident) != 2) Fail("no statm");
  fclose(statm);
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

template <typename T>
void Send(int fd, const T& value) {
  if (write(fd, &value, sizeof(value)) != sizeof(value)) Fail("the other process is gone");
}
template <typename T>
T Receive(int fd) {
  T value;
  if (read(fd, &value, sizeof(value)) != sizeof(value)) Fail("the other process is gone");
  return value;
}

// Where one process waits for the other: a spin would be measured, too.
void Pause() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

// The service's process.
void Serve(Shared* shared, int orders, int results) {
  test::PrivateCluster cluster;
  store::PostgresStoreOptions options;
  options.conninfo = cluster.conninfo(cluster.CreateDatabase());
  auto store = store::OpenPostgresStore(options);
  if (!store.ok()) Fail(store.status().ToString());
  Service service({}, store->get());
  Send(results, Result{.port = service.api->port()});
  const auto capture = MakeCapture();
  size_t number = 0;
  for (;;) {
    const auto order = Receive<Order>(orders);
    if (order.what == Order::kEnd) return;
    while (service.feed.subscriber_count() != order.subscribers) Pause();
    if (order.what == Order::kSettle) {
      Send(results, Result{});
      continue;
    }
    size_t fed = 0;  // events of this phase
    const auto feed = [&](size_t batches) {
      const auto await = [&](size_t most_behind) {
        for (const auto& received : shared->received) {
          while (received + most_behind < fed) Pause();
        }
      };
      for (; batches > 0; --batches) {
        const auto batch = MakeBatch(capture, number++);
        service.feed.Take(batch);
        (*store)->Take(batch);
        fed += kBatchEvents;
        await(kMostBehind);
      }
      await(0);
    };
    const auto store_all = [&] {
      while ((*store)->status().counters.out < number * kBatchEvents) Pause();
    };
    feed(kWarmUpBatches);
    store_all();
    const Clock::time_point began = Clock::now();
    feed(kBatches);
    Result result{.seconds = SecondsSince(began)};
    store_all();
    result.store_seconds = SecondsSince(began);
    result.resident_bytes = ResidentBytes();
    Send(results, result);
  }
}

// A subscriber with a connection of its own.
class Subscriber {
 public:
  explicit Subscriber(int port)
      : stub_(Connect(port)), stream_(stub_->StreamEvents(&context_, {})) {}
  ~Subscriber() {
    context_.TryCancel();
    stream_->Finish();
  }

  // Until it has, or was told it missed, a phase's events; counts those it has in
  // `received`.
  void Read(std::atomic<uint64_t>* received) {
    v1::StreamEventsResponse message;
    while (seen_ < kEvents) {
      if (!stream_->Read(&message)) Fail("a stream ended");
      missed_ += message.gap().event_count();
      const auto events = static_cast<uint64_t>(message.events_size());
      seen_ += events + message.gap().event_count();
      *received += events;
    }
    if (seen_ != kEvents) Fail("a subscriber was told of events that there were not");
  }
  uint64_t missed() const { return missed_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::StreamEventsResponse>> stream_;
  uint64_t seen_ = 0;
  uint64_t missed_ = 0;
};

struct Phase {
  Result result;
  uint64_t missed = 0;  // of each stalled one, the least
};

Phase Run(Shared* shared, int orders, int results, int port, size_t stalled) {
  Send(orders, Order{Order::kSettle});
  Receive<Result>(results);
  for (auto& received : shared->received) received = 0;
  std::vector<std::unique_ptr<Subscriber>> idle;
  for (size_t i = 0; i < stalled; ++i) idle.push_back(std::make_unique<Subscriber>(port));
  std::vector<std::thread> readers;
  for (size_t i = 0; i < kReaders; ++i) {
    readers.emplace_back([shared, port, i] {
      Subscriber reader(port);
      reader.Read(&shared->received[i]);
      if (reader.missed() != 0) Fail("a subscriber that reads lost events");
    });
  }
  Send(orders, Order{Order::kPhase, kReaders + stalled});
  Phase phase;
  phase.result = Receive<Result>(results);
  for (std::thread& reader : readers) reader.join();
  phase.missed = kEvents;
  std::atomic<uint64_t> received = 0;
  for (const auto& subscriber : idle) {
    subscriber->Read(&received);
    phase.missed = std::min(phase.missed, subscriber->missed());
  }
  return phase;
}

int Main() {
  int orders[2];
  int results[2];
  auto* shared = static_cast<Shared*>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (shared == MAP_FAILED || pipe(orders) != 0 || pipe(results) != 0) Fail("no shared memory");
  new (shared) Shared;
  const pid_t service = fork();
  if (service == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Serve(shared, orders[0], results[1]);
    exit(0);
  }
  const int port = Receive<Result>(results[0]).port;

  std::vector<double> rates[2];
  std::vector<double> rows[2];
  uint64_t before = 0;
  uint64_t at_end = 0;
  uint64_t missed = kEvents;
  for (int round = 0; round < kRounds; ++round) {
    for (const int with : {0, 1}) {
      const Phase phase = Run(shared, orders[1], results[0], port, with ? kStalled : 0);
      rates[with].push_back(kMeasuredEvents / phase.result.seconds);
      rows[with].push_back(kMeasuredEvents / phase.result.store_seconds);
      if (before == 0) before = phase.result.resident_bytes;
      at_end = phase.result.resident_bytes;
      if (with) missed = std::min(missed, phase.missed);
    }
  }
  Send(orders[1], Order{});
  waitpid(service, nullptr, 0);
  printf("50 readers: each alone               %10.0f events/s\n", Median(rates[0]));
  printf("50 readers: each beside 50 stalled   %10.0f events/s\n", Median(rates[1]));
  // 1 is no effect; a tenth is left to the noise of the machine.
  const double read = Median(rates[1]) / Median(rates[0]);
  const double stored = Median(rows[1]) / Median(rows[0]);
  printf("50 readers: ratio                    %10.2f %s\n", read,
         AtLeast(read, 0.9, "0.90").c_str());
  printf("50 readers: rows stored, ratio       %10.2f %s\n", stored,
         AtLeast(stored, 0.9, "0.90").c_str());
  printf("50 readers: memory, without stalled  %10.0f MiB\n",
         static_cast<double>(before) / 1048576);
  const double end_mib = static_cast<double>(at_end) / 1048576;
  printf("50 readers: memory, at the end       %10.0f MiB %s\n", end_mib,
         AtMost(end_mib, kMostMiB, "192 MiB and 1.3 MB a stream").c_str());
  printf("each stalled one missed at least     %10llu of %zu events %s\n",
         static_cast<unsigned long long>(missed), kEvents,
         AtLeast(static_cast<double>(missed), 1, "1: else none stalled").c_str());
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main() { return memmon::bench::Main(); }
