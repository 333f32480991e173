// SPDX-License-Identifier: Apache-2.0
//
// Pauses between tries that fail: each twice as long as the one before, up to
// a longest one. Not thread-safe.

#ifndef MEMMON_BASE_BACKOFF_H_
#define MEMMON_BASE_BACKOFF_H_

#include <algorithm>
#include <chrono>

namespace memmon::base {

class Backoff {
 public:
  Backoff(std::chrono::nanoseconds first, std::chrono::nanoseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  // The pause to take now.
  std::chrono::nanoseconds Next() {
    const auto pause = next_;
    next_ = next_ > longest_ / 2 ? longest_ : next_ * 2;
    return std::min(pause, longest_);
  }

  // After a try that succeeded.
  void Reset() { next_ = first_; }

 private:
  std::chrono::nanoseconds first_;
  std::chrono::nanoseconds longest_;
  std::chrono::nanoseconds next_;
};

}  // namespace memmon::base

#endif  // MEMMON_BASE_BACKOFF_H_
