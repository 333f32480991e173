// SPDX-License-Identifier: Apache-2.0

#include "store/refusal.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace memmon::store {
namespace {

constexpr size_t kSqlstateLength = 5;
constexpr std::string_view kBeforeState = ":  ";  // "FATAL:  28P01: password authentication failed"
constexpr std::string_view kBehind = ": ";

bool IsSqlstate(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

Refusal ReadRefusal(std::string_view message) {
  Refusal refusal;
  std::vector<std::string> lines;
  for (const auto& part : absl::StrSplit(std::string(message), '\n', absl::SkipWhitespace())) {
    std::string line(absl::StripAsciiWhitespace(part));
    // A place in PostgreSQL's own source.
    if (line.starts_with("LOCATION:")) continue;
    const size_t at = line.find(kBeforeState);
    if (at != std::string::npos) {
      const size_t begin = at + kBeforeState.size();
      const std::string code = line.substr(begin, kSqlstateLength);
      if (code.size() == kSqlstateLength && IsSqlstate(code) &&
          line.compare(begin + kSqlstateLength, kBehind.size(), kBehind) == 0) {
        refusal.sqlstate = code;
        line.erase(begin, kSqlstateLength + kBehind.size());
      }
    }
    lines.push_back(std::move(line));
  }
  refusal.text = absl::StrJoin(lines, " ");
  return refusal;
}

}  // namespace memmon::store
