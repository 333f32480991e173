// SPDX-License-Identifier: Apache-2.0

#include "store/gap_finder.h"

namespace memmon::store {

void GapFinder::Forget() {
  last_.clear();
  missing_after_.clear();
}

std::vector<Loss> GapFinder::Follow(uint64_t run, const FrameFacts& facts) {
  if (capture_ == nullptr || run != run_ || facts.epoch != epoch_ ||
      !SameCapture(*capture_, *facts.capture)) {
    Forget();
  }
  run_ = run;
  epoch_ = facts.epoch;
  capture_ = facts.capture;
  std::vector<Loss> losses;
  for (const FrameFacts::Part& part : facts.parts) {
    const Span& span = part.span;
    if (const auto it = missing_after_.find(span.cpu); it != missing_after_.end()) {
      const uint64_t before = it->second;
      missing_after_.erase(it);
      if (span.first > before && span.first - before > 1) {
        const Span missing{span.cpu, before + 1, span.first - 1};
        losses.push_back({facts.capture, missing, NumbersIn(missing), LossReason::kSpoolDamaged});
      }
    }
    last_[span.cpu] = span.last;
  }
  return losses;
}

}  // namespace memmon::store
