// SPDX-License-Identifier: Apache-2.0
//
// Where in a capture a stream stands: which sequence number of each sub-stream
// comes next. Plain values.

#ifndef MEMMON_MODEL_POSITION_H_
#define MEMMON_MODEL_POSITION_H_

#include <array>
#include <cstdint>
#include <vector>

#include "model/capture.h"
#include "model/event.h"

namespace memmon::model {

// Names a capture. The number begins at 1 again when the module is loaded again;
// the time the capture began does not.
struct CaptureId {
  std::array<uint8_t, 16> boot_id{};
  uint64_t start_ns = 0;
  uint32_t number = 0;

  friend bool operator==(const CaptureId&, const CaptureId&) = default;
};

inline CaptureId IdOf(const Capture& capture) {
  return {capture.boot_id, capture.start_ns, capture.number};
}

struct Position {
  Position() = default;
  // Where a capture begins.
  explicit Position(const CaptureId& id) : capture(id) {}

  CaptureId capture;
  // By Slot; 0 behind the end. Number 0 of what no probe makes is HEADER.
  std::vector<uint64_t> next = {1};
  // By Slot; 0 behind the end: what comes next of the sub-stream is no older
  // (CLOCK_BOOTTIME). Of each, since streams are handed out by sub-streams: of
  // one CPU may come what is seconds older than what came of another.
  std::vector<uint64_t> since;

  // The sub-stream of no CPU comes first.
  static size_t Slot(uint16_t cpu) { return static_cast<uint16_t>(cpu + 1); }
  static uint16_t Cpu(size_t slot) { return static_cast<uint16_t>(slot - 1); }

  uint64_t Next(uint16_t cpu) const {
    const size_t slot = Slot(cpu);
    return slot < next.size() ? next[slot] : 0;
  }
  uint64_t Since(uint16_t cpu) const {
    const size_t slot = Slot(cpu);
    return slot < since.size() ? since[slot] : 0;
  }
  // Whether the event, all of it, is before this position.
  bool IsPast(const Event& event) const { return event.next_sequence() <= Next(event.cpu); }

  // Behind all numbers before `number`.
  void SkipTo(uint16_t cpu, uint64_t number) {
    const size_t slot = Slot(cpu);
    if (slot >= next.size()) next.resize(slot + 1);
    if (number > next[slot]) next[slot] = number;
  }

  // Behind the event.
  void Pass(const Event& event) {
    const size_t slot = Slot(event.cpu);
    if (slot >= next.size()) next.resize(slot + 1);
    next[slot] = event.next_sequence();
    NoOlder(slot, event.time_ns);
  }

  // What comes next of the sub-stream is known not to be older.
  void NoOlder(size_t slot, uint64_t time_ns) {
    if (slot >= since.size()) since.resize(slot + 1);
    if (time_ns > since[slot]) since[slot] = time_ns;
  }

  // Sequence numbers between this position and `later`, one of the same
  // capture; 0 where none lies between them, in any sub-stream.
  uint64_t MissingBefore(const Position& later) const {
    uint64_t missing = 0;
    for (size_t slot = 0; slot < later.next.size(); ++slot) {
      const uint64_t mine = slot < next.size() ? next[slot] : 0;
      if (later.next[slot] > mine) missing += later.next[slot] - mine;
    }
    return missing;
  }

  // The later one of this and `other`, one of the same capture, in every
  // sub-stream.
  void Advance(const Position& other) {
    if (next.size() < other.next.size()) next.resize(other.next.size());
    for (size_t slot = 0; slot < other.next.size(); ++slot) {
      if (other.next[slot] > next[slot]) next[slot] = other.next[slot];
    }
    for (size_t slot = 0; slot < other.since.size(); ++slot) NoOlder(slot, other.since[slot]);
  }
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_POSITION_H_
