// SPDX-License-Identifier: Apache-2.0

#include "processes/address_space.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/utf8.h"

namespace memmon::processes {
namespace {

constexpr size_t kMaxNameBytes = 256;
// A process may map as many files as it likes.
constexpr size_t kMaxNames = 4'096;

// The next field, which spaces end.
std::string_view Field(std::string_view* line) {
  line->remove_prefix(std::min(line->find_first_not_of(' '), line->size()));
  const std::string_view field = line->substr(0, line->find(' '));
  line->remove_prefix(field.size());
  return field;
}

std::optional<uint64_t> SizeOf(std::string_view range) {
  uint64_t begin = 0;
  uint64_t end = 0;
  const char* const last = range.data() + range.size();
  const auto first = std::from_chars(range.data(), last, begin, 16);
  if (first.ec != std::errc() || first.ptr == last || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, last, end, 16);
  if (second.ec != std::errc() || second.ptr != last || end < begin) return std::nullopt;
  return end - begin;
}

bool IsSharedMemory(std::string_view path) {
  for (const char* begin :
       {"/memfd:", "/dev/shm/", "/SYSV", "/dev/zero (deleted)", "/anon_hugepage"}) {
    if (path.starts_with(begin)) return true;
  }
  return false;
}

// Of the last field of a line, and whether any access is allowed.
std::pair<RegionKind, std::string_view> KindOf(std::string_view name, bool accessible) {
  if (name.empty()) {
    return {accessible ? RegionKind::kAnonymous : RegionKind::kReserved, ""};
  }
  if (name == "[heap]") return {RegionKind::kHeap, ""};
  if (name == "[stack]") return {RegionKind::kStack, ""};
  // Names that programs give, with prctl.
  for (const auto& [prefix, kind] : {std::pair("[anon:", RegionKind::kAnonymous),
                                     std::pair("[anon_shmem:", RegionKind::kShared)}) {
    if (!name.starts_with(prefix)) continue;
    std::string_view given = name.substr(std::string_view(prefix).size());
    if (given.ends_with(']')) given.remove_suffix(1);
    return {accessible ? kind : RegionKind::kReserved, given};
  }
  if (name.front() != '/') return {RegionKind::kSpecial, name};
  return {IsSharedMemory(name) ? RegionKind::kShared : RegionKind::kFile, name};
}

// "Name:   123 kB"; 0 where there is no such line.
uint64_t Bytes(std::string_view status, std::string_view name) {
  const std::string key = "\n" + std::string(name) + ":";
  const size_t at = status.find(key);
  if (at == std::string_view::npos) return 0;
  std::string_view line = status.substr(at + key.size());
  line.remove_prefix(std::min(line.find_first_of("0123456789\n"), line.size()));
  uint64_t kibibytes = 0;
  std::from_chars(line.data(), line.data() + line.size(), kibibytes);
  return kibibytes * 1'024;
}

void SortLargestFirst(std::vector<Region>* regions) {
  std::stable_sort(regions->begin(), regions->end(),
                   [](const Region& a, const Region& b) { return a.size_bytes > b.size_bytes; });
}

// As vm_stat_account() counts: no mapping is in two of them.
void AddCoarse(std::string_view status, uint64_t virtual_size_bytes, AddressSpace* space) {
  const uint64_t code = Bytes(status, "VmExe") + Bytes(status, "VmLib");
  const uint64_t data = Bytes(status, "VmData");
  const uint64_t stack = Bytes(status, "VmStk");
  const uint64_t sum = code + data + stack;
  for (const auto& [kind, bytes] :
       {std::pair(RegionKind::kCode, code),
        {RegionKind::kData, data},
        {RegionKind::kStack, stack},
        {RegionKind::kOther, virtual_size_bytes - std::min(virtual_size_bytes, sum)}}) {
    if (bytes != 0) space->regions.push_back({kind, "", bytes, 0});
  }
  SortLargestFirst(&space->regions);
  space->coarse = true;
  space->virtual_size_bytes = std::max(virtual_size_bytes, sum);
}

}  // namespace

void MapsReader::Add(std::string_view piece) {
  for (size_t end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    if (rest_.empty()) {
      Line(piece.substr(0, end));
    } else {
      rest_.append(piece.substr(0, end));
      Line(rest_);
      rest_.clear();
    }
    piece.remove_prefix(end + 1);
  }
  rest_.append(piece);
}

// "START-END PERMISSIONS OFFSET DEVICE INODE      NAME"
void MapsReader::Line(std::string_view line) {
  const std::optional<uint64_t> size = SizeOf(Field(&line));
  const std::string_view permissions = Field(&line);
  for (int skipped = 0; skipped < 3; ++skipped) Field(&line);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  // The same page in every process; it is in no address space's size.
  if (!size || line == "[vsyscall]") return;
  const bool accessible = !permissions.starts_with("---");
  const auto [kind, given] = KindOf(line, accessible);
  std::string name = base::ToValidUtf8(given, kMaxNameBytes);
  if (regions_.size() >= kMaxNames && !regions_.contains({kind, name})) name.clear();
  Region& region = regions_[{kind, name}];
  region.kind = kind;
  region.name = std::move(name);
  region.size_bytes += *size;
  ++region.mapping_count;
  space_.virtual_size_bytes += *size;
}

AddressSpace MapsReader::Take() && {
  std::vector<Region> all;
  all.reserve(regions_.size());
  for (auto& [key, region] : regions_) all.push_back(std::move(region));
  SortLargestFirst(&all);
  for (size_t i = 0; i < all.size(); ++i) {
    if (i < kMaxRegions) {
      space_.regions.push_back(std::move(all[i]));
      continue;
    }
    const auto same = std::find_if(
        space_.regions.begin(), space_.regions.end(),
        [&](const Region& region) { return region.kind == all[i].kind && region.name.empty(); });
    if (same == space_.regions.end()) {
      all[i].name.clear();
      space_.regions.push_back(std::move(all[i]));
    } else {
      same->size_bytes += all[i].size_bytes;
      same->mapping_count += all[i].mapping_count;
    }
  }
  SortLargestFirst(&space_.regions);
  return std::move(space_);
}

bool AddStatus(std::string_view status, AddressSpace* space) {
  const uint64_t virtual_size_bytes = Bytes(status, "VmSize");
  if (virtual_size_bytes == 0) return false;
  space->resident_anonymous_bytes = Bytes(status, "RssAnon");
  space->resident_file_bytes = Bytes(status, "RssFile");
  space->resident_shared_bytes = Bytes(status, "RssShmem");
  space->swapped_bytes = Bytes(status, "VmSwap");
  if (space->regions.empty()) AddCoarse(status, virtual_size_bytes, space);
  return true;
}

}  // namespace memmon::processes
