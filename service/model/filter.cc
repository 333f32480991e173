// SPDX-License-Identifier: Apache-2.0

#include "model/filter.h"

#include <algorithm>

#include "model/glob.h"

namespace memmon::model {
namespace {

// `sorted` empty: any.
template <typename T>
bool AsksFor(const std::vector<T>& sorted, T value) {
  return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
}

}  // namespace

bool Filter::Matches(const Event& event) const {
  if (event.kind == EventKind::kLost) return true;
  if (event.length_bytes < min_length_bytes) return false;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), event.kind) == kinds.end()) {
    return false;
  }
  if (outcome != Outcome::kAny &&
      (!event.has_outcome() || event.failed() != (outcome == Outcome::kFailed))) {
    return false;
  }
  if (!AsksFor(tgids, event.tgid) || !AsksFor(uids, event.uid) ||
      !AsksFor(cgroup_ids, event.cgroup_id)) {
    return false;
  }
  return names.empty() || AnyGlobMatches(names, event.name());
}

}  // namespace memmon::model
