// SPDX-License-Identifier: Apache-2.0

#include "processes/cgroups.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "processes/container.h"

namespace memmon::processes {
namespace {

using Clock = std::chrono::steady_clock;

// One part in so many of the time is spent looking, at most.
constexpr int kLookShare = 10;

// The kernel's text has dashes.
std::string ReadBootId(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  file >> text;
  return absl::HexStringToBytes(absl::StrReplaceAll(text, {{"-", ""}}));
}

}  // namespace

std::string UnifiedHierarchy() {
  for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct statfs status {};
    if (statfs(path, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC) return path;
  }
  return "";
}

Cgroups::Cgroups(CgroupsOptions options)
    : options_(std::move(options)),
      boot_id_(ReadBootId(options_.boot_id_file)),
      looks_(options_.most_looks, options_.between_looks) {}

std::optional<std::string> Cgroups::NameOf(uint64_t cgroup_id) {
  const std::lock_guard lock(mutex_);
  if (const auto known = names_.find(cgroup_id); known != names_.end()) return known->second;
  if (looks_.Wait(Clock::now()) > Clock::duration::zero()) return std::nullopt;
  if (names_.size() >= options_.max_known) names_.clear();
  if (!Look()) return std::nullopt;
  return names_.try_emplace(cgroup_id).first->second;
}

bool Cgroups::IsOfBoot(const std::array<uint8_t, 16>& boot_id) const {
  return std::equal(boot_id.begin(), boot_id.end(), boot_id_.begin(), boot_id_.end(),
                    [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); });
}

bool Cgroups::Look() {
  const Clock::time_point began = Clock::now();
  bool all = true;
  // By hand: the library's iterator ends where a directory goes while it looks.
  std::vector<std::string> paths;
  if (!options_.root.empty()) paths.emplace_back();
  while (!paths.empty()) {
    const std::string path = std::move(paths.back());
    paths.pop_back();
    DIR* const directory = opendir(absl::StrCat(options_.root, path).c_str());
    if (directory == nullptr) {
      // Gone; or no file can be opened just now.
      all = all && (errno == ENOENT || errno == EACCES);
      continue;
    }
    struct stat status {};
    if (fstat(dirfd(directory), &status) == 0) {
      names_.try_emplace(status.st_ino, ContainerOf(absl::StrCat("0::", path)));
    }
    while (const dirent* const entry = readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (entry->d_type == DT_DIR && name != "." && name != "..") {
        paths.push_back(absl::StrCat(path, "/", entry->d_name));
      }
    }
    closedir(directory);
  }
  looks_.Take(began, kLookShare * (Clock::now() - began));
  return all;
}

}  // namespace memmon::processes
