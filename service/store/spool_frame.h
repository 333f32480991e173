// SPDX-License-Identifier: Apache-2.0
//
// A batch of events as it stands in a file of the spool: head, facts, events.
//
//   head    40 bytes: magic, length of the facts, number of events, CRC-32 of
//           the facts and of the events, the frame's place, CRC-32 of the head
//   facts   the capture, the queue's epoch, and for each sub-stream the span of
//           sequence numbers and how many events it has
//   events  144 bytes each
//
// Facts have a sum of their own, so that where events are damaged it is still
// known which they were. The place (file and offset) is part of the head: no
// bytes that a process may choose, in events, can pass for a frame. Numbers
// are little-endian.
//
// The sums are zlib's CRC-32: it comes with gRPC and protobuf, and finds what
// CRC-32C would at these lengths. Nothing read is believed before its sum is
// right, its length is within bounds and every field can be what it says.
//
// Functions without state: any thread.

#ifndef MEMMON_STORE_SPOOL_FRAME_H_
#define MEMMON_STORE_SPOOL_FRAME_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "model/capture.h"
#include "model/event.h"
#include "store/event_queue.h"
#include "store/loss.h"

namespace memmon::store {

inline constexpr size_t kFrameHeadBytes = 40;
inline constexpr size_t kEventBytes = 144;
inline constexpr size_t kMostFrameEvents = 1 << 20;
// Of 65,536 sub-streams.
inline constexpr size_t kMostFactsBytes = 2 << 20;

struct FrameHead {
  uint32_t facts_bytes = 0;
  uint32_t event_count = 0;
  uint32_t facts_sum = 0;
  uint32_t events_sum = 0;

  uint64_t events_bytes() const { return uint64_t{event_count} * kEventBytes; }
  uint64_t bytes() const { return kFrameHeadBytes + facts_bytes + events_bytes(); }
};

struct FrameFacts {
  struct Part {
    Span span;
    uint32_t event_count = 0;
    friend bool operator==(const Part&, const Part&) = default;
  };
  std::shared_ptr<const model::Capture> capture;
  uint64_t epoch = 0;
  std::vector<Part> parts;  // in the order of their CPUs
};

// What goes missing with a frame.
std::vector<Loss> LossesOf(const FrameFacts& facts, LossReason reason);

// The facts of a chunk that has events.
FrameFacts FactsOf(const Chunk& chunk);

// How many bytes they take.
size_t FactsBytes(const FrameFacts& facts);

// The frame of a chunk that has events.
std::string EncodeFrame(const Chunk& chunk, const FrameFacts& facts, uint64_t place);

// The three parts, each of exactly its length. DATA_LOSS, saying what is wrong.
absl::StatusOr<FrameHead> DecodeHead(std::string_view bytes, uint64_t place);
absl::StatusOr<FrameFacts> DecodeFacts(const FrameHead& head, std::string_view bytes);
absl::StatusOr<std::vector<model::Event>> DecodeEvents(const FrameHead& head,
                                                       const FrameFacts& facts,
                                                       std::string_view bytes);

// CRC-32 of `bytes`.
uint32_t SumOf(std::string_view bytes);

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPOOL_FRAME_H_
