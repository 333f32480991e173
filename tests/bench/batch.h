// SPDX-License-Identifier: Apache-2.0
//
// What the benchmarks of streams send: mmaps and munmaps of fifty processes.

#ifndef MEMMON_TESTS_BENCH_BATCH_H_
#define MEMMON_TESTS_BENCH_BATCH_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/batch.h"

namespace memmon::bench {

// As many as the pump reads at once from a busy device.
inline constexpr size_t kBatchEvents = 4'096;

inline constexpr size_t kCpus = 4;

inline std::shared_ptr<const model::Capture> MakeCapture() {
  auto capture = std::make_shared<model::Capture>();
  capture->realtime_offset_ns = 1'700'000'000'000'000'000;
  capture->page_size_bytes = 4'096;
  capture->cpu_count = kCpus;
  return capture;
}

// The one with this number, of a capture.
inline model::SharedBatch MakeBatch(std::shared_ptr<const model::Capture> capture, size_t number) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = std::move(capture);
  for (size_t i = number * kBatchEvents; i < (number + 1) * kBatchEvents; ++i) {
    model::Event event;
    event.kind = i % 2 == 0 ? model::EventKind::kMmap : model::EventKind::kMunmap;
    event.cpu = static_cast<uint16_t>(i % kCpus);
    event.sequence = i / kCpus;
    event.time_ns = 5'000'000'000'000 + 1'000 * i;
    event.tgid = event.tid = event.namespace_tgid = static_cast<uint32_t>(1'000 + i % 50);
    event.start_ns = 4'000'000'000'000;
    event.mm_id = 77'000 + i % 50;
    event.virtual_size_bytes = 1ULL << 30;
    event.cgroup_id = 4'242;
    event.address = 0x7f0000000000 + 4'096 * i;
    event.length_bytes = 65'536;
    event.result = static_cast<int64_t>(event.address);
    event.prot = 3;
    event.map_flags = 0x22;
    event.uid = 1'000;
    std::string name = "benchmark";
    std::copy(name.begin(), name.end(), event.comm.begin());
    batch->events.push_back(event);
  }
  return batch;
}

// Batches of one capture, each of which goes on where the one before ended: a stream
// leaves out what it has seen.
class Batches {
 public:
  const std::vector<model::SharedBatch>& Next(size_t count) {
    batches_.clear();
    for (size_t i = 0; i < count; ++i) batches_.push_back(MakeBatch(capture_, number_++));
    return batches_;
  }

 private:
  const std::shared_ptr<const model::Capture> capture_ = MakeCapture();
  size_t number_ = 0;
  std::vector<model::SharedBatch> batches_;
};

}  // namespace memmon::bench

#endif  // MEMMON_TESTS_BENCH_BATCH_H_
