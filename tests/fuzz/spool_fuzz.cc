// SPDX-License-Identifier: Apache-2.0
//
// Bytes that somebody else wrote, where the spool's reader expects its own. The
// sums are made right first, or nothing would come behind them: what is looked
// at is that no length or field is believed. What the reader accepts must be
// what the writer would have written, to the bit.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/spool_frame.h"

namespace memmon::store {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadFrame(std::string_view input) {
  if (input.size() >= kFrameHeadBytes) {
    // The sum of a head is not made right: a length behind it is tried below.
    DecodeHead(input.substr(0, kFrameHeadBytes), 0).IgnoreError();
  }
  if (input.size() < 2) return;
  const size_t wanted = static_cast<uint8_t>(input[0]) | size_t{static_cast<uint8_t>(input[1])}
                                                             << 8;
  input.remove_prefix(2);
  const std::string_view facts_bytes = input.substr(0, wanted);
  std::string_view events_bytes = input.substr(facts_bytes.size());
  events_bytes = events_bytes.substr(0, events_bytes.size() / kEventBytes * kEventBytes);
  if (events_bytes.empty()) return;  // no head says so
  FrameHead head;
  head.facts_bytes = static_cast<uint32_t>(facts_bytes.size());
  head.event_count = static_cast<uint32_t>(events_bytes.size() / kEventBytes);
  head.facts_sum = SumOf(facts_bytes);
  head.events_sum = SumOf(events_bytes);
  const auto facts = DecodeFacts(head, facts_bytes);
  if (!facts.ok()) return;
  Check(LossesOf(*facts, LossReason::kSpoolDamaged).size() == facts->parts.size());
  const auto events = DecodeEvents(head, *facts, events_bytes);
  if (!events.ok()) return;

  auto batch = std::make_shared<model::Batch>();
  batch->capture = facts->capture;
  batch->events = *events;
  Chunk chunk;
  chunk.capture = facts->capture;
  chunk.epoch = facts->epoch;
  chunk.event_count = events->size();
  chunk.slices.push_back({batch, 0, events->size()});
  const std::string frame = EncodeFrame(chunk, FactsOf(chunk), 7);
  Check(frame.size() == head.bytes());
  Check(std::string_view(frame).substr(kFrameHeadBytes, head.facts_bytes) == facts_bytes);
  Check(frame.ends_with(events_bytes));
  Check(DecodeHead(std::string_view(frame).substr(0, kFrameHeadBytes), 7).ok());
}

}  // namespace
}  // namespace memmon::store

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::store::ReadFrame({reinterpret_cast<const char*>(data), size});
  return 0;
}
