// SPDX-License-Identifier: Apache-2.0

#include "api/event_filter.h"

#include <optional>
#include <string>
#include <utility>

#include "model/glob.h"

namespace memmon::api {
namespace {

// Most have gone when there are so many; those that have not are looked up again.
constexpr size_t kMaxRemembered = 4'096;

}  // namespace

EventFilter::EventFilter(model::Filter filter, model::ContainerNames* names)
    : filter_(std::move(filter)), filters_(!filter_.empty()), names_(names) {}

bool EventFilter::Matches(const model::Event& event) {
  if (!filter_.Matches(event)) return false;
  if (filter_.containers.empty() || event.kind == model::EventKind::kLost) return true;
  if (event.cgroup_id == 0) return false;  // no process's
  return event.cgroup_id == last_cgroup_ ? last_wanted_ : IsWanted(event.cgroup_id);
}

bool EventFilter::Matches(const store::StoredEvent& stored) const {
  return filter_.Matches(stored.event) &&
         (stored.in_containers || stored.event.kind == model::EventKind::kLost);
}

bool EventFilter::IsWanted(uint64_t cgroup_id) {
  auto known = wanted_.find(cgroup_id);
  if (known == wanted_.end()) {
    const std::optional<std::string> name = names_->NameOf(cgroup_id);
    if (!name) return false;  // asked again with the next event
    if (wanted_.size() >= kMaxRemembered) wanted_.clear();
    known =
        wanted_
            .emplace(cgroup_id, !name->empty() && model::AnyGlobMatches(filter_.containers, *name))
            .first;
  }
  last_cgroup_ = cgroup_id;
  last_wanted_ = known->second;
  return last_wanted_;
}

}  // namespace memmon::api
