// SPDX-License-Identifier: Apache-2.0
//
// From a record's time to a gRPC client that asks for nothing special: half of the
// events, and 99 of 100. All of memmond's way is in it: source, decoder, pump, table,
// feed, API, loopback, and the client's decoding.
//
//   memmon_latency_bench              with a source of its own, 10,000 events a second
//   memmon_latency_bench PORT RATE... of the memmond on that port of this machine, which
//                                     reads the module: of calls that this process makes,
//                                     so many a second; and how idle the machine was
//
// In the first the source wakes as the module's does: at once where it slept for a
// millisecond, else when that is over. The second is the whole way, from the call's
// return on (scripts/bench kernel, in a guest).

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "fakes/stream_builder.h"
#include "goal.h"
#include "live/recent.h"
#include "pipeline/pump.h"
#include "streams.h"

namespace memmon::bench {
namespace {

constexpr uint64_t kRate = 10'000;  // that of the goals
constexpr uint64_t kWarmUpSeconds = 2;
constexpr uint64_t kMeasuredSeconds = 10;
constexpr std::chrono::milliseconds kReaderSleeps{1};

uint64_t NowNs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t BootNs() { return NowNs(CLOCK_BOOTTIME); }

// So many times a second; who comes late is not kept waiting.
class Pace {
 public:
  explicit Pace(uint64_t rate) : every_ns_(1'000'000'000 / rate), due_ns_(BootNs()) {}
  void Wait() {
    due_ns_ += every_ns_;
    timespec until{static_cast<time_t>(due_ns_ / 1'000'000'000),
                   static_cast<long>(due_ns_ % 1'000'000'000)};
    clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr);
  }

 private:
  const uint64_t every_ns_;
  uint64_t due_ns_;
};

// Records that a thread writes, each when its time has come.
class PacedSource final : public device::Source {
 public:
  PacedSource() {
    if (pipe2(fds_, O_CLOEXEC) != 0) Fail("no pipe");
  }
  ~PacedSource() override {
    Interrupt();
    if (writer_.joinable()) writer_.join();
    close(fds_[0]);
    close(fds_[1]);
  }

  std::string name() const override { return "paced"; }
  bool is_recording() const override { return true; }
  absl::Status Open() override {
    writer_ = std::thread([this] { Write(); });
    return absl::OkStatus();
  }
  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override {
    std::this_thread::sleep_until(last_read_ + kReaderSleeps);
    const ssize_t got = read(fds_[0], buffer.data(), buffer.size());
    last_read_ = Clock::now();
    if (stopping_ || got <= 0) return 0;
    return static_cast<size_t>(got);
  }
  void Close() override {}
  void Interrupt() override { stopping_ = true; }
  absl::StatusOr<std::vector<model::KernelCounters>> Counters() override {
    return std::vector<model::KernelCounters>();
  }
  uint64_t MissedCount() override { return 0; }

 private:
  void Write() {
    fakes::StreamBuilder header;
    header.Header(1, BootNs());
    Put(header.bytes().data(), header.bytes().size());
    Pace pace(kRate);
    for (uint64_t i = 0; !stopping_; ++i) {
      pace.Wait();
      memmon_event record = fakes::MakeRecord(MEMMON_MMAP, 100 + i % 50, BootNs());
      record.seq = i;
      Put(&record, sizeof(record));
    }
  }
  void Put(const void* data, size_t size) {
    if (write(fds_[1], data, size) != static_cast<ssize_t>(size)) Fail("the pipe broke");
  }

  int fds_[2];
  std::atomic<bool> stopping_ = false;
  Clock::time_point last_read_;
  std::thread writer_;
};

// Calls that the module records and that change nothing. They are known by their length.
class Caller {
 public:
  explicit Caller(uint64_t rate) : thread_([this, rate] { Call(rate); }) {}
  ~Caller() {
    stopping_ = true;
    thread_.join();
  }
  static bool Made(const v1::Event& event) {
    return event.pid() == static_cast<uint32_t>(getpid()) &&
           event.kind() == v1::EVENT_KIND_MUNMAP && event.length_bytes() == kLength;
  }

 private:
  static constexpr uint64_t kNoPage = 1;
  static constexpr uint64_t kLength = 12'345;

  void Call(uint64_t rate) {
    for (Pace pace(rate); !stopping_; pace.Wait()) syscall(SYS_munmap, kNoPage, kLength);
  }

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Seconds that the machine's CPUs, added up, have been idle since it was started.
double IdleSeconds() {
  std::ifstream stat("/proc/stat");
  std::string word;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0;
  if (!(stat >> word >> user >> nice >> system >> idle >> waiting)) Fail("no /proc/stat");
  return (idle + waiting) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Figures {
  double half_ms;
  double nearly_all_ms;
  double events_a_message;
  double events_a_second;
  double idle_share;
};

// Of those that are `wanted`, so many seconds' worth at `rate`; `clock` is what their
// time is told by, plus `offset_ns`.
Figures Measure(v1::MemoryMonitor::Stub* stub, uint64_t rate, clockid_t clock, int64_t offset_ns,
                const std::function<void()>& begin,
                const std::function<bool(const v1::Event&)>& wanted) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  auto stream = stub->StreamEvents(&context, {});
  begin();
  const uint64_t warm_up = kWarmUpSeconds * rate;
  const uint64_t all = warm_up + kMeasuredSeconds * rate;
  std::vector<double> ms;
  v1::StreamEventsResponse message;
  uint64_t messages = 0;
  double began = 0;
  double idle = 0;
  for (uint64_t seen = 0; seen < all;) {
    if (!stream->Read(&message)) Fail("the stream ended");
    const auto now = static_cast<int64_t>(NowNs(clock));
    const uint64_t before = seen;
    for (const v1::Event& event : message.events()) {
      if (!wanted(event) || ++seen <= warm_up) continue;
      const int64_t then =
          event.event_time().seconds() * 1'000'000'000 + event.event_time().nanos() - offset_ns;
      ms.push_back(static_cast<double>(now - then) / 1e6);
    }
    if (seen > before) ++messages;
    if (before < warm_up && seen >= warm_up) {
      began = static_cast<double>(BootNs()) / 1e9;
      idle = IdleSeconds();
    }
  }
  const double seconds = static_cast<double>(BootNs()) / 1e9 - began;
  idle = IdleSeconds() - idle;
  context.TryCancel();
  stream->Finish();
  return {.half_ms = Median(ms),
          .nearly_all_ms = Quantile(ms, 0.99),
          .events_a_message = static_cast<double>(all) / static_cast<double>(messages),
          .events_a_second = static_cast<double>(ms.size()) / seconds,
          .idle_share = idle / seconds / static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN))};
}

void Print(const char* from, uint64_t rate, const Figures& figures) {
  // What is late at a lower rate than was asked for says nothing of the goals.
  const bool reached = figures.events_a_second >= 0.95 * static_cast<double>(rate);
  const bool of_the_goals = rate == kRate;
  const std::string goal_of_half =
      of_the_goals ? " " + Goal("at most", "5 ms", reached && figures.half_ms <= 5) : "";
  const std::string goal_of_nearly_all =
      of_the_goals ? " " + Goal("at most", "20 ms", reached && figures.nearly_all_ms <= 20) : "";
  printf("from %s to a client, %6lu events/s: half within     %6.2f ms%s\n", from, rate,
         figures.half_ms, goal_of_half.c_str());
  printf("from %s to a client, %6lu events/s: 99 %% within     %6.2f ms%s\n", from, rate,
         figures.nearly_all_ms, goal_of_nearly_all.c_str());
}

void MeasureOwn() {
  Service service;
  live::Recent recent;
  PacedSource source;
  pipeline::Pump pump(&source, {&service.processes, &service.feed, &recent});
  const auto stub = Connect(service.api->port());
  const auto begin = [&] {
    while (service.feed.subscriber_count() == 0) std::this_thread::yield();
    pump.Start();
  };
  const Figures figures = Measure(stub.get(), kRate, CLOCK_BOOTTIME,
                                  fakes::StreamBuilder().MakeHeader().realtime_offset_ns, begin,
                                  [](const v1::Event&) { return true; });
  pump.Stop();
  Print("the record", kRate, figures);
  printf("events a message                                                %6.0f\n",
         figures.events_a_message);
}

void MeasureOther(int port, uint64_t rate) {
  const auto stub = Connect(port);
  const Caller caller(rate);
  const Figures figures = Measure(
      stub.get(), rate, CLOCK_REALTIME, 0, [] {}, Caller::Made);
  Print("the call", rate, figures);
  printf(
      "  %.0f events/s were seen, %.0f a message; the machine was idle for %.0f %% of the time\n",
      figures.events_a_second, figures.events_a_message, 100 * figures.idle_share);
}

int Main(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    MeasureOwn();
    return 0;
  }
  int port = 0;
  if (!absl::SimpleAtoi(arguments[0], &port) || arguments.size() < 2)
    Fail("latency [PORT RATE...]");
  for (size_t i = 1; i < arguments.size(); ++i) {
    uint64_t rate = 0;
    if (!absl::SimpleAtoi(arguments[i], &rate) || rate == 0) Fail("no rate: " + arguments[i]);
    MeasureOther(port, rate);
  }
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main(int argc, char** argv) { return memmon::bench::Main({argv + 1, argv + argc}); }
