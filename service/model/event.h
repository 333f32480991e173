// SPDX-License-Identifier: Apache-2.0
//
// An event as the rest of memmond sees it: decoded, checked, independent of
// the module's header. Plain values, freely copied.

#ifndef MEMMON_MODEL_EVENT_H_
#define MEMMON_MODEL_EVENT_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace memmon::model {

// Same numbers as enum memmon_kind (asserted in device/) and as the API's.
enum class EventKind : uint16_t {
  kLost = 2,
  kBaseline = 3,
  kResync = 4,
  kResyncEnd = 5,
  kMmap = 16,
  kMunmap = 17,
  kMremap = 18,
  kBrk = 19,
  kStack = 20,
  kSpecial = 21,
  kUnmap = 22,
  kFork = 32,
  kExec = 33,
  kExit = 34,
  kMmExit = 35,
};

// The sub-stream of what no probe makes: BASELINE, RESYNC, RESYNC_END.
inline constexpr uint16_t kNoCpu = 0xffff;

// Bits of Event::flags.
inline constexpr uint16_t kFlagKernelThread = 0x01;
inline constexpr uint16_t kFlagNoAddressSpace = 0x02;
inline constexpr uint16_t kFlagCompat = 0x04;
inline constexpr uint16_t kFlagNoResult = 0x08;

// Bits of a RESYNC_END's result: what holds of everything before its start_ns.
inline constexpr int64_t kResyncAll = 0x01;      // who has no younger record has ended
inline constexpr int64_t kResyncSettled = 0x02;  // no loss makes a size wrong any more

// Names a process for as long as the host is up.
struct ProcessKey {
  uint32_t tgid = 0;
  uint64_t start_ns = 0;  // CLOCK_BOOTTIME

  friend bool operator==(const ProcessKey&, const ProcessKey&) = default;
  friend auto operator<=>(const ProcessKey&, const ProcessKey&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const ProcessKey& key) {
    return H::combine(std::move(h), key.tgid, key.start_ns);
  }
};

// In the order of the module's record, which device/ makes use of.
struct Event {
  EventKind kind{};
  uint16_t flags = 0;
  uint16_t cpu = 0;
  uint64_t sequence = 0;
  uint64_t time_ns = 0;  // CLOCK_BOOTTIME
  uint32_t tgid = 0;
  uint32_t tid = 0;
  uint64_t start_ns = 0;  // CLOCK_BOOTTIME
  uint64_t mm_id = 0;
  uint64_t ticket = 0;              // orders the events of one address space
  uint64_t virtual_size_bytes = 0;  // after the event
  uint64_t cgroup_id = 0;
  uint64_t address = 0;
  uint64_t length_bytes = 0;
  int64_t result = 0;  // address, 0, exit code, parent's tgid, or -errno
  uint32_t prot = 0;
  uint32_t map_flags = 0;
  uint32_t uid = 0;
  uint32_t namespace_tgid = 0;
  std::array<char, 16> comm{};  // padded with 0, always ends with 0
  uint64_t lost_count = 0;      // kLost only
  uint64_t lost_until_ns = 0;   // kLost only: CLOCK_BOOTTIME of the last one lost

  ProcessKey process() const { return {tgid, start_ns}; }
  std::string_view name() const { return comm.data(); }
  // A change that was asked for, and so has an outcome.
  bool has_outcome() const { return kind >= EventKind::kMmap && kind <= EventKind::kUnmap; }
  // A call that the kernel refused.
  bool failed() const { return has_outcome() && result < 0 && result >= -4095; }
  // A call that succeeded, and whose result says where.
  bool result_is_address() const { return has_outcome() && result != 0 && !failed(); }
  // The number in its sub-stream that comes next: LOST stands for several.
  uint64_t next_sequence() const { return sequence + (kind == EventKind::kLost ? lost_count : 1); }
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_EVENT_H_
