// SPDX-License-Identifier: Apache-2.0
//
// Who takes events from the pump. Take must not block: a sink that cannot
// keep up drops, counts, and says so to its own clients. Called from the
// pump's thread alone, in stream order.

#ifndef MEMMON_MODEL_SINK_H_
#define MEMMON_MODEL_SINK_H_

#include "model/batch.h"

namespace memmon::model {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Take(const SharedBatch& batch) = 0;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_SINK_H_
