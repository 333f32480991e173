// SPDX-License-Identifier: Apache-2.0
//
// What stands in a request line, taken apart: "/a%20b?page=2".

#ifndef MEMMON_WEB_TARGET_H_
#define MEMMON_WEB_TARGET_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace memmon::web {

struct Target {
  // Decoded. Begins with '/', has no empty, "." or ".." part.
  std::string path;
  // Decoded; the last one of a name counts.
  std::map<std::string, std::string> query;
};

// Nothing where the target is malformed or climbs: bad escapes, NUL, control
// characters, backslashes, "..".
std::optional<Target> ParseTarget(std::string_view target);

}  // namespace memmon::web

#endif  // MEMMON_WEB_TARGET_H_
