// SPDX-License-Identifier: Apache-2.0

#include "ctl/sparkline.h"

#include <algorithm>
#include <string_view>

namespace memmon::ctl {
namespace {

constexpr std::string_view kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::string_view kAscii[] = {"_", ".", "-", "~", "=", "+", "*", "#"};
constexpr size_t kHeights = std::size(kBlocks);

}  // namespace

std::string Sparkline(const std::vector<std::optional<uint64_t>>& values, bool utf8) {
  uint64_t largest = 0;
  for (const auto& value : values) largest = std::max(largest, value.value_or(0));
  std::string line;
  for (const auto& value : values) {
    if (!value) {
      line += ' ';
      continue;
    }
    // The lowest is for 0 alone, so that little is not taken for nothing.
    size_t height = 0;
    if (*value > 0) {
      const double share = static_cast<double>(*value) / static_cast<double>(largest);
      height = 1 + std::min<size_t>(kHeights - 2, static_cast<size_t>(share * (kHeights - 1)));
    }
    line += utf8 ? kBlocks[height] : kAscii[height];
  }
  return line;
}

}  // namespace memmon::ctl
