// SPDX-License-Identifier: Apache-2.0
//
// Values as people write them. INVALID_ARGUMENT, to be put behind the name of
// the setting, saying what is wrong and what to write instead.

#ifndef MEMMON_CONFIG_VALUES_H_
#define MEMMON_CONFIG_VALUES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memmon::config {

// 1073741824, or 1G: K, M, G and T are powers of 1,024.
absl::StatusOr<uint64_t> ParseBytes(const std::string& text);

// Whole days, 0 to 36,500.
absl::StatusOr<int> ParseDays(const std::string& text);

// "a,b": what stands between the commas, none of it empty.
absl::StatusOr<std::vector<std::string>> ParseList(std::string_view text);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_VALUES_H_
