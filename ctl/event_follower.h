// SPDX-License-Identifier: Apache-2.0
//
// The live stream of events, across interruptions: connects again with growing
// pauses, goes on where it stood, and says what is missing where it cannot.
//
// Thread safety: one thread; Stop ends it from any other.

#ifndef MEMMON_CTL_EVENT_FOLLOWER_H_
#define MEMMON_CTL_EVENT_FOLLOWER_H_

#include <chrono>
#include <functional>
#include <string>

#include "base/backoff.h"
#include "ctl/connection.h"
#include "ctl/stop.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class EventFollower {
 public:
  // One message of the stream. Returns whether it wants more.
  using Sink = std::function<bool(const v1::StreamEventsResponse&)>;
  // The stream broke; the next try is after `pause`.
  using OnBreak = std::function<void(const grpc::Status&, std::chrono::nanoseconds pause)>;

  EventFollower(const Connection* connection, const Messages& messages, Stop* stop,
                base::Backoff backoff)
      : connection_(connection), messages_(messages), stop_(stop), backoff_(backoff) {}

  // Until `sink` has enough or the end is asked for (OK), or memmond refuses. A gap
  // that nobody can count, since there was no token to go on from, has an
  // event_count of 0.
  grpc::Status Follow(v1::StreamEventsRequest request, const Sink& sink, const OnBreak& on_break);

 private:
  const Connection* const connection_;
  const Messages& messages_;
  Stop* const stop_;
  base::Backoff backoff_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EVENT_FOLLOWER_H_
