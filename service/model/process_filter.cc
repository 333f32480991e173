// SPDX-License-Identifier: Apache-2.0

#include "model/process_filter.h"

#include <algorithm>

#include "model/glob.h"

namespace memmon::model {
namespace {

template <typename T>
bool Has(const std::vector<T>& sorted, T value) {
  return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
}

}  // namespace

bool ProcessFilter::Matches(const Process& process) const {
  if (!Has(tgids, process.key.tgid) || !Has(uids, process.uid) ||
      !Has(cgroup_ids, process.cgroup_id)) {
    return false;
  }
  if (names.empty()) return true;
  return std::any_of(names.begin(), names.end(), [&process](const std::string& pattern) {
    return GlobMatches(pattern, process.name);
  });
}

}  // namespace memmon::model
