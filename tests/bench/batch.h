// SPDX-License-Identifier: Apache-2.0
//
// What the benchmarks of streams send: mmaps and munmaps of fifty processes.

#ifndef MEMMON_TESTS_BENCH_BATCH_H_
#define MEMMON_TESTS_BENCH_BATCH_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include "model/batch.h"

namespace memmon::bench {

// As many as the API puts into one message.
inline constexpr size_t kBatchEvents = 2'048;

inline model::SharedBatch MakeBatch() {
  auto capture = std::make_shared<model::Capture>();
  capture->realtime_offset_ns = 1'700'000'000'000'000'000;
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  for (size_t i = 0; i < kBatchEvents; ++i) {
    model::Event event;
    event.kind = i % 2 == 0 ? model::EventKind::kMmap : model::EventKind::kMunmap;
    event.cpu = static_cast<uint16_t>(i % 4);
    event.sequence = 1'000'000 + i;
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

}  // namespace memmon::bench

#endif  // MEMMON_TESTS_BENCH_BATCH_H_
