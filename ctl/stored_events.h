// SPDX-License-Identifier: Apache-2.0
//
// Stored events, oldest first. The API has them newest first, so a long time is
// asked for in windows that grow while they hold little and shrink while they hold
// much: memory is bounded whatever the span.

#ifndef MEMMON_CTL_STORED_EVENTS_H_
#define MEMMON_CTL_STORED_EVENTS_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "ctl/connection.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class StoredEvents {
 public:
  StoredEvents(const Connection* connection, v1::EventFilter filter)
      : connection_(connection), filter_(std::move(filter)) {}

  // Some events, oldest first. Returns whether it wants more.
  using Sink = std::function<bool(const std::vector<v1::Event>&)>;

  // All of [since, until).
  grpc::Status Read(absl::Time since, absl::Time until, const Sink& sink) const;
  // The last `count` before `until`.
  grpc::Status ReadLast(size_t count, absl::Time until, const Sink& sink) const;

 private:
  // Newest first, at most `limit`.
  grpc::Status ReadBack(const v1::ListEventsRequest& request, size_t limit,
                        std::vector<v1::Event>* events) const;

  const Connection* const connection_;
  const v1::EventFilter filter_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_STORED_EVENTS_H_
