// SPDX-License-Identifier: Apache-2.0
//
// Patterns for names of processes and containers.

#ifndef MEMMON_MODEL_GLOB_H_
#define MEMMON_MODEL_GLOB_H_

#include <string>
#include <string_view>
#include <vector>

namespace memmon::model {

// Whether all of `text` matches `pattern`, where * stands for any bytes (none,
// too), ? for one byte, and every other byte for itself. At most
// |pattern| x |text| steps, whatever the pattern: only the last * is ever
// tried again.
bool GlobMatches(std::string_view pattern, std::string_view text);

// Whether any of them does.
bool AnyGlobMatches(const std::vector<std::string>& patterns, std::string_view text);

}  // namespace memmon::model

#endif  // MEMMON_MODEL_GLOB_H_
