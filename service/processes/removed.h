// SPDX-License-Identifier: Apache-2.0
//
// Processes that were forgotten, the latest of them: for clients who are to be told, and so
// that late records do not bring them back.
//
// Plain values; not thread-safe.

#ifndef MEMMON_PROCESSES_REMOVED_H_
#define MEMMON_PROCESSES_REMOVED_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "model/event.h"

namespace memmon::processes {

class Removed {
 public:
  static constexpr size_t kMaxKnown = 65'536;

  // `revision` never falls.
  void Add(uint64_t revision, const model::ProcessKey& key) {
    latest_.push_back({revision, key});
    keys_.insert(key);
    if (latest_.size() <= kMaxKnown) return;
    unknown_until_ = latest_.front().revision;
    keys_.erase(latest_.front().key);
    latest_.pop_front();
  }

  bool Contains(const model::ProcessKey& key) const { return keys_.contains(key); }

  // Whether all that were removed after `revision` are still known.
  bool Knows(uint64_t revision) const { return revision >= unknown_until_; }

  // Adds those that were removed after `revision`.
  void Tell(uint64_t revision, std::vector<model::ProcessKey>* keys) const {
    for (auto one = latest_.rbegin(); one != latest_.rend() && one->revision > revision; ++one) {
      keys->push_back(one->key);
    }
  }

 private:
  struct One {
    uint64_t revision = 0;
    model::ProcessKey key;
  };

  std::deque<One> latest_;
  absl::flat_hash_set<model::ProcessKey> keys_;
  uint64_t unknown_until_ = 0;  // a revision
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_REMOVED_H_
