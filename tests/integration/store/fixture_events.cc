// SPDX-License-Identifier: Apache-2.0

#include "fixture_events.h"

#include <algorithm>
#include <string>

namespace memmon::test {

std::shared_ptr<const model::Capture> MakeCapture(uint32_t number, uint64_t start_ns,
                                                  int64_t realtime_offset_ns) {
  auto capture = std::make_shared<model::Capture>();
  capture->abi_version = 1;
  capture->boot_id = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4, 5, 6, 7, 8};
  capture->start_ns = start_ns;
  capture->realtime_offset_ns = realtime_offset_ns;
  capture->ram_bytes = 8ULL << 30;
  capture->swap_bytes = 1ULL << 30;
  capture->page_size_bytes = 4096;
  capture->cpu_count = 4;
  capture->number = number;
  capture->ring_records = 4096;
  capture->kernel_release = "6.1.0-test";
  return capture;
}

model::SharedBatch MakeBatch(const std::shared_ptr<const model::Capture>& capture, uint16_t cpu,
                             uint64_t first, size_t count, size_t processes) {
  auto batch = std::make_shared<model::Batch>();
  batch->capture = capture;
  for (uint64_t sequence = first; sequence < first + count; ++sequence) {
    const uint64_t of = sequence % processes;
    model::Event event;
    event.kind = sequence % 2 == 0 ? model::EventKind::kMmap : model::EventKind::kMunmap;
    event.cpu = cpu;
    event.sequence = sequence;
    event.time_ns = sequence * 1000;
    event.tgid = static_cast<uint32_t>(1000 + of);
    event.tid = event.tgid;
    event.start_ns = 5'000 + event.tgid;
    event.length_bytes = 4096 * (sequence % 5 + 1);
    event.result = sequence % 2 == 0 ? 0x7f0000000000 : 0;
    const std::string name = "work" + std::to_string(of % 7);
    std::copy(name.begin(), name.end(), event.comm.begin());
    batch->events.push_back(event);
  }
  return batch;
}

}  // namespace memmon::test
