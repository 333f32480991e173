// SPDX-License-Identifier: Apache-2.0
//
// The address spaces of one capture, by mm_id. One without a process is remembered for a
// while, for records that come late.
//
// Not thread-safe.

#ifndef MEMMON_PROCESSES_SPACES_H_
#define MEMMON_PROCESSES_SPACES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "processes/tracked.h"

namespace memmon::processes {

class Spaces {
 public:
  static constexpr size_t kMaxUnused = 16'384;

  // Null where it is not known. Valid until it is pruned.
  TrackedSpace* Find(uint64_t id) const {
    const auto found = spaces_.find(id);
    return found == spaces_.end() ? nullptr : found->second.get();
  }

  // Made where it is not known.
  TrackedSpace* Get(uint64_t id) {
    std::unique_ptr<TrackedSpace>& space = spaces_[id];
    if (space == nullptr) {
      space = std::make_unique<TrackedSpace>();
      space->id = id;
    }
    return space.get();
  }

  // No process is in it. It is forgotten in its turn, should none enter it until then.
  void SetUnused(const TrackedSpace& space) { unused_.push_back(space.id); }

  // Forgets those that are too many.
  void Prune() {
    for (; unused_.size() > kMaxUnused; unused_.pop_front()) {
      const auto found = spaces_.find(unused_.front());
      if (found != spaces_.end() && found->second->users.front() == nullptr) spaces_.erase(found);
    }
  }

  size_t size() const { return spaces_.size(); }

 private:
  absl::flat_hash_map<uint64_t, std::unique_ptr<TrackedSpace>> spaces_;
  std::deque<uint64_t> unused_;  // ids; some may be in use again
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_SPACES_H_
