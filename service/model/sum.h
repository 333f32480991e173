// SPDX-License-Identifier: Apache-2.0
//
// Sums that anybody may make grow: who asks for 64 TiB a hundred times a second reaches 2^64
// within minutes. They stop at the largest number that the database has, so that what is live
// and what is stored say the same, and no sum begins anew.

#ifndef MEMMON_MODEL_SUM_H_
#define MEMMON_MODEL_SUM_H_

#include <cstdint>
#include <limits>

namespace memmon::model {

inline constexpr uint64_t kMaxSum = std::numeric_limits<int64_t>::max();

// `sum` is at most kMaxSum, before and after.
inline void AddToSum(uint64_t* sum, uint64_t value) {
  *sum = value > kMaxSum - *sum ? kMaxSum : *sum + value;
}

}  // namespace memmon::model

#endif  // MEMMON_MODEL_SUM_H_
