// SPDX-License-Identifier: Apache-2.0

#include "ctl/time_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ctl/absl_view.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

absl::Time StartOfDay(absl::Time time, absl::TimeZone zone) {
  return absl::FromCivil(absl::ToCivilDay(time, zone), zone);
}

}  // namespace

std::optional<absl::Time> ParseTime(std::string_view written, absl::Time now, absl::TimeZone zone) {
  absl::string_view text = absl::StripAsciiWhitespace(AbslView(written));
  if (text == "now") return now;
  if (text == "today") return StartOfDay(now, zone);
  if (text == "yesterday") {
    return absl::FromCivil(absl::ToCivilDay(now, zone) - 1, zone);
  }
  if (absl::string_view seconds = text; absl::ConsumePrefix(&seconds, "@")) {
    double unix_seconds = 0;
    if (!absl::SimpleAtod(seconds, &unix_seconds)) return std::nullopt;
    return absl::UnixEpoch() + absl::Seconds(unix_seconds);
  }
  // %E*S takes fractions.
  for (const char* format :
       {"%Y-%m-%d %H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S",
        "%Y-%m-%dT%H:%M:%E*S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    absl::Time time;
    if (absl::ParseTime(format, text, zone, &time, nullptr)) return time;
  }
  const std::string today = absl::FormatTime("%Y-%m-%d ", now, zone);
  for (const char* format : {"%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M"}) {
    absl::Time time;
    if (absl::ParseTime(format, absl::StrCat(today, text), zone, &time, nullptr)) return time;
  }
  absl::ConsumeSuffix(&text, "ago");
  text = absl::StripAsciiWhitespace(text);
  // A bare number is more likely a mistake than so many seconds ago.
  if (text.empty() || absl::ascii_isdigit(static_cast<unsigned char>(text.back()))) {
    return std::nullopt;
  }
  const std::optional<absl::Duration> ago = ParseSpan(std::string(text));
  if (!ago) return std::nullopt;
  return now - *ago;
}

absl::Time FromProto(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

std::string DateTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, zone);
}
std::string PreciseDateTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E6S", time, zone);
}
std::string PreciseTime(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%H:%M:%E6S", time, zone);
}
std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E9SZ", time, absl::UTCTimeZone());
}

}  // namespace memmon::ctl
