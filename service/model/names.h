// SPDX-License-Identifier: Apache-2.0
//
// The words for kinds and coverage, as the database, the web and people see
// them.

#ifndef MEMMON_MODEL_NAMES_H_
#define MEMMON_MODEL_NAMES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/capture.h"
#include "model/event.h"

namespace memmon::model {

// Every kind that this version knows, by number.
std::span<const EventKind> AllEventKinds();

// "mmap", "mm_exit", ...; "unknown" for a number that is no kind.
std::string_view EventKindName(EventKind kind);

// The other way round; nothing for a word that is no kind's.
std::optional<EventKind> ParseEventKind(std::string_view name);

// Which classes of change are hooked, and which are not: "mmap", "fork", ...
struct CoverageNames {
  std::vector<std::string> covered;
  std::vector<std::string> not_covered;
};
CoverageNames NameCoverage(uint32_t coverage);

// 32 hexadecimal digits.
std::string BootIdHex(const Capture& capture);

}  // namespace memmon::model

#endif  // MEMMON_MODEL_NAMES_H_
