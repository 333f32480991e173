// SPDX-License-Identifier: Apache-2.0

#include "model/filter.h"

#include <algorithm>

#include "model/glob.h"

namespace memmon::model {

bool Filter::Matches(const Event& event) const {
  if (event.kind == EventKind::kLost) return true;
  if (event.length_bytes < min_length_bytes) return false;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) {
    return false;
  }
  if (!tgids.empty() && !std::binary_search(tgids.begin(), tgids.end(), event.tgid)) {
    return false;
  }
  if (names.empty()) return true;
  return std::any_of(names.begin(), names.end(), [name = event.name()](const std::string& pattern) {
    return GlobMatches(pattern, name);
  });
}

}  // namespace memmon::model
