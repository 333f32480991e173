// SPDX-License-Identifier: Apache-2.0
//
// A line of text that shows how a figure goes: a character a value.

#ifndef MEMMON_CTL_SPARKLINE_H_
#define MEMMON_CTL_SPARKLINE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace memmon::ctl {

// Eight heights from 0 to the largest value; a space where nothing is known. Blocks
// in UTF-8, else characters of growing weight.
std::string Sparkline(const std::vector<std::optional<uint64_t>>& values, bool utf8);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_SPARKLINE_H_
