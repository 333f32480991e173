// SPDX-License-Identifier: Apache-2.0

#include "processes/user_names.h"

#include <pwd.h>

#include <cerrno>
#include <vector>

#include "base/utf8.h"

namespace memmon::processes {
namespace {

constexpr size_t kMaxNameBytes = 64;
constexpr size_t kMaxEntryBytes = 1 << 20;
// So many users' names; with more, all are asked for anew.
constexpr size_t kMaxKept = 10'000;

std::string Ask(uint32_t uid) {
  std::vector<char> buffer(1'024);
  for (;;) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    if (error == ERANGE && buffer.size() < kMaxEntryBytes) {
      buffer.resize(2 * buffer.size());
      continue;
    }
    if (error != 0 || found == nullptr) return "";
    return base::ToValidUtf8(found->pw_name, kMaxNameBytes);
  }
}

}  // namespace

const std::string& UserNames::Of(uint32_t uid) {
  const auto now = std::chrono::steady_clock::now();
  if (answers_.size() >= kMaxKept) answers_.clear();
  const auto [answer, is_new] = answers_.try_emplace(uid);
  if (is_new || now - answer->second.asked > kKeep) answer->second = {Ask(uid), now};
  return answer->second.name;
}

}  // namespace memmon::processes
