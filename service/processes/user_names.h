// SPDX-License-Identifier: Apache-2.0
//
// Names of users, as the machine's own name services give them: a file mostly,
// a server far away sometimes. So an answer is kept, and only who may wait asks.
//
// Not thread-safe.

#ifndef MEMMON_PROCESSES_USER_NAMES_H_
#define MEMMON_PROCESSES_USER_NAMES_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace memmon::processes {

class UserNames {
 public:
  // Asked for again after this: users come, and are renamed.
  static constexpr std::chrono::minutes kKeep{10};

  // Valid UTF-8; empty where the uid has no name.
  const std::string& Of(uint32_t uid);

 private:
  struct Answer {
    std::string name;
    std::chrono::steady_clock::time_point asked;
  };
  absl::flat_hash_map<uint32_t, Answer> answers_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_USER_NAMES_H_
