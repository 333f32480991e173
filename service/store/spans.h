// SPDX-License-Identifier: Apache-2.0
//
// Stretches of sequence numbers: what a batch covers, what is stored already.

#ifndef MEMMON_STORE_SPANS_H_
#define MEMMON_STORE_SPANS_H_

#include <cstdint>
#include <map>
#include <vector>

#include "model/event.h"

namespace memmon::store {

// Sequence numbers first..last of one sub-stream, both included.
struct Span {
  uint16_t cpu = 0;
  uint64_t first = 0;
  uint64_t last = 0;

  friend bool operator==(const Span&, const Span&) = default;
};

// The last sequence number an event stands for: LOST stands for several.
uint64_t LastSequence(const model::Event& event);
inline Span SpanOf(const model::Event& event) {
  return {event.cpu, event.sequence, LastSequence(event)};
}
inline uint64_t NumbersIn(const Span& span) { return span.last - span.first + 1; }

// The span of each sub-stream, as events are added. What lies between two
// events of a span counts as covered: those numbers are LOST's, or of kinds
// that the decoder does not know.
class SpanBuilder {
 public:
  void Add(const model::Event& event);
  // One span a sub-stream. `done` has the last number covered before, where
  // nothing was refused since: a span begins right after it.
  std::vector<Span> SpansAfter(const std::map<uint16_t, uint64_t>& done) const;

 private:
  std::map<uint16_t, Span> by_cpu_;
};

// Which sequence numbers are stored already.
class StoredSpans {
 public:
  void Add(const Span& span) { by_cpu_[span.cpu].push_back(span); }
  bool empty() const { return by_cpu_.empty(); }
  bool Contains(const model::Event& event) const;

 private:
  std::map<uint16_t, std::vector<Span>> by_cpu_;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPANS_H_
