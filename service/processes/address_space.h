// SPDX-License-Identifier: Apache-2.0
//
// What an address space is made of, by kind and name, out of the text that /proc
// tells. No address is kept.
//
// Thread safety: none.

#ifndef MEMMON_PROCESSES_ADDRESS_SPACE_H_
#define MEMMON_PROCESSES_ADDRESS_SPACE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace memmon::processes {

// Numbered as v1.RegionKind, which explains them.
enum class RegionKind {
  kHeap = 1,
  kStack,
  kAnonymous,
  kReserved,
  kFile,
  kShared,
  kSpecial,
  kCode,
  kData,
  kOther,
};

// All mappings of one kind and name.
struct Region {
  RegionKind kind = RegionKind::kOther;
  std::string name;  // valid UTF-8; see v1.Region
  uint64_t size_bytes = 0;
  uint32_t mapping_count = 0;
};

struct AddressSpace {
  std::vector<Region> regions;      // largest first
  uint64_t virtual_size_bytes = 0;  // what the regions add up to
  bool coarse = false;              // out of sums: its mappings may not be read
  // What of it is in RAM, and in swap.
  uint64_t resident_anonymous_bytes = 0;
  uint64_t resident_file_bytes = 0;
  uint64_t resident_shared_bytes = 0;
  uint64_t swapped_bytes = 0;
};

// More are added up without their names.
inline constexpr size_t kMaxRegions = 64;

// Adds up /proc/PID/maps, in pieces of any length. What it holds grows with the
// number of names, not of mappings, up to a bound.
class MapsReader {
 public:
  void Add(std::string_view piece);
  // Regions and virtual size.
  AddressSpace Take() &&;

 private:
  void Line(std::string_view line);

  std::string rest_;  // of a line that is not whole yet
  std::map<std::pair<RegionKind, std::string>, Region> regions_;
  AddressSpace space_;
};

// From /proc/PID/status, which anybody may read: what is in RAM and in swap.
// Where `space` has no regions, also a coarse map. False where the process has no
// address space: a thread of the kernel, or it is ending.
bool AddStatus(std::string_view status, AddressSpace* space);

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_ADDRESS_SPACE_H_
