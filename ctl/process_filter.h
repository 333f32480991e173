// SPDX-License-Identifier: Apache-2.0
//
// The options that say which processes are wanted, in which order, of every
// command that shows some.

#ifndef MEMMON_CTL_PROCESS_FILTER_H_
#define MEMMON_CTL_PROCESS_FILTER_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

// "held", "virtual", "requested", "mmaps", "name", "pid".
std::string_view OrderName(v1::ProcessOrder order);
// As CLI11 shows what an option takes: the names with | between them.
std::string OrderNames();

class ProcessFilterOptions {
 public:
  void Define(CLI::App* app, const Messages& messages);
  // Fills both; else says what cannot be taken, and gives the exit status.
  std::optional<ExitStatus> Fill(const Context& context, v1::ProcessFilter* filter,
                                 v1::ProcessOrder* order) const;

 private:
  std::vector<uint32_t> pids_;
  std::vector<std::string> names_;
  std::vector<std::string> users_;
  std::vector<std::string> cgroups_;
  std::vector<std::string> containers_;
  std::string sort_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_PROCESS_FILTER_H_
