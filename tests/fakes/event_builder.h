// SPDX-License-Identifier: Apache-2.0
//
// Decoded events and batches, for tests of what comes after the decoder.

#ifndef MEMMON_TESTS_FAKES_EVENT_BUILDER_H_
#define MEMMON_TESTS_FAKES_EVENT_BUILDER_H_

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "model/batch.h"

namespace memmon::fakes {

inline std::shared_ptr<const model::Capture> MakeCapture(uint32_t number = 1) {
  auto capture = std::make_shared<model::Capture>();
  capture->abi_version = 1;
  capture->start_ns = 500;
  capture->realtime_offset_ns = 1'000'000;
  capture->ram_bytes = 1ULL << 33;
  capture->swap_bytes = 1ULL << 30;
  capture->page_size_bytes = 4096;
  capture->cpu_count = 4;
  capture->number = number;
  return capture;
}

inline model::SharedBatch MakeBatch(std::shared_ptr<const model::Capture> capture,
                                    std::vector<model::Event> events) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = std::move(capture);
  batch->events = std::move(events);
  return batch;
}

inline void SetName(model::Event* event, std::string_view name) {
  event->comm.fill(0);
  std::copy_n(name.begin(), std::min(name.size(), event->comm.size() - 1), event->comm.begin());
}

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_EVENT_BUILDER_H_
