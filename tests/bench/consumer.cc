// SPDX-License-Identifier: Apache-2.0
//
// What an event costs its consumer: from /dev/memmon, through a KernelSource and
// a Decoder, to batches. Runs where the module is loaded, in a guest in which a
// nanosecond is an instruction (scripts/bench kernel).
//
// The rings are filled first and read then, as memmond's pump reads them. Prints
// "READ DECODE": instructions an event, in the kernel's read() with the call that
// leads there, and in the decoder; of the round in which both together were least.

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "device/decoder.h"
#include "device/kernel_source.h"

namespace {

constexpr int kEvents = 12'000;  // below what a ring of 16,384 has room for
constexpr int kRounds = 10;
constexpr size_t kBufferBytes = 512 * 1024;  // the pump's

using Clock = std::chrono::steady_clock;

struct Cost {
  Clock::duration read{};
  Clock::duration decode{};
  size_t events = 0;
  double An(Clock::duration part) const {
    return std::chrono::nanoseconds(part).count() / double(events);
  }
};

// Reads until everything made so far has come by.
absl::StatusOr<Cost> Consume(memmon::device::KernelSource& source, memmon::device::Decoder& decoder,
                             std::vector<std::byte>& buffer, size_t wanted) {
  Cost cost;
  std::vector<memmon::model::SharedBatch> batches;
  while (cost.events < wanted) {
    const auto began = Clock::now();
    const auto got = source.Read(buffer);
    const auto read = Clock::now();
    if (!got.ok()) return got.status();
    if (auto status = decoder.Decode(std::span(buffer).first(*got), &batches); !status.ok())
      return status;
    cost.decode += Clock::now() - read;
    cost.read += read - began;
    for (const auto& batch : batches) cost.events += batch->events.size();
    batches.clear();
  }
  return cost;
}

int Run() {
  memmon::device::KernelSource source;
  memmon::device::Decoder decoder;
  std::vector<std::byte> buffer(kBufferBytes);
  absl::Status status = source.Open();
  Cost least;
  for (int round = 0; status.ok() && round < kRounds; ++round) {
    for (int i = 0; i < kEvents; ++i) syscall(SYS_munmap, 0x1001, 4096);
    const auto cost = Consume(source, decoder, buffer, kEvents);
    status = cost.status();
    if (!status.ok()) break;
    if (round == 0 || cost->An(cost->read + cost->decode) < least.An(least.read + least.decode)) {
      least = *cost;
    }
  }
  if (status.ok() && decoder.streams()[0].lost > 0)
    status = absl::DataLossError("records were lost");
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    return 1;
  }
  std::printf("%.1f %.1f\n", least.An(least.read), least.An(least.decode));
  return 0;
}

}  // namespace

int main() { return Run(); }
