// SPDX-License-Identifier: Apache-2.0
//
// An event as one line for people, and the names its parts go by.

#ifndef MEMMON_CTL_EVENT_TEXT_H_
#define MEMMON_CTL_EVENT_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "ctl/messages.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

// "mmap", "mm_exit".
std::string KindName(v1::EventKind kind);
std::optional<v1::EventKind> ParseKind(std::string_view name);
// All that can be asked for, in the API's order.
std::vector<std::string> KindNames();

// How a call ended: "ENOMEM", "0x7f00", "ok" (also where the address is hidden); what
// FORK and EXIT say; or empty.
// ENOMEM of -12; "errno N" of an error without a name.
std::string ErrnoName(int64_t result);

std::string ResultText(const v1::Event& event, const Messages& messages);

// Whether its result is an address that memmond keeps from this caller, so that it has
// 0 instead.
bool HidesResult(const v1::Event& event);

struct EventLineOptions {
  absl::TimeZone zone;
  bool date = false;   // the date, too
  bool bytes = false;  // plain numbers
  bool utf8 = true;
};

// What stands over the lines of EventLine. Without a newline, as they are.
std::string EventTitles(const EventLineOptions& options, const Messages& messages);
std::string EventLine(const v1::Event& event, const EventLineOptions& options,
                      const Messages& messages);
std::string GapLine(const v1::Gap& gap, const Messages& messages);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EVENT_TEXT_H_
