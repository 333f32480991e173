// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl calls PID`: what a process called, by kind, error and length.

#ifndef MEMMON_CTL_CALLS_COMMAND_H_
#define MEMMON_CTL_CALLS_COMMAND_H_

#include <cstdint>

#include "ctl/command.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

class CallsCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  void Print(const Context& context, const v1::GetProcessCallsResponse& calls) const;

  uint32_t pid_ = 0;
  bool json_ = false;
  bool bytes_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_CALLS_COMMAND_H_
