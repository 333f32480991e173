// SPDX-License-Identifier: Apache-2.0
//
// Bytes that are no recording, or one that somebody changed. The first byte says
// how far to trust the rest: a valid HEADER is put before it, or not; and how it
// is cut in pieces, which must make no difference.

#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "device/decoder.h"
#include "fakes/stream_builder.h"

namespace memmon::device {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  size_t events = 0;
  absl::Status status;
  absl::Status finish;
  model::HopCounters counters;
};

Outcome DecodeAll(std::span<const std::byte> bytes, size_t piece) {
  Decoder decoder;
  Outcome outcome;
  while (!bytes.empty() && outcome.status.ok()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    std::vector<model::SharedBatch> batches;
    outcome.status = decoder.Decode(part, &batches);
    for (const model::SharedBatch& batch : batches) {
      Check(batch != nullptr && !batch->events.empty() && batch->capture != nullptr);
      outcome.events += batch->events.size();
    }
  }
  if (outcome.status.ok()) outcome.finish = decoder.Finish();
  outcome.counters = decoder.counters();
  return outcome;
}

void Decode(std::span<const uint8_t> input) {
  if (input.empty()) return;
  const uint8_t how = input[0];
  input = input.subspan(1);
  std::vector<std::byte> bytes;
  if ((how & 1) != 0) {
    fakes::StreamBuilder stream;
    stream.Header();
    const auto header = stream.bytes();
    bytes.assign(header.begin(), header.end());
  }
  const auto rest = std::as_bytes(input);
  bytes.insert(bytes.end(), rest.begin(), rest.end());

  const Outcome whole = DecodeAll(bytes, bytes.size() + 1);
  const Outcome pieces = DecodeAll(bytes, 1 + (how >> 1));
  Check(whole.status == pieces.status);
  Check(whole.finish == pieces.finish);
  Check(whole.events == pieces.events);
  Check(whole.counters.in == pieces.counters.in);
  Check(whole.counters.out == pieces.counters.out);
  Check(whole.counters.dropped == pieces.counters.dropped);
  // Conservation; a loss that nobody explained is an event without a record.
  Check(whole.counters.out + whole.counters.dropped >= whole.counters.in || !whole.status.ok());
}

}  // namespace
}  // namespace memmon::device

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::device::Decode({data, size});
  return 0;
}
