// SPDX-License-Identifier: Apache-2.0
//
// What a benchmark's figure should be, told beside it: "(goal: at least 0.85, met)".
// scripts/bench counts these words (scripts/lib/goals.sh).

#ifndef MEMMON_TESTS_BENCH_GOAL_H_
#define MEMMON_TESTS_BENCH_GOAL_H_

#include <string>

namespace memmon::bench {

// `limit` as it is to be read: "0.85", "10,000,000".
inline std::string Goal(const char* direction, const std::string& limit, bool met) {
  return std::string("(goal: ") + direction + " " + limit + (met ? ", met)" : ", not met)");
}

inline std::string AtLeast(double figure, double limit, const std::string& text) {
  return Goal("at least", text, figure >= limit);
}

inline std::string AtMost(double figure, double limit, const std::string& text) {
  return Goal("at most", text, figure <= limit);
}

}  // namespace memmon::bench

#endif  // MEMMON_TESTS_BENCH_GOAL_H_
