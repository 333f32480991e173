// SPDX-License-Identifier: Apache-2.0
//
// Which processes are wanted: the API's filter, checked. Immutable after
// construction; safe to share between threads.

#ifndef MEMMON_MODEL_PROCESS_FILTER_H_
#define MEMMON_MODEL_PROCESS_FILTER_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "model/glob.h"
#include "model/process.h"

namespace memmon::model {

struct ProcessFilter {
  std::vector<uint32_t> tgids{};          // sorted; empty: any
  std::vector<std::string> names{};       // exact, or with * and ?; empty: any
  std::vector<uint32_t> uids{};           // sorted; empty: any
  std::vector<uint64_t> cgroup_ids{};     // sorted; empty: any
  std::vector<std::string> containers{};  // as names are

  bool empty() const {
    return tgids.empty() && names.empty() && uids.empty() && cgroup_ids.empty() &&
           containers.empty();
  }

  bool Matches(const Process& process) const {
    const auto asks_for = [](const auto& sorted, auto value) {
      return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
    };
    return asks_for(tgids, process.key.tgid) && asks_for(uids, process.uid) &&
           asks_for(cgroup_ids, process.cgroup_id) &&
           (names.empty() || AnyGlobMatches(names, process.name)) &&
           (containers.empty() ||
            (!process.container.empty() && AnyGlobMatches(containers, process.container)));
  }
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_PROCESS_FILTER_H_
