// SPDX-License-Identifier: Apache-2.0
//
// Events for the store's tests and its benchmark.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_EVENTS_H_
#define MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_EVENTS_H_

#include <cstdint>
#include <memory>

#include "model/batch.h"

namespace memmon::test {

// 2026-11-22 12:00:00 UTC.
inline constexpr int64_t kNoonUnixNs = 1'795'348'800'000'000'000;

std::shared_ptr<const model::Capture> MakeCapture(uint32_t number = 1, uint64_t start_ns = 1'000,
                                                  int64_t realtime_offset_ns = kNoonUnixNs);

// `count` mmaps and munmaps of so many processes on `cpu`, a microsecond apart, numbered
// from `first`; the boot clock is the sequence number.
model::SharedBatch MakeBatch(const std::shared_ptr<const model::Capture>& capture, uint16_t cpu,
                             uint64_t first, size_t count, size_t processes = 7);

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_FIXTURE_EVENTS_H_
