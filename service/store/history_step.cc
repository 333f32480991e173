// SPDX-License-Identifier: Apache-2.0

#include "store/history_step.h"

#include <initializer_list>

namespace memmon::store {

int64_t ChooseStepUs(int64_t start_us, int64_t end_us, int max_points, int64_t least_us) {
  const auto fits = [&](int64_t step) {
    return (CeilTo(end_us, step) - FloorTo(start_us, step)) / step <= max_points;
  };
  for (const int64_t step : {kSecondUs, 5 * kSecondUs, 15 * kSecondUs, kMinuteUs, 5 * kMinuteUs,
                             15 * kMinuteUs, kHourUs, 6 * kHourUs, kDayUs, 7 * kDayUs}) {
    if (step >= least_us && fits(step)) return step;
  }
  int64_t step = 28 * kDayUs;
  while (!fits(step)) step *= 2;
  return step;
}

}  // namespace memmon::store
