// SPDX-License-Identifier: Apache-2.0
//
// The messages of StreamEvents: where the stream was resumed, what is stored; then
// batches of the feed. Filtered, as few messages as the latency bound allows.

#ifndef MEMMON_API_EVENT_PRODUCER_H_
#define MEMMON_API_EVENT_PRODUCER_H_

#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "api/catch_up.h"
#include "api/event_budget.h"
#include "api/event_fields.h"
#include "api/event_filter.h"
#include "api/producer.h"
#include "live/feed.h"
#include "memmon/v1/memmon.pb.h"
#include "model/filter.h"
#include "model/position.h"

namespace memmon::api {

// Most events in one message: 1,024 take about 100 kB. More of them are hardly faster,
// and a client that stands still keeps memmond holding two of them.
inline constexpr int kMaxEventsPerMessage = 1'024;

// A stream that looks at events and has none to tell says so often how far it has looked. Often,
// since who comes back is to find what comes next in memory, and that may have one second's.
inline constexpr std::chrono::seconds kTokenInterval{1};

struct EventStreamOptions {
  model::Filter filter{};
  model::ContainerNames* containers = nullptr;  // where the filter asks for some
  EventFields fields{};
  // Least time between two messages that are not full. An event waits no longer.
  std::chrono::nanoseconds max_delay = std::chrono::milliseconds(5);
  // Events before it are left out, and what is missing behind it is told. Where
  // it is not set the stream begins with the first batch.
  std::optional<model::Position> resume{};
  std::string machine_id{};     // for resume tokens
  uint32_t max_per_second = 0;  // of each kind; 0: all
  // Least time between a message and one that says where the stream stands and nothing else.
  std::chrono::nanoseconds token_interval = kTokenInterval;
};

// Of StreamEventsResponses.
class EventProducer final : public Producer<grpc::ByteBuffer> {
 public:
  // `catch_up`, for what comes before `subscription`, which it joins; null where
  // that has begun.
  EventProducer(std::unique_ptr<live::Subscription> subscription, EventStreamOptions options,
                std::unique_ptr<CatchUp> catch_up = nullptr);

  bool Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) override;

 private:
  bool IsEmpty() const { return event_count_ == 0 && !rest_.has_gap() && !budget_.left_out(); }
  // The pending message, which is empty after it.
  grpc::ByteBuffer Take(Clock::time_point now);
  // Nothing but where the stream stands, where that is news and due; else *again is lowered to
  // when it will be.
  bool NextToken(Clock::time_point now, bool last, grpc::ByteBuffer* message,
                 Clock::time_point* again);
  // Adds to the pending message what still fits; true when nothing else may be added.
  bool Fill(Clock::time_point now, Clock::time_point* again);
  bool FillStored(Clock::time_point now, Clock::time_point* again);
  bool FillLive();
  // Goes behind the event, after adding it where it is wanted; false where it does not
  // fit, and nothing was done.
  bool Add(const model::Event& event, int64_t time_unix_ns, bool wanted);
  // What is missing among the stored events of the message becomes its gap.
  void TellNotStored();
  // A batch begins, after the gap before it. False where the gap needs a message
  // of its own: nothing was done.
  bool Arrive();

  const std::unique_ptr<live::Subscription> subscription_;
  const EventStreamOptions options_;
  EventFilter filter_;
  EventBudget budget_;
  std::unique_ptr<CatchUp> catch_up_;  // null once the stream is live
  std::string reason_;                 // why catching up left something out

  // The next message, as far as it goes: its events, and what is not these.
  int event_count_ = 0;
  std::string events_;
  v1::StreamEventsResponse rest_;
  uint64_t not_stored_ = 0;  // missing among its stored events
  std::optional<CatchUp::Part> part_;
  std::optional<live::Delivery> current_;
  bool arrived_ = false;                     // part_ or current_ was
  size_t index_ = 0;                         // in part_ or current_
  std::optional<model::Position> position_;  // behind the last event looked at
  bool moved_ = false;                       // since the client was told of it
  Clock::time_point token_due_ = Clock::time_point::min();
  Clock::time_point due_ = Clock::time_point::min();
};

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_PRODUCER_H_
