// SPDX-License-Identifier: Apache-2.0

#include "ctl/resume_file.h"

#include <cerrno>
#include <cstdio>
#include <fstream>

namespace memmon::ctl {
namespace {

constexpr std::chrono::milliseconds kInterval{200};

}  // namespace

std::optional<std::string> ResumeFile::Load() const {
  errno = 0;
  std::ifstream file(path_);
  if (!file.is_open()) {
    if (errno == ENOENT) return "";
    return std::nullopt;
  }
  std::string token;
  std::getline(file, token);
  if (file.bad()) return std::nullopt;
  return token;
}

bool ResumeFile::Keep(const std::string& token) {
  if (token.empty() || token == token_) return true;
  token_ = token;
  dirty_ = true;
  const auto now = std::chrono::steady_clock::now();
  if (now - written_ < kInterval) return true;
  return Flush();
}

bool ResumeFile::Flush() {
  if (!dirty_) return true;
  // Replaced as a whole: whoever is killed here leaves the old one or the new one.
  const std::string draft = path_ + ".new";
  {
    std::ofstream file(draft, std::ios::trunc);
    file << token_ << '\n';
    file.close();
    if (!file) return false;
  }
  if (rename(draft.c_str(), path_.c_str()) != 0) return false;
  dirty_ = false;
  written_ = std::chrono::steady_clock::now();
  return true;
}

}  // namespace memmon::ctl
