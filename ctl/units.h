// SPDX-License-Identifier: Apache-2.0
//
// Bytes, counts and spans of time, as people write and read them.

#ifndef MEMMON_CTL_UNITS_H_
#define MEMMON_CTL_UNITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace memmon::ctl {

// "0 B", "4.0 KiB", "1.5 GiB": at most 9 columns.
std::string HumanBytes(uint64_t bytes);

// Twice as much at least, in whole powers of two, as options take it: "512M", "4G".
std::string TwiceTheBytes(uint64_t bytes);

// "12,345": thousands apart.
std::string GroupedCount(uint64_t count);

// "4096", "4K", "4KiB", "1.5 GiB" are powers of 1024; "4KB", "4MB" powers of 1000.
std::optional<uint64_t> ParseBytes(std::string_view text);

// "250ms", "10s", "5m", "2h", "3d", "1h30m"; a bare number is seconds.
std::optional<absl::Duration> ParseSpan(std::string_view text);

// The two largest units: "3 d 4 h", "2 min 10 s", "5 s".
std::string HumanSpan(absl::Duration span);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_UNITS_H_
