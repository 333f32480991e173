// SPDX-License-Identifier: Apache-2.0

#include "store/spans.h"

#include <algorithm>
#include <limits>

namespace memmon::store {

uint64_t LastSequence(const model::Event& event) {
  if (event.kind != model::EventKind::kLost || event.lost_count == 0) return event.sequence;
  const uint64_t more = event.lost_count - 1;
  const uint64_t room = std::numeric_limits<uint64_t>::max() - event.sequence;
  return event.sequence + std::min(more, room);
}

void SpanBuilder::Add(const model::Event& event) {
  const auto [it, added] = by_cpu_.try_emplace(event.cpu);
  Span& span = it->second;
  if (added) span = {event.cpu, event.sequence, event.sequence};
  span.first = std::min(span.first, event.sequence);
  span.last = std::max(span.last, LastSequence(event));
}

std::vector<Span> SpanBuilder::SpansAfter(const std::map<uint16_t, uint64_t>& done) const {
  std::vector<Span> spans;
  for (const auto& [cpu, span] : by_cpu_) {
    spans.push_back(span);
    const auto before = done.find(cpu);
    if (before != done.end() && before->second < span.first)
      spans.back().first = before->second + 1;
  }
  return spans;
}

bool StoredSpans::Contains(const model::Event& event) const {
  const auto it = by_cpu_.find(event.cpu);
  if (it == by_cpu_.end()) return false;
  return std::any_of(it->second.begin(), it->second.end(), [&event](const Span& span) {
    return span.first <= event.sequence && event.sequence <= span.last;
  });
}

}  // namespace memmon::store
