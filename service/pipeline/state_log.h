// SPDX-License-Identifier: Apache-2.0
//
// How source and store are, in memmond's log whenever it changes, and in one line for people.
//
// Thread safety: one thread at a time.

#ifndef MEMMON_PIPELINE_STATE_LOG_H_
#define MEMMON_PIPELINE_STATE_LOG_H_

#include <string>

#include "pipeline/pump.h"
#include "store/store.h"

namespace memmon::pipeline {

class StateLog {
 public:
  // Logs what is not as it was at the last call; all of it at the first. The line says how
  // things are, and what is wrong.
  std::string Note(const PumpStatus& pump, const store::StoreStatus& store);

 private:
  std::string source_;
  std::string database_;
};

}  // namespace memmon::pipeline

#endif  // MEMMON_PIPELINE_STATE_LOG_H_
