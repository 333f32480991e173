// SPDX-License-Identifier: Apache-2.0

#include "processes/container.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/utf8.h"

namespace memmon::processes {
namespace {

constexpr size_t kMaxBytes = 256;
constexpr size_t kIdBytes = 64;

// The path in the unified hierarchy; in systemd's own where there is only that.
absl::string_view PathOf(absl::string_view text) {
  absl::string_view path;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (absl::ConsumePrefix(&line, "0::")) return line;
    const size_t at = line.find(":name=systemd:");
    if (at != absl::string_view::npos) path = line.substr(at + sizeof(":name=systemd:") - 1);
  }
  return path;
}

bool IsUnit(absl::string_view name) {
  return absl::EndsWith(name, ".service") || absl::EndsWith(name, ".scope");
}

bool IsContainer(absl::string_view name) {
  // What looks after a container is not in it.
  if (absl::StartsWith(name, "libpod-conmon-") || absl::StartsWith(name, "crio-conmon-")) {
    return false;
  }
  for (const char* prefix : {"docker-", "libpod-", "cri-containerd-", "crio-", "machine-"}) {
    if (absl::StartsWith(name, prefix) && absl::EndsWith(name, ".scope")) return true;
  }
  if (absl::StartsWith(name, "lxc.payload.")) return true;
  return name.size() == kIdBytes && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isxdigit(c);
         });
}

}  // namespace

std::string ContainerOf(std::string_view cgroup_text) {
  absl::string_view path = PathOf({cgroup_text.data(), cgroup_text.size()});
  path = absl::StripSuffix(path, " (deleted)");
  absl::string_view unit;
  for (const absl::string_view name : absl::StrSplit(path, '/')) {
    if (IsContainer(name)) return base::ToValidUtf8({name.data(), name.size()}, kMaxBytes);
    if (IsUnit(name)) unit = name;
  }
  return base::ToValidUtf8({unit.data(), unit.size()}, kMaxBytes);
}

}  // namespace memmon::processes
