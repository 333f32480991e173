// SPDX-License-Identifier: Apache-2.0

#include "config/values.h"

#include <limits>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace memmon::config {
namespace {

constexpr int kMostDays = 36'500;

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

absl::StatusOr<uint64_t> ParseBytes(const std::string& text) {
  static constexpr std::string_view kUnits = "KMGT";
  std::string digits = text;
  int shift = 0;
  if (!digits.empty()) {
    const size_t unit = kUnits.find(digits.back());
    if (unit != std::string_view::npos) {
      shift = 10 * (static_cast<int>(unit) + 1);
      digits.pop_back();
    }
  }
  uint64_t number = 0;
  if (!IsNumber(digits) || !absl::SimpleAtoi(digits, &number) ||
      number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) >> shift) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no number of bytes; write it as 1073741824 or 1G"));
  }
  return number << shift;
}

absl::StatusOr<int> ParseDays(const std::string& text) {
  int days = 0;
  if (!IsNumber(text) || !absl::SimpleAtoi(text, &days) || days > kMostDays) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no number of days; give 0 (for ever) to ", kMostDays));
  }
  return days;
}

absl::StatusOr<std::vector<std::string>> ParseList(std::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(std::string(text), ',');
  for (const std::string& part : parts) {
    if (part.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", std::string(text),
                       "\" has an empty part; write the names with commas between, such as a,b"));
    }
  }
  return parts;
}

}  // namespace memmon::config
