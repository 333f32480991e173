// SPDX-License-Identifier: Apache-2.0

#include "store/loss.h"

#include <algorithm>

namespace memmon::store {

const char* TextOf(LossReason reason) {
  switch (reason) {
    case LossReason::kQueueFull:
      return "queue full";
    case LossReason::kSpoolFull:
      return "spool full";
    case LossReason::kSpoolDamaged:
      return "spool damaged";
    case LossReason::kTimeOutOfRange:
      return "time out of range";
  }
  return "unknown";
}

bool SameCapture(const model::Capture& a, const model::Capture& b) {
  return &a == &b || (a.boot_id == b.boot_id && a.start_ns == b.start_ns && a.number == b.number);
}

bool operator==(const Loss& a, const Loss& b) {
  return a.span == b.span && a.event_count == b.event_count && a.reason == b.reason &&
         SameCapture(*a.capture, *b.capture);
}

void AddLoss(const Loss& loss, std::vector<Loss>* losses) {
  // The youngest losses, one a sub-stream, are the last ones.
  const auto it = std::find_if(losses->rbegin(), losses->rend(), [&](const Loss& other) {
    return other.span.cpu == loss.span.cpu && other.reason == loss.reason &&
           SameCapture(*other.capture, *loss.capture);
  });
  if (it != losses->rend() && loss.span.first != 0 && it->span.last == loss.span.first - 1) {
    it->span.last = loss.span.last;
    it->event_count += loss.event_count;
  } else {
    losses->push_back(loss);
  }
}

}  // namespace memmon::store
