// SPDX-License-Identifier: Apache-2.0

#include "config/memory.h"

#include "model/event.h"

namespace memmon::config {
namespace {

// The program and its libraries, the live log, recent events, the writer's books,
// the answers of two history calls, and what the allocator holds back.
constexpr uint64_t kFixedBytes = uint64_t{192} << 20;

// Of the rest, in hundredths.
constexpr uint64_t kQueueShare = 28;
constexpr uint64_t kStreamShare = 40;
constexpr uint64_t kProcessShare = 24;
constexpr uint64_t kTransportShare = 8;
static_assert(kQueueShare + kStreamShare + kProcessShare + kTransportShare == 100);

// One batch for so many events: busy machines have hundreds in one, and there the
// number of events is what bounds.
constexpr uint64_t kEventsPerBatch = 5;
constexpr uint64_t kBatchBytes = 272;
// A batch in its producer's hand, and the bytes of messages: the next, the one that is sent,
// and what gRPC has of those before.
constexpr uint64_t kStreamBytes = 1'300'000;
// In the table, with the longest command line, its address space, and its indexes; what it
// called, in eight sizes and with an error or two; and in the copies of all of them, of
// texts of middling length, that one call, one look at /metrics and one stream may have at
// once; and in what a call about a moment has of as many that lived then.
constexpr uint64_t kProcessBytes = 1'100 + 700 + 3 * 310 + 650;
// In what a stream that selects keeps of each: ProcessSelection::kBytesPerProcess.
constexpr uint64_t kStandingBytes = 96;

}  // namespace

MemoryShares ShareMemory(uint64_t bytes) {
  const uint64_t hundredth = (bytes - kFixedBytes) / 100;
  MemoryShares shares;
  shares.queue_batches =
      kQueueShare * hundredth / (kBatchBytes + kEventsPerBatch * sizeof(model::Event));
  shares.queue_events = shares.queue_batches * kEventsPerBatch;
  shares.streams = kStreamShare * hundredth / kStreamBytes;
  shares.processes = kProcessShare * hundredth / kProcessBytes;
  shares.selection_places = (shares.processes * kStandingBytes + kStreamBytes - 1) / kStreamBytes;
  shares.transport_bytes = kTransportShare * hundredth;
  return shares;
}

}  // namespace memmon::config
