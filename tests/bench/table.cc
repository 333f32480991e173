// SPDX-License-Identifier: Apache-2.0
//
// What exact totals cost an event: the process table, beside the least that anybody pays who
// keeps a sum for each process - a look-up in a hash table and three additions. Both are given
// the same batches in one run, by turns; the fastest of several rounds counts.
//
// The processes take turns at random: with many of them it is the misses of the processor's
// caches that cost.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "batch.h"
#include "model/batch.h"
#include "processes/process_table.h"

namespace memmon::bench {
namespace {

constexpr size_t kBatches = 64;
constexpr int kRounds = 12;

using Clock = std::chrono::steady_clock;

struct Sums {
  uint64_t calls = 0;
  uint64_t asked_bytes = 0;
  uint64_t given_back_bytes = 0;
};

class BareSums {
 public:
  void Take(const model::SharedBatch& batch) {
    for (const model::Event& event : batch->events) {
      Sums& sums = sums_[event.process()];
      ++sums.calls;
      (event.kind == model::EventKind::kMmap ? sums.asked_bytes : sums.given_back_bytes) +=
          event.length_bytes;
    }
  }

 private:
  absl::flat_hash_map<model::ProcessKey, Sums> sums_;
};

// Mmaps and munmaps of so many processes, as batches; each goes on where the one before ended.
std::vector<model::SharedBatch> MakeBatches(const std::shared_ptr<const model::Capture>& capture,
                                            uint32_t processes, uint64_t* number,
                                            std::mt19937* random) {
  std::vector<model::SharedBatch> batches;
  for (size_t i = 0; i < kBatches; ++i) {
    auto batch = std::make_shared<model::Batch>(*MakeBatch(capture, 0));
    for (model::Event& event : batch->events) {
      event.sequence = event.ticket = ++*number;
      event.time_ns = 5'000'000'000'000 + 1'000 * *number;
      const uint32_t process = (*random)() % processes;
      event.tgid = event.tid = event.namespace_tgid = 1'000 + process;
      event.mm_id = 77'000 + process;
      event.length_bytes = 4'096ULL << (*random)() % 6;
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

// ns an event.
template <typename Taker>
double Time(const std::vector<model::SharedBatch>& batches, Taker* taker) {
  const auto began = Clock::now();
  for (const auto& batch : batches) taker->Take(batch);
  const std::chrono::duration<double, std::nano> took = Clock::now() - began;
  return took.count() / double(batches.size() * kBatchEvents);
}

void Compare(uint32_t processes) {
  const auto capture = MakeCapture();
  std::mt19937 random(processes);
  uint64_t number = 0;
  processes::ProcessTable table;
  BareSums bare;
  double table_ns = std::numeric_limits<double>::max();
  double bare_ns = table_ns;
  // The first round, in which the processes are made, is not the fastest.
  for (int round = 0; round < kRounds; ++round) {
    const auto batches = MakeBatches(capture, processes, &number, &random);
    bare_ns = std::min(bare_ns, Time(batches, &bare));
    table_ns = std::min(table_ns, Time(batches, &table));
  }
  std::printf("  %9u %14.1f %12.1f %8.2f\n", processes, table_ns, bare_ns, table_ns / bare_ns);
}

void Run() {
  std::printf("exact totals, ns an event\n");
  std::printf("  %9s %14s %12s %8s\n", "processes", "process table", "bare sums", "ratio");
  for (const uint32_t processes : {1u, 50u, 1'000u, 10'000u, 60'000u}) Compare(processes);
}

}  // namespace
}  // namespace memmon::bench

int main() { memmon::bench::Run(); }
