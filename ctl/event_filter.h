// SPDX-License-Identifier: Apache-2.0
//
// The options that say which events are wanted, of every command that shows some.

#ifndef MEMMON_CTL_EVENT_FILTER_H_
#define MEMMON_CTL_EVENT_FILTER_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ctl/command.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class EventFilterOptions {
 public:
  void Define(CLI::App* app, const Messages& messages);
  // Fills `filter`; else says what cannot be taken, and gives the exit status.
  std::optional<ExitStatus> Fill(const Context& context, v1::EventFilter* filter) const;

 private:
  std::vector<uint32_t> pids_;
  std::vector<std::string> names_;
  std::vector<std::string> kinds_;
  std::string min_size_;
  std::vector<std::string> users_;
  std::vector<std::string> cgroups_;
  std::vector<std::string> containers_;
  bool failed_ = false;
};

// A user id, or the name of a user of this machine.
std::optional<uint32_t> ParseUser(const std::string& text);
// A cgroup's id, or its directory on this machine, whose inode number that is.
std::optional<uint64_t> ParseCgroup(const std::string& text);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EVENT_FILTER_H_
