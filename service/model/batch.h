// SPDX-License-Identifier: Apache-2.0
//
// The unit that travels from the pump to everyone else: some events in stream
// order, with the capture they belong to. Immutable once shared, so any number
// of threads may read one.

#ifndef MEMMON_MODEL_BATCH_H_
#define MEMMON_MODEL_BATCH_H_

#include <memory>
#include <vector>

#include "model/capture.h"
#include "model/event.h"

namespace memmon::model {

struct Batch {
  std::shared_ptr<const Capture> capture;  // never null
  std::vector<Event> events;
};

using SharedBatch = std::shared_ptr<const Batch>;

}  // namespace memmon::model

#endif  // MEMMON_MODEL_BATCH_H_
