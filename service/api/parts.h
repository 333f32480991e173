// SPDX-License-Identifier: Apache-2.0
//
// What the API looks at. All of it must outlive the API.

#ifndef MEMMON_API_PARTS_H_
#define MEMMON_API_PARTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "live/feed.h"
#include "model/container_names.h"
#include "pipeline/pump.h"
#include "processes/process_table.h"
#include "processes/procfs.h"
#include "store/store.h"

namespace memmon::api {

struct Parts {
  std::function<pipeline::PumpStatus()> pump_status;  // from any thread
  const processes::ProcessTable* processes = nullptr;
  live::Feed* feed = nullptr;
  store::Store* store = nullptr;
  std::string version;
  // Of the running kernel; null where a recording is played.
  processes::ProcessInfoReader* process_info = nullptr;
  // Likewise.
  model::ContainerNames* containers = nullptr;
  // As base/machine_id.h has it: resume tokens are good on the machine they are of.
  std::string machine_id{};
  // Streams that may be open at once; one more is refused.
  size_t max_streams = 256;
  // What one that selects among the processes takes of them besides its own: it keeps
  // where each of them stands.
  size_t selection_places = 1;
  uint64_t memory_limit_bytes = 0;  // as memmond tells it
};

}  // namespace memmon::api

#endif  // MEMMON_API_PARTS_H_
