// SPDX-License-Identifier: Apache-2.0
//
// Those of the table's processes that one client wants: by a filter, and by
// their place in an order. Turns what changed in the table into what changed
// for the client: who comes in is told whole, who drops out is removed.
//
// Cost of a look, where there is a limit: a pointer for each process that
// matches, and a selection among them; no sort. It keeps where each of those
// stands: less than kBytesPerProcess.
//
// Not thread-safe.

#ifndef MEMMON_API_PROCESS_SELECTION_H_
#define MEMMON_API_PROCESS_SELECTION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "model/process.h"
#include "model/process_filter.h"
#include "model/process_order.h"

namespace memmon::api {

class ProcessSelection {
 public:
  // The map's slot, where it has just doubled, and the pointer.
  static constexpr size_t kBytesPerProcess = 96;

  // Those of these processes that are there.
  using Fetch =
      std::function<std::vector<model::Process>(const std::vector<model::ProcessKey>& keys)>;

  // `limit` 0: all that match.
  ProcessSelection(model::ProcessFilter filter, model::ProcessOrder order, uint32_t limit);

  // `changes` come as the table gives them, and become the client's. A snapshot
  // with a limit is in order.
  void Apply(const Fetch& fetch, model::ProcessChanges* changes);

 private:
  // Takes the changes in; gives those that match, and the keys that were there
  // and do not match any more.
  std::vector<model::ProcessKey> TakeIn(model::ProcessChanges* changes);
  void SelectFirst(const Fetch& fetch, model::ProcessChanges* changes);

  // model::ProcessPlace without its key, in 16 bytes: a name has no more.
  using Rank = std::array<uint64_t, 2>;
  using Standing = std::pair<const model::ProcessKey, Rank>;

  static Rank RankOf(const model::Process& process, model::ProcessOrder order);

  const model::ProcessFilter filter_;
  const model::ProcessOrder order_;
  const uint32_t limit_;
  absl::flat_hash_map<model::ProcessKey, Rank> matching_;
  absl::flat_hash_set<model::ProcessKey> shown_;  // with a limit
};

}  // namespace memmon::api

#endif  // MEMMON_API_PROCESS_SELECTION_H_
