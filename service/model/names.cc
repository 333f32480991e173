// SPDX-License-Identifier: Apache-2.0

#include "model/names.h"

#include <array>

namespace memmon::model {
namespace {

struct KindName {
  EventKind kind;
  std::string_view name;
};

constexpr std::array<KindName, 15> kKindNames = {{
    {EventKind::kLost, "lost"},
    {EventKind::kBaseline, "baseline"},
    {EventKind::kResync, "resync"},
    {EventKind::kResyncEnd, "resync_end"},
    {EventKind::kMmap, "mmap"},
    {EventKind::kMunmap, "munmap"},
    {EventKind::kMremap, "mremap"},
    {EventKind::kBrk, "brk"},
    {EventKind::kStack, "stack"},
    {EventKind::kSpecial, "special"},
    {EventKind::kUnmap, "unmap"},
    {EventKind::kFork, "fork"},
    {EventKind::kExec, "exec"},
    {EventKind::kExit, "exit"},
    {EventKind::kMmExit, "mm_exit"},
}};

constexpr auto kKinds = [] {
  std::array<EventKind, kKindNames.size()> kinds{};
  for (size_t i = 0; i < kinds.size(); ++i) kinds[i] = kKindNames[i].kind;
  return kinds;
}();

// In the order of the MEMMON_COVER_* bits (held to the header by tests in device/).
constexpr std::array<std::string_view, 11> kCoverageNames = {"mmap", "munmap", "unmap",   "mremap",
                                                             "brk",  "stack",  "special", "fork",
                                                             "exec", "exit",   "mm_exit"};

}  // namespace

std::span<const EventKind> AllEventKinds() { return kKinds; }

std::string_view EventKindName(EventKind kind) {
  for (const KindName& entry : kKindNames) {
    if (entry.kind == kind) return entry.name;
  }
  return "unknown";
}

std::optional<EventKind> ParseEventKind(std::string_view name) {
  for (const KindName& entry : kKindNames) {
    if (entry.name == name) return entry.kind;
  }
  return std::nullopt;
}

CoverageNames NameCoverage(uint32_t coverage) {
  CoverageNames names;
  for (size_t bit = 0; bit < kCoverageNames.size(); ++bit) {
    const bool hooked = (coverage >> bit & 1) != 0;
    (hooked ? names.covered : names.not_covered).emplace_back(kCoverageNames[bit]);
  }
  return names;
}

std::string BootIdHex(const Capture& capture) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * capture.boot_id.size());
  for (const uint8_t byte : capture.boot_id) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

}  // namespace memmon::model
