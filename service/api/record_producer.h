// SPDX-License-Identifier: Apache-2.0
//
// The messages of StreamRecords: batches of the feed as the bytes of a
// recording.

#ifndef MEMMON_API_RECORD_PRODUCER_H_
#define MEMMON_API_RECORD_PRODUCER_H_

#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "api/event_filter.h"
#include "api/producer.h"
#include "device/encoder.h"
#include "live/feed.h"

namespace memmon::api {

// A message with so many bytes is full: far below the 4 MB a client accepts by
// default, and what a client that stands still costs.
inline constexpr size_t kRecordBytesPerMessage = 256 * 1024;
// Least time between two messages that are not full.
inline constexpr std::chrono::milliseconds kRecordLatency{5};

// Of StreamRecordsResponses.
class RecordProducer final : public Producer<grpc::ByteBuffer> {
 public:
  // `capture`: the one that runs, whose HEADER comes at once; null: with the
  // first batch.
  RecordProducer(std::unique_ptr<live::Subscription> subscription, EventFilter filter,
                 std::shared_ptr<const model::Capture> capture);

  bool Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) override;

 private:
  // The pending message, which is empty after it.
  grpc::ByteBuffer Take();
  // Adds to pending_ what still fits; true when it is full.
  bool Fill();
  // A batch begins: its HEADER, where it is of another capture, and what is missing
  // before it.
  void Arrive(const live::Delivery& delivery);
  // What is missing before this one, a LOST a sub-stream.
  void AddLost(const live::Delivery& delivery, std::string* out);

  const std::unique_ptr<live::Subscription> subscription_;
  EventFilter filter_;
  std::shared_ptr<const model::Capture> capture_;  // whose HEADER was given
  device::Encoder encoder_;
  std::string pending_;  // the records of the next message, as far as it goes
  std::optional<live::Delivery> current_;
  size_t index_ = 0;  // in current_
  Clock::time_point due_ = Clock::time_point::min();
};

}  // namespace memmon::api

#endif  // MEMMON_API_RECORD_PRODUCER_H_
