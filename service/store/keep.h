// SPDX-License-Identifier: Apache-2.0
//
// Which events are stored as rows of their own. The rollups count all of them,
// and the books cover all of them: what is left out here is left out on
// purpose, counted as such, and no loss. LOST is always a row: nobody may be
// unaware of a loss.
//
// Plain values.

#ifndef MEMMON_STORE_KEEP_H_
#define MEMMON_STORE_KEEP_H_

#include "model/event.h"
#include "model/filter.h"

namespace memmon::store {

enum class KeepMode { kAll, kFiltered, kRollups };

struct Keep {
  KeepMode mode = KeepMode::kAll;
  model::Filter filter{};  // kFiltered only

  bool Wants(const model::Event& event) const {
    if (mode == KeepMode::kAll) return true;
    if (mode == KeepMode::kFiltered) return filter.Matches(event);
    return event.kind == model::EventKind::kLost;
  }
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_KEEP_H_
