// SPDX-License-Identifier: Apache-2.0
//
// The messages of StreamEvents: batches of the feed, filtered, as few messages
// as the latency bound allows.

#ifndef MEMMON_API_EVENT_PRODUCER_H_
#define MEMMON_API_EVENT_PRODUCER_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/producer.h"
#include "live/feed.h"
#include "memmon/v1/memmon.pb.h"
#include "model/filter.h"

namespace memmon::api {

// Most events in one message: 2,048 take about 200 kB, far below the 4 MB a
// client accepts by default, and more of them are no faster (DESIGN.md).
inline constexpr int kMaxEventsPerMessage = 2'048;
// Least time between two messages that are not full. An event waits no longer.
inline constexpr std::chrono::milliseconds kEventLatency{20};

class EventProducer final : public Producer<v1::StreamEventsResponse> {
 public:
  EventProducer(std::unique_ptr<live::Subscription> subscription, model::Filter filter);

  bool Next(bool last, v1::StreamEventsResponse* message, Clock::time_point* again) override;

 private:
  // Adds what still fits; true when nothing else may be added to the message.
  bool Fill(v1::StreamEventsResponse* message);

  const std::unique_ptr<live::Subscription> subscription_;
  const model::Filter filter_;
  std::optional<live::Delivery> current_;
  size_t position_ = 0;  // in current_
  std::shared_ptr<const model::Capture> capture_;
  Clock::time_point due_ = Clock::time_point::min();
};

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_PRODUCER_H_
