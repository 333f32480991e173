// SPDX-License-Identifier: Apache-2.0
//
// What memmond received and could not keep: rows of memmon.loss to be.

#ifndef MEMMON_STORE_LOSS_H_
#define MEMMON_STORE_LOSS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "model/capture.h"
#include "store/spans.h"

namespace memmon::store {

// The numbers stand in the spool's ledger.
enum class LossReason : uint8_t {
  kQueueFull = 1,
  kSpoolFull = 2,
  kSpoolDamaged = 3,
  kTimeOutOfRange = 4,
};

// As memmon.loss has it.
const char* TextOf(LossReason reason);

// Events of one sub-stream that were lost, one after the other.
struct Loss {
  std::shared_ptr<const model::Capture> capture;  // never null
  Span span;
  // Those that a LOST among them stands for, too.
  uint64_t event_count = 0;
  LossReason reason = LossReason::kQueueFull;

  friend bool operator==(const Loss&, const Loss&);
};

// Whether both speak of the same capture: by identity, not by address.
bool SameCapture(const model::Capture& a, const model::Capture& b);

// Adds `loss`: to the youngest of its sub-stream and reason where it continues
// that one, so that a long loss is one row.
void AddLoss(const Loss& loss, std::vector<Loss>* losses);

}  // namespace memmon::store

#endif  // MEMMON_STORE_LOSS_H_
