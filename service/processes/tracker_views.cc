// SPDX-License-Identifier: Apache-2.0
//
// What a tracker tells: how processes are, and which changed.

#include <algorithm>

#include "processes/tracker.h"

namespace memmon::processes {

model::Process Tracker::View(const Tracked& tracked) const {
  model::Process process = tracked.View();
  process.uncertain =
      tracked.living() && (tracked.mm != nullptr ? loss_until_ns_ > settled_until_ns_ &&
                                                       tracked.mm->last_ns <= loss_until_ns_
                                                 : tracked.size_is_guess);
  return process;
}

model::ProcessCalls Tracker::CallsOf(const Tracked& tracked) const {
  model::ProcessCalls calls;
  tracked.calls.Tell(&calls);
  tracked.size_changes.Tell(&calls);
  const uint64_t lost_ns = losses_.FirstAfter(tracked.losses_before);
  // What was lost before it began was not its own.
  if (lost_ns != 0) calls.missed_since_ns = std::max(lost_ns, tracked.key.start_ns);
  calls.realtime_offset_ns = totals_.realtime_offset_ns;
  return calls;
}

bool Tracker::Collect(uint64_t revision, model::ProcessChanges* changes) const {
  if (!removed_.Knows(revision)) return false;
  if (revision < loss_revision_) {
    // A loss made every living process uncertain; none was touched for it.
    CollectAll(changes);
  } else {
    for (const Tracked* tracked = changed_.back();
         tracked != nullptr && tracked->changed > revision; tracked = changed_.Before(tracked)) {
      changes->processes.push_back(View(*tracked));
    }
  }
  removed_.Tell(revision, &changes->removed);
  return true;
}

void Tracker::CollectAll(model::ProcessChanges* changes) const {
  changes->processes.reserve(processes_.size());
  for (const auto& [key, tracked] : processes_) changes->processes.push_back(View(*tracked));
}

std::vector<model::ProcessKey> Tracker::LivingKeys() const {
  std::vector<model::ProcessKey> keys;
  keys.reserve(living_.size());
  for (const auto& [tgid, tracked] : living_) keys.push_back(tracked->key);
  return keys;
}

std::vector<model::ProcessKey> Tracker::TakeUnresolved(size_t max) {
  std::vector<model::ProcessKey> keys;
  while (keys.size() < max && unresolved_.front() != nullptr) {
    keys.push_back(unresolved_.front()->key);
    unresolved_.Remove(unresolved_.front());
  }
  return keys;
}

}  // namespace memmon::processes
