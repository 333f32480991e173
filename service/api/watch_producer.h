// SPDX-License-Identifier: Apache-2.0
//
// The messages of Watch: those of its parts, in turn, so that none starves.

#ifndef MEMMON_API_WATCH_PRODUCER_H_
#define MEMMON_API_WATCH_PRODUCER_H_

#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <functional>
#include <memory>

#include "api/event_producer.h"
#include "api/process_producer.h"
#include "api/producer.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::api {

inline constexpr std::chrono::seconds kStatusInterval{2};

// Of WatchResponses.
class WatchProducer final : public Producer<grpc::ByteBuffer> {
 public:
  using FillStatus = std::function<void(v1::GetStatusResponse*)>;

  // Each part may be null: not wanted.
  WatchProducer(std::unique_ptr<EventProducer> events, std::unique_ptr<ProcessProducer> processes,
                FillStatus status);

  bool Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) override;

 private:
  bool NextOf(int part, bool last, grpc::ByteBuffer* message, Clock::time_point* again);

  const std::unique_ptr<EventProducer> events_;
  const std::unique_ptr<ProcessProducer> processes_;
  const FillStatus status_;
  Clock::time_point status_due_ = Clock::time_point::min();
  int turn_ = 0;
};

}  // namespace memmon::api

#endif  // MEMMON_API_WATCH_PRODUCER_H_
