// SPDX-License-Identifier: Apache-2.0
//
// Where the built dashboard is, when nobody said.

#ifndef MEMMON_CONFIG_WEB_ROOT_H_
#define MEMMON_CONFIG_WEB_ROOT_H_

#include <filesystem>
#include <string>

namespace memmon::config {

// Looks for share/memmon/webui (installed) and webui/dist (a source tree with
// the build inside) beside `program` and above it. Empty where there is none.
std::string FindWebRoot(const std::filesystem::path& program);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_WEB_ROOT_H_
