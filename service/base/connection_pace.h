// SPDX-License-Identifier: Apache-2.0
//
// How fast a port takes connections; who comes too fast waits in the kernel's queue, and
// the log says so.
//
// Not thread-safe.

#ifndef MEMMON_BASE_CONNECTION_PACE_H_
#define MEMMON_BASE_CONNECTION_PACE_H_

#include <chrono>
#include <cstddef>
#include <string>

#include "base/log.h"
#include "base/pace.h"

namespace memmon::base {

class ConnectionPace {
 public:
  // Of `service`, as the log names it, whose address `setting` has; the others as of Pace.
  ConnectionPace(const char* service, const char* setting, size_t at_once,
                 std::chrono::milliseconds interval)
      : service_(service), setting_(setting), interval_(interval), pace_(at_once, interval) {}

  // One was taken. How long none is to be from `now` on.
  std::chrono::nanoseconds Take(Pace::Time now) {
    pace_.Take(now);
    const std::chrono::nanoseconds wait = pace_.Wait(now);
    // Not each: whoever brings this about could fill the log.
    if (wait > std::chrono::nanoseconds(0) && now >= tell_at_) {
      LogWarning("connections_wait",
                 {{"service", service_},
                  {"interval_ms", std::to_string(interval_.count())},
                  {"reason", std::string("they come faster than that, so each waits for "
                                         "its turn; let nobody reach ") +
                                 setting_ + " who does that"}});
      tell_at_ = now + kTellAgain;
    }
    return wait;
  }

 private:
  static constexpr std::chrono::minutes kTellAgain{1};

  const char* const service_;
  const char* const setting_;
  const std::chrono::milliseconds interval_;
  Pace pace_;
  Pace::Time tell_at_{};
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_CONNECTION_PACE_H_
