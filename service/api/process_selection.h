// SPDX-License-Identifier: Apache-2.0
//
// Those of the table's processes that one client wants: by a filter, and by
// their place in an order. Turns what changed in the table into what changed
// for the client: who comes in is told whole, who drops out is removed.
//
// Cost of a look, where there is a limit: a pointer for each process that
// matches, and a selection among them; no sort.
//
// Not thread-safe.

#ifndef MEMMON_API_PROCESS_SELECTION_H_
#define MEMMON_API_PROCESS_SELECTION_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "model/process.h"
#include "model/process_filter.h"
#include "model/process_order.h"

namespace memmon::api {

class ProcessSelection {
 public:
  // Those of these processes that are there.
  using Fetch =
      std::function<std::vector<model::Process>(const std::vector<model::ProcessKey>& keys)>;

  // `limit` 0: all that match.
  ProcessSelection(model::ProcessFilter filter, model::ProcessOrder order, uint32_t limit);

  // Whether it leaves anybody out.
  bool selects() const { return limit_ != 0 || !filter_.empty(); }

  // `changes` come as the table gives them, and become the client's. A snapshot
  // with a limit is in order.
  void Apply(const Fetch& fetch, model::ProcessChanges* changes);

 private:
  // Takes the changes in; gives those that match, and the keys that were there
  // and do not match any more.
  std::vector<model::ProcessKey> TakeIn(model::ProcessChanges* changes);
  void SelectFirst(const Fetch& fetch, model::ProcessChanges* changes);

  const model::ProcessFilter filter_;
  const model::ProcessOrder order_;
  const uint32_t limit_;
  absl::flat_hash_map<model::ProcessKey, model::ProcessPlace> matching_;
  absl::flat_hash_set<model::ProcessKey> shown_;    // with a limit
  std::vector<const model::ProcessPlace*> places_;  // scratch
};

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_SELECTION_H_
