// SPDX-License-Identifier: Apache-2.0

#include "model/process_order.h"

#include <algorithm>
#include <utility>

namespace memmon::model {

ProcessPlace PlaceOf(const Process& process, ProcessOrder order) {
  switch (order) {
    case ProcessOrder::kHeld:
      return {~process.held_bytes, "", process.key};
    case ProcessOrder::kVirtualSize:
      return {~process.virtual_size_bytes, "", process.key};
    case ProcessOrder::kRequested:
      return {~process.requested_bytes, "", process.key};
    case ProcessOrder::kMmapCount:
      return {~process.mmap_count, "", process.key};
    case ProcessOrder::kName:
      return {0, process.name, process.key};
    case ProcessOrder::kTgid:
      break;
  }
  return {0, "", process.key};
}

std::optional<ProcessPlace> TakePage(ProcessOrder order, const std::optional<ProcessPlace>& after,
                                     size_t size, std::vector<Process>* processes) {
  std::vector<std::pair<ProcessPlace, size_t>> places;
  for (size_t i = 0; i < processes->size(); ++i) {
    ProcessPlace place = PlaceOf((*processes)[i], order);
    if (!after || *after < place) places.emplace_back(std::move(place), i);
  }
  const size_t count = std::min(size, places.size());
  std::partial_sort(places.begin(), places.begin() + static_cast<ptrdiff_t>(count), places.end());
  std::vector<Process> page;
  page.reserve(count);
  for (size_t i = 0; i < count; ++i) page.push_back(std::move((*processes)[places[i].second]));
  const bool more = places.size() > count;
  *processes = std::move(page);
  if (!more || count == 0) return std::nullopt;
  return std::move(places[count - 1].first);
}

}  // namespace memmon::model
