// SPDX-License-Identifier: Apache-2.0

#include "ctl/option_values.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace memmon::ctl {
namespace {

// CLI11 itself would take "-3" for 2^64 - 3, and "010" for 8.
template <typename Number>
CLI::Validator FromOneOn(const Messages& messages, Key refusal) {
  return CLI::Validator(
      [messages, refusal](std::string& text) {
        Number number = 0;
        if (!absl::SimpleAtoi(text, &number) || number == 0) return messages(refusal, text);
        text = absl::StrCat(number);
        return std::string();
      },
      "");
}

}  // namespace

CLI::Validator Count(const Messages& messages) {
  return FromOneOn<uint64_t>(messages, Key::kNoCount);
}

CLI::Validator Pid(const Messages& messages) { return FromOneOn<uint32_t>(messages, Key::kNoPid); }

}  // namespace memmon::ctl
