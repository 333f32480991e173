// SPDX-License-Identifier: Apache-2.0
//
// What ListProcesses is asked for, checked. Plain values.

#ifndef MEMMON_API_PROCESS_LIST_QUERY_H_
#define MEMMON_API_PROCESS_LIST_QUERY_H_

#include <cstdint>
#include <optional>

#include "model/process_filter.h"
#include "model/process_order.h"

namespace memmon::api {

struct ProcessListQuery {
  model::ProcessFilter filter;
  model::ProcessOrder order = model::ProcessOrder::kHeld;
  std::optional<int64_t> as_of_unix_ns;  // now, where not set
  int page_size = 100;
  std::optional<model::ProcessPlace> after;
};

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_LIST_QUERY_H_
