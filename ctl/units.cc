// SPDX-License-Identifier: Apache-2.0

#include "ctl/units.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "ctl/absl_view.h"

namespace memmon::ctl {
namespace {

// Takes a number, fractions allowed, off the front of `text`.
std::optional<double> TakeNumber(absl::string_view* text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text->data(), text->data() + text->size(), number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  return number;
}

}  // namespace

std::string HumanBytes(uint64_t bytes) {
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  // What would be printed as 1024.0 is 1.0 of the next.
  while (value >= 1023.95 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.1f %s", value, kUnits[unit]);
}

std::string TwiceTheBytes(uint64_t bytes) {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  constexpr uint64_t kLargest = uint64_t{1} << 62;
  const uint64_t mebibytes = std::bit_ceil(2 * std::clamp(bytes, kMiB, kLargest)) / kMiB;
  return mebibytes < 1024 ? absl::StrCat(mebibytes, "M") : absl::StrCat(mebibytes / 1024, "G");
}

std::string GroupedCount(uint64_t count) {
  std::string text = absl::StrCat(count);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::optional<uint64_t> ParseBytes(std::string_view written) {
  absl::string_view text = absl::StripAsciiWhitespace(AbslView(written));
  const std::optional<double> number = TakeNumber(&text);
  if (!number) return std::nullopt;
  std::string unit = absl::AsciiStrToUpper(absl::StripLeadingAsciiWhitespace(text));
  double factor = 1;
  if (!unit.empty() && unit != "B") {
    static constexpr std::string_view kPrefixes = "KMGTPE";
    const size_t power = kPrefixes.find(unit[0]);
    if (power == std::string_view::npos) return std::nullopt;
    const std::string_view rest = std::string_view(unit).substr(1);
    if (!rest.empty() && rest != "IB" && rest != "I" && rest != "B") return std::nullopt;
    factor = std::pow(rest == "B" ? 1000.0 : 1024.0, static_cast<double>(power + 1));
  }
  const double bytes = *number * factor;
  if (bytes >= 18446744073709551616.0) return std::nullopt;
  return static_cast<uint64_t>(bytes);
}

std::optional<absl::Duration> ParseSpan(std::string_view written) {
  absl::string_view text = absl::StripAsciiWhitespace(AbslView(written));
  absl::Duration span;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::optional<double> number = TakeNumber(&text);
    if (!number) return std::nullopt;
    absl::Duration unit;
    if (absl::ConsumePrefix(&text, "ms")) {
      unit = absl::Milliseconds(1);
    } else if (absl::ConsumePrefix(&text, "us")) {
      unit = absl::Microseconds(1);
    } else if (absl::ConsumePrefix(&text, "min") || absl::ConsumePrefix(&text, "m")) {
      unit = absl::Minutes(1);
    } else if (absl::ConsumePrefix(&text, "h")) {
      unit = absl::Hours(1);
    } else if (absl::ConsumePrefix(&text, "d")) {
      unit = absl::Hours(24);
    } else if (absl::ConsumePrefix(&text, "s") || text.empty()) {
      unit = absl::Seconds(1);
    } else {
      return std::nullopt;
    }
    span += *number * unit;
    text = absl::StripLeadingAsciiWhitespace(text);
  }
  if (span == absl::InfiniteDuration()) return std::nullopt;
  return span;
}

std::string HumanSpan(absl::Duration span) {
  const int64_t seconds = absl::ToInt64Seconds(span);
  if (seconds >= 86'400) return absl::StrCat(seconds / 86'400, " d ", seconds / 3'600 % 24, " h");
  if (seconds >= 3'600) return absl::StrCat(seconds / 3'600, " h ", seconds / 60 % 60, " min");
  if (seconds >= 60) return absl::StrCat(seconds / 60, " min ", seconds % 60, " s");
  return absl::StrCat(seconds, " s");
}

}  // namespace memmon::ctl
