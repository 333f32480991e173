// SPDX-License-Identifier: Apache-2.0
//
// Turns the bytes of a stream (kmod/uapi/memmon.h) into batches of events, and
// proves what is missing.
//
// The bytes may come in pieces of any size. Every record is checked: HEADER
// first, with the right magic, ABI version and record size; the CPU within its
// range; each sub-stream's numbers without a hole, LOST records filling the
// holes they stand for. Kinds that are not known are skipped, and counted.
//
// A hole that no LOST explains becomes a kLost event of memmond's own, so that
// nobody down the stream is unaware of it; it counts as `unexplained`.
//
// Not thread-safe.

#ifndef MEMMON_DEVICE_DECODER_H_
#define MEMMON_DEVICE_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "model/batch.h"
#include "model/capture.h"
#include "model/counters.h"

namespace memmon::device {

class Decoder {
 public:
  // Events in one batch: enough that handing one on costs nothing an event,
  // little enough that a batch stays in the cache (590 KB) and that the locks
  // held for one are held for under a millisecond.
  static constexpr size_t kMaxBatchEvents = 4'096;

  explicit Decoder(size_t max_batch_events = kMaxBatchEvents);

  // Appends what `bytes` hold to `batches`: never an empty batch, and never
  // two captures in one. Half a record at the end waits for the next call.
  //
  // DATA_LOSS where the bytes are no valid stream, FAILED_PRECONDITION for a
  // stream of another ABI version: the message says at which byte and why.
  // What was whole before is in `batches` even then; every later call returns
  // the same error until Reset.
  absl::Status Decode(std::span<const std::byte> bytes, std::vector<model::SharedBatch>* batches);

  // After the last byte: DATA_LOSS where the stream ends within a record, or
  // holds nothing at all.
  absl::Status Finish() const;

  // What ended the stream before its end; OK while nothing did.
  const absl::Status& broken() const { return broken_; }

  // Another stream begins. The hop's counters go on; all else starts anew.
  void Reset();

  // Of the HEADER that came last; null before the first.
  const std::shared_ptr<const model::Capture>& capture() const { return capture_; }

  // Of this capture: a CPU each, and the sub-stream of BASELINE.
  std::span<const model::StreamCounters> streams() const { return streams_; }
  const model::StreamCounters& baseline() const { return baseline_; }

  // Records but HEADER. in: whole ones; out: became events; dropped: of a kind
  // that is not known; waiting: none, ever. Since the Decoder was made.
  const model::HopCounters& counters() const { return counters_; }

 private:
  class Writer;

  // Most records are an event of a CPU, well formed, and the next of its
  // sub-stream: true, and it is decoded. For any other it does nothing, and
  // DecodeRecord, which makes every check by itself, finds out what it is.
  bool DecodeNext(const std::byte* bytes, Writer* writer);
  absl::Status DecodeRecord(const std::byte* bytes, Writer* writer);
  absl::Status DecodeHeader(const std::byte* bytes, Writer* writer);
  template <typename... Parts>
  absl::Status BrokenAt(const Parts&... parts) const;

  const size_t max_batch_events_;

  std::shared_ptr<const model::Capture> capture_;
  std::vector<model::StreamCounters> streams_;
  std::vector<uint64_t> expected_;  // the next sequence number, a CPU each
  model::StreamCounters baseline_;
  uint64_t expected_baseline_ = 0;
  uint64_t end_of_pages_ = 0;  // more than any total_vm of this capture
  model::HopCounters counters_;

  std::vector<std::byte> carried_;  // a record's beginning, from the call before
  uint64_t offset_ = 0;             // of the record being decoded, in the stream
  absl::Status broken_;             // what ended the stream
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_DECODER_H_
