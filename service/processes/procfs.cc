// SPDX-License-Identifier: Apache-2.0

#include "processes/procfs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "processes/container.h"

namespace memmon::processes {
namespace {

constexpr size_t kMaxCommandLineBytes = 256;
constexpr size_t kMaxFileBytes = 4'096;
constexpr size_t kPieceBytes = 64 * 1'024;
constexpr size_t kMaxStatmBytes = 160;  // seven numbers

// The file's beginning, in `buffer`; empty where there is none.
std::string_view ReadInto(std::span<char> buffer, const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  close(fd);
  return {buffer.data(), static_cast<size_t>(std::max<ssize_t>(got, 0))};
}

std::string ReadBeginning(const std::string& path, size_t max_bytes = kMaxFileBytes) {
  std::string text(max_bytes, '\0');
  text.resize(ReadInto(text, path).size());
  return text;
}

struct Stat {
  uint32_t parent_tgid = 0;
  uint64_t start_ticks = 0;
};

bool ParseStat(const std::string& text, Stat* stat) {
  // The name, in parentheses, may hold anything, parentheses too.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream rest(text.substr(name_end + 1));
  std::string skipped;
  rest >> skipped >> stat->parent_tgid;  // fields 3 and 4
  for (int field = 5; field <= 21; ++field) rest >> skipped;
  rest >> stat->start_ticks;  // field 22
  return !rest.fail();
}

absl::Status Gone(const model::ProcessKey& key) {
  return absl::NotFoundError(absl::StrCat("process ", key.tgid, " is gone"));
}

// Nothing of it where it may not be read.
AddressSpace ReadMaps(const std::string& path) {
  MapsReader reader;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string piece(kPieceBytes, '\0');
  for (ssize_t got; (got = read(fd, piece.data(), piece.size())) > 0;) {
    reader.Add({piece.data(), static_cast<size_t>(got)});
  }
  close(fd);
  return std::move(reader).Take();
}

}  // namespace

ProcFs::ProcFs(std::string root)
    : root_(std::move(root)),
      ns_per_tick_(1'000'000'000 / static_cast<uint64_t>(std::max(1L, sysconf(_SC_CLK_TCK)))),
      page_size_bytes_(static_cast<uint64_t>(sysconf(_SC_PAGESIZE))) {}

absl::StatusOr<ProcessInfo> ProcFs::Read(const model::ProcessKey& key) {
  const std::string directory = absl::StrCat(root_, "/", key.tgid);
  // These first: if the tgid is still this process's afterwards, it
  // was so all the time.
  std::string line = ReadBeginning(directory + "/cmdline");
  std::string container = ContainerOf(ReadBeginning(directory + "/cgroup"));
  uint32_t parent_tgid = 0;
  if (!IsThere(key, &parent_tgid)) return Gone(key);
  while (!line.empty() && line.back() == '\0') line.pop_back();
  // A script given as an argument has lines, and is told in one.
  for (const char separator : {'\0', '\n', '\t'}) {
    std::replace(line.begin(), line.end(), separator, ' ');
  }
  return ProcessInfo{parent_tgid, base::ToValidUtf8(line, kMaxCommandLineBytes),
                     std::move(container)};
}

uint64_t ProcFs::ReadResidentBytes(uint32_t tgid) {
  std::array<char, kMaxStatmBytes> buffer;
  const std::string_view text = ReadInto(buffer, absl::StrCat(root_, "/", tgid, "/statm"));
  // "size resident shared ...", in pages.
  const size_t space = text.find(' ');
  if (space == std::string::npos) return 0;
  uint64_t pages = 0;
  std::from_chars(text.data() + space + 1, text.data() + text.size(), pages);
  return pages * page_size_bytes_;
}

absl::StatusOr<AddressSpace> ProcFs::ReadAddressSpace(const model::ProcessKey& key) {
  const std::string directory = absl::StrCat(root_, "/", key.tgid);
  AddressSpace space = ReadMaps(directory + "/maps");
  const bool has_one = AddStatus(ReadBeginning(directory + "/status", kPieceBytes), &space);
  uint32_t parent_tgid = 0;
  if (!IsThere(key, &parent_tgid)) return Gone(key);
  if (!has_one) {
    return absl::NotFoundError(absl::StrCat("process ", key.tgid, " has no address space"));
  }
  return space;
}

bool ProcFs::IsThere(const model::ProcessKey& key, uint32_t* parent_tgid) const {
  Stat stat;
  if (!ParseStat(ReadBeginning(absl::StrCat(root_, "/", key.tgid, "/stat")), &stat)) return false;
  *parent_tgid = stat.parent_tgid;
  return key.start_ns == 0 || stat.start_ticks == key.start_ns / ns_per_tick_;
}

}  // namespace memmon::processes
