// SPDX-License-Identifier: Apache-2.0
//
// From a record's time to a gRPC client that asks for nothing special, at 10,000
// events a second: half of them, and 99 of 100. All of memmond's way is in it:
// source, decoder, pump, table, feed, API, loopback, and the client's decoding.
//
// The module's own part, from the record to a reader that wakes, is measured in a
// guest (scripts/bench kernel). Here the source wakes as the module's does: at once
// where it slept for a millisecond, else when that is over.

#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "fakes/stream_builder.h"
#include "goal.h"
#include "live/recent.h"
#include "pipeline/pump.h"
#include "streams.h"

namespace memmon::bench {
namespace {

constexpr uint64_t kRate = 10'000;
constexpr uint64_t kWarmUp = 2 * kRate;
constexpr uint64_t kMeasured = 10 * kRate;
constexpr uint64_t kRecordEveryNs = 1'000'000'000 / kRate;
constexpr std::chrono::milliseconds kReaderSleeps{1};

uint64_t BootNs() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

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
    uint64_t due = BootNs();
    for (uint64_t i = 0; !stopping_; ++i) {
      due += kRecordEveryNs;
      timespec until{static_cast<time_t>(due / 1'000'000'000),
                     static_cast<long>(due % 1'000'000'000)};
      clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr);
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

int Main() {
  Service service;
  live::Recent recent;
  PacedSource source;
  pipeline::Pump pump(&source, {&service.processes, &service.feed, &recent});
  const auto stub = Connect(service.api->port());
  grpc::ClientContext context;
  auto stream = stub->StreamEvents(&context, {});
  while (service.feed.subscriber_count() == 0) std::this_thread::yield();
  pump.Start();

  const int64_t offset = fakes::StreamBuilder().MakeHeader().realtime_offset_ns;
  std::vector<double> ms;
  v1::StreamEventsResponse message;
  uint64_t messages = 0;
  for (uint64_t seen = 0; seen < kWarmUp + kMeasured;) {
    if (!stream->Read(&message)) Fail("the stream ended");
    const auto now = static_cast<int64_t>(BootNs());
    ++messages;
    for (const v1::Event& event : message.events()) {
      if (++seen <= kWarmUp) continue;
      const int64_t then =
          event.event_time().seconds() * 1'000'000'000 + event.event_time().nanos() - offset;
      ms.push_back(static_cast<double>(now - then) / 1e6);
    }
  }
  context.TryCancel();
  stream->Finish();
  pump.Stop();
  const double half = Median(ms);
  const double nearly_all = Quantile(ms, 0.99);
  printf("from the record to a client, 10,000 events/s: half within     %6.2f ms %s\n", half,
         AtMost(half, 5, "5 ms").c_str());
  printf("from the record to a client, 10,000 events/s: 99 %% within     %6.2f ms %s\n", nearly_all,
         AtMost(nearly_all, 20, "20 ms").c_str());
  printf("events a message                                              %6.0f\n",
         static_cast<double>(kWarmUp + kMeasured) / static_cast<double>(messages));
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main() { return memmon::bench::Main(); }
