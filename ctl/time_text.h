// SPDX-License-Identifier: Apache-2.0
//
// Points in time, as people write and read them, and as the API has them.

#ifndef MEMMON_CTL_TIME_TEXT_H_
#define MEMMON_CTL_TIME_TEXT_H_

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace memmon::ctl {

// "now", "today", "yesterday", "10m" (ago), "10m ago", "@1700000000", "14:30",
// "14:30:05", "2026-01-31", "2026-01-31 14:30[:05[.25]]", with T in the place of
// the space, with Z or an offset (+01:00) behind. Without one it is `zone`'s.
std::optional<absl::Time> ParseTime(std::string_view text, absl::Time now, absl::TimeZone zone);

absl::Time FromProto(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp ToProto(absl::Time time);

// "2026-01-31 14:30:05", "2026-01-31 14:30:05.123456", "14:30:05.123456", and
// "2026-01-31T13:30:05.123456789Z".
std::string DateTime(absl::Time time, absl::TimeZone zone);
std::string PreciseDateTime(absl::Time time, absl::TimeZone zone);
std::string PreciseTime(absl::Time time, absl::TimeZone zone);
std::string Rfc3339(absl::Time time);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TIME_TEXT_H_
