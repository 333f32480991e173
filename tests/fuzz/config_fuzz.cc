// SPDX-License-Identifier: Apache-2.0
//
// Settings: the first line is flags, parted by blanks; the rest a file in TOML. An
// error is one line; what is accepted can be printed, and is the same when read.

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace memmon::config {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// A file of this process, whose name others cannot take.
class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/memmon-config-fuzz-XXXXXX";
    fd_ = mkstemp(name);
    Check(fd_ >= 0);
    unlink(name);
    path_ = "/proc/self/fd/" + std::to_string(fd_);
  }
  const std::string& Holding(std::string_view text) {
    Check(ftruncate(fd_, 0) == 0 && lseek(fd_, 0, SEEK_SET) == 0);
    Check(write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return path_;
  }

 private:
  int fd_ = -1;
  std::string path_;
};

absl::StatusOr<Invocation> Read(const std::vector<std::string>& flags) {
  std::vector<const char*> argv = {"memmond"};
  for (const std::string& flag : flags) argv.push_back(flag.c_str());
  return Parse(static_cast<int>(argv.size()), argv.data(), {});
}

void ReadSettings(std::string_view input) {
  static Scratch scratch;
  std::vector<std::string> flags;
  std::string_view line = input.substr(0, input.find('\n'));
  const std::string_view file = input.substr(std::min(input.size(), line.size() + 1));
  while (!line.empty()) {
    const size_t end = std::min(line.find(' '), line.size());
    // The file is the one below; another could be anything that this process may read.
    std::string flag(line.substr(0, end));
    if (!flag.starts_with("--config") && flag.find('\0') == std::string::npos) {
      flags.push_back(std::move(flag));
    }
    line.remove_prefix(std::min(line.size(), end + 1));
  }
  flags.insert(flags.end(), {"--config", scratch.Holding(file)});
  const auto invocation = Read(flags);
  if (!invocation.ok()) {
    Check(!invocation.status().message().empty());
    Check(invocation.status().message().find('\n') == absl::string_view::npos);
    return;
  }
  if (invocation->action != Action::kRun) return;
  const std::string text = ToToml(invocation->config);
  const auto again = Read({"--config", scratch.Holding(text)});
  Check(again.ok());
  Check(ToToml(again->config) == text);
}

}  // namespace
}  // namespace memmon::config

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::config::ReadSettings({reinterpret_cast<const char*>(data), size});
  return 0;
}
