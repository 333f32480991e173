// SPDX-License-Identifier: Apache-2.0
//
// Which processes are wanted: the API's filter, checked. Immutable after
// construction; safe to share between threads.

#ifndef MEMMON_MODEL_PROCESS_FILTER_H_
#define MEMMON_MODEL_PROCESS_FILTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/process.h"

namespace memmon::model {

struct ProcessFilter {
  std::vector<uint32_t> tgids{};       // sorted; empty: any
  std::vector<std::string> names{};    // exact, or with * and ?; empty: any
  std::vector<uint32_t> uids{};        // sorted; empty: any
  std::vector<uint64_t> cgroup_ids{};  // sorted; empty: any

  bool Matches(const Process& process) const;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_PROCESS_FILTER_H_
