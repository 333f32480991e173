// SPDX-License-Identifier: Apache-2.0
//
// Which events are wanted: the API's filter, checked, in a form that decides
// fast. Immutable after construction; safe to share between threads.

#ifndef MEMMON_MODEL_FILTER_H_
#define MEMMON_MODEL_FILTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/event.h"

namespace memmon::model {

enum class Outcome { kAny, kSucceeded, kFailed };

struct Filter {
  std::vector<uint32_t> tgids{};     // sorted; empty: any
  std::vector<std::string> names{};  // exact, or with * and ?; empty: any
  std::vector<EventKind> kinds{};    // empty: any
  uint64_t min_length_bytes = 0;
  std::vector<uint32_t> uids{};        // sorted; empty: any
  std::vector<uint64_t> cgroup_ids{};  // sorted; empty: any
  // Exact, or with * and ?; empty: any. No event names its container: whoever filters by
  // it knows whose the cgroups are (api/event_filter.h, the database).
  std::vector<std::string> containers{};
  // What has no outcome matches kAny alone.
  Outcome outcome = Outcome::kAny;

  bool empty() const {
    return tgids.empty() && names.empty() && kinds.empty() && min_length_bytes == 0 &&
           uids.empty() && cgroup_ids.empty() && containers.empty() && outcome == Outcome::kAny;
  }
  // By all but containers. LOST always matches: nobody may be unaware of a loss.
  bool Matches(const Event& event) const;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_FILTER_H_
