// SPDX-License-Identifier: Apache-2.0
//
// Whom memmond answers, as far as it is a setting: names, sites, and the files
// that keys, certificates and the token are in.

#ifndef MEMMON_CONFIG_ACCESS_H_
#define MEMMON_CONFIG_ACCESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/access.h"
#include "config/config.h"

namespace memmon::config {

// "a.example.org,b.example.org", lower-case. INVALID_ARGUMENT for what is no name.
absl::StatusOr<std::vector<std::string>> ParseHosts(std::string_view text);

// "https://a.example.org,http://127.0.0.1:5173": as browsers write an Origin.
absl::StatusOr<std::vector<std::string>> ParseOrigins(std::string_view text);

// INVALID_ARGUMENT, with the cure, where an address that others reach is open
// to them, or where files are named that are nothing without each other.
absl::Status CheckAccess(const Config& config);

// Reads the files. INVALID_ARGUMENT, in one line that names the setting, and
// with the cure: also for a token that others may read.
absl::StatusOr<base::Access> LoadAccess(const Config& config);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_ACCESS_H_
