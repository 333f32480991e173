// SPDX-License-Identifier: Apache-2.0
//
// Which events a stream is given: the model's filter, and the containers that no event
// names but by its cgroup's id.
//
// Cost of containers: a comparison while events of one cgroup follow each other, else a
// hash look-up.
//
// Not thread-safe. Ownership: the names must outlive it.

#ifndef MEMMON_API_EVENT_FILTER_H_
#define MEMMON_API_EVENT_FILTER_H_

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "model/container_names.h"
#include "model/filter.h"
#include "store/stored_event.h"

namespace memmon::api {

class EventFilter {
 public:
  // `names`: null where the filter asks for no container.
  EventFilter(model::Filter filter, model::ContainerNames* names);

  // Whether it leaves anything out.
  bool filters() const { return filters_; }
  const model::Filter& asked() const { return filter_; }
  // A live event, of the boot that the names are of. LOST always matches.
  bool Matches(const model::Event& event);
  // One that the database was asked for with the same containers.
  bool Matches(const store::StoredEvent& stored) const;

 private:
  bool IsWanted(uint64_t cgroup_id);

  const model::Filter filter_;
  const bool filters_;
  model::ContainerNames* const names_;
  absl::flat_hash_map<uint64_t, bool> wanted_;  // by cgroup
  uint64_t last_cgroup_ = 0;
  bool last_wanted_ = false;
};

}  // namespace memmon::api

#endif  // MEMMON_API_EVENT_FILTER_H_
