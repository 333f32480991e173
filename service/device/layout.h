// SPDX-License-Identifier: Apache-2.0
//
// The module's record layout, held against what this service was built for: a
// change to the header that moves a field does not compile. The only header
// that includes the module's; for device/*.cc and its tests.

#ifndef MEMMON_DEVICE_LAYOUT_H_
#define MEMMON_DEVICE_LAYOUT_H_

#include <memmon.h>

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "model/event.h"

namespace memmon::device {

inline constexpr size_t kRecordSize = MEMMON_RECORD_SIZE;

static_assert(MEMMON_ABI_VERSION == 1);
static_assert(kRecordSize == 128);

// What all kinds begin with.
#define MEMMON_ASSERT_COMMON(type)                                                  \
  static_assert(sizeof(type) == kRecordSize && std::is_trivially_copyable_v<type>); \
  static_assert(offsetof(type, kind) == 0 && offsetof(type, flags) == 2);           \
  static_assert(offsetof(type, cpu) == 4 && offsetof(type, reserved) == 6);         \
  static_assert(offsetof(type, seq) == 8 && offsetof(type, time_ns) == 16)
MEMMON_ASSERT_COMMON(memmon_event);
MEMMON_ASSERT_COMMON(memmon_header);
MEMMON_ASSERT_COMMON(memmon_lost);
#undef MEMMON_ASSERT_COMMON

static_assert(offsetof(memmon_event, tgid) == 24);
static_assert(offsetof(memmon_event, tid) == 28);
static_assert(offsetof(memmon_event, start_ns) == 32);
static_assert(offsetof(memmon_event, mm_id) == 40);
static_assert(offsetof(memmon_event, ticket) == 48);
static_assert(offsetof(memmon_event, total_vm) == 56);
static_assert(offsetof(memmon_event, cgroup_id) == 64);
static_assert(offsetof(memmon_event, addr) == 72);
static_assert(offsetof(memmon_event, length) == 80);
static_assert(offsetof(memmon_event, result) == 88);
static_assert(offsetof(memmon_event, prot) == 96);
static_assert(offsetof(memmon_event, map_flags) == 100);
static_assert(offsetof(memmon_event, uid) == 104);
static_assert(offsetof(memmon_event, ns_tgid) == 108);
static_assert(offsetof(memmon_event, comm) == 112);

static_assert(offsetof(memmon_header, magic) == 24);
static_assert(offsetof(memmon_header, abi_version) == 32);
static_assert(offsetof(memmon_header, record_size) == 36);
static_assert(offsetof(memmon_header, boot_id) == 40);
static_assert(offsetof(memmon_header, realtime_offset_ns) == 56);
static_assert(offsetof(memmon_header, ram_bytes) == 64);
static_assert(offsetof(memmon_header, swap_bytes) == 72);
static_assert(offsetof(memmon_header, page_size) == 80);
static_assert(offsetof(memmon_header, cpu_count) == 84);
static_assert(offsetof(memmon_header, coverage) == 88);
static_assert(offsetof(memmon_header, capture) == 92);
static_assert(offsetof(memmon_header, ring_records) == 96);
static_assert(offsetof(memmon_header, release) == 100);

static_assert(offsetof(memmon_lost, count) == 24);
static_assert(offsetof(memmon_lost, last_ns) == 32);

static_assert(sizeof(memmon_info) == 64 && sizeof(memmon_counters) == 72);

// An event begins as its record does, so that one is made of the other by copying
// it: half of what decoding would cost field by field.
#define MEMMON_ALIKE(ours, theirs)                                   \
  (offsetof(model::Event, ours) == offsetof(memmon_event, theirs) && \
   sizeof(model::Event::ours) == sizeof(memmon_event::theirs))
inline constexpr bool kLaidOutAlike =
    std::is_trivially_copyable_v<model::Event> && std::is_standard_layout_v<model::Event> &&
    MEMMON_ALIKE(kind, kind) && MEMMON_ALIKE(flags, flags) && MEMMON_ALIKE(cpu, cpu) &&
    MEMMON_ALIKE(sequence, seq) && MEMMON_ALIKE(time_ns, time_ns) && MEMMON_ALIKE(tgid, tgid) &&
    MEMMON_ALIKE(tid, tid) && MEMMON_ALIKE(start_ns, start_ns) && MEMMON_ALIKE(mm_id, mm_id) &&
    MEMMON_ALIKE(ticket, ticket) && MEMMON_ALIKE(virtual_size_bytes, total_vm) &&
    MEMMON_ALIKE(cgroup_id, cgroup_id) && MEMMON_ALIKE(address, addr) &&
    MEMMON_ALIKE(length_bytes, length) && MEMMON_ALIKE(result, result) &&
    MEMMON_ALIKE(prot, prot) && MEMMON_ALIKE(map_flags, map_flags) && MEMMON_ALIKE(uid, uid) &&
    MEMMON_ALIKE(namespace_tgid, ns_tgid) && MEMMON_ALIKE(comm, comm);
#undef MEMMON_ALIKE

// The model's numbers are the module's.
template <model::EventKind kModel, int kModule>
inline constexpr bool kSameKind = static_cast<int>(kModel) == kModule;
static_assert(kSameKind<model::EventKind::kLost, MEMMON_LOST>);
static_assert(kSameKind<model::EventKind::kBaseline, MEMMON_BASELINE>);
static_assert(kSameKind<model::EventKind::kResync, MEMMON_RESYNC>);
static_assert(kSameKind<model::EventKind::kResyncEnd, MEMMON_RESYNC_END>);
static_assert(kSameKind<model::EventKind::kMmap, MEMMON_MMAP>);
static_assert(kSameKind<model::EventKind::kMunmap, MEMMON_MUNMAP>);
static_assert(kSameKind<model::EventKind::kMremap, MEMMON_MREMAP>);
static_assert(kSameKind<model::EventKind::kBrk, MEMMON_BRK>);
static_assert(kSameKind<model::EventKind::kStack, MEMMON_STACK>);
static_assert(kSameKind<model::EventKind::kSpecial, MEMMON_SPECIAL>);
static_assert(kSameKind<model::EventKind::kUnmap, MEMMON_UNMAP>);
static_assert(kSameKind<model::EventKind::kFork, MEMMON_FORK>);
static_assert(kSameKind<model::EventKind::kExec, MEMMON_EXEC>);
static_assert(kSameKind<model::EventKind::kExit, MEMMON_EXIT>);
static_assert(kSameKind<model::EventKind::kMmExit, MEMMON_MM_EXIT>);
static_assert(model::kNoCpu == MEMMON_CPU_NONE);
static_assert(model::kFlagKernelThread == MEMMON_F_KTHREAD);
static_assert(model::kFlagNoAddressSpace == MEMMON_F_NO_MM);
static_assert(model::kFlagCompat == MEMMON_F_COMPAT);
static_assert(model::kFlagNoResult == MEMMON_F_NO_RESULT);
static_assert(model::kResyncAll == MEMMON_RESYNC_ALL);
static_assert(model::kResyncSettled == MEMMON_RESYNC_SETTLED);

// The record at `bytes`, which need not be aligned.
template <typename T>
T Load(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_LAYOUT_H_
