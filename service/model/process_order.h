// SPDX-License-Identifier: Apache-2.0
//
// In which order processes come. Plain values.

#ifndef MEMMON_MODEL_PROCESS_ORDER_H_
#define MEMMON_MODEL_PROCESS_ORDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/process.h"

namespace memmon::model {

// The largest first, but for names (by their bytes) and tgids. The key settles
// ties.
enum class ProcessOrder : uint8_t { kHeld, kVirtualSize, kRequested, kMmapCount, kName, kTgid };

// Where a process stands in an order: smaller is earlier. Different processes
// never stand in one place.
struct ProcessPlace {
  uint64_t rank = 0;
  std::string name{};
  ProcessKey key{};

  friend auto operator<=>(const ProcessPlace&, const ProcessPlace&) = default;
};

ProcessPlace PlaceOf(const Process& process, ProcessOrder order);

// Leaves of `processes` the first `size` behind `after`, in order. Returns the
// place of the last of them where there are more.
std::optional<ProcessPlace> TakePage(ProcessOrder order, const std::optional<ProcessPlace>& after,
                                     size_t size, std::vector<Process>* processes);

}  // namespace memmon::model

#endif  // MEMMON_MODEL_PROCESS_ORDER_H_
