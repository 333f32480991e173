// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl completion SHELL`, which packages call, and --help does not show.

#ifndef MEMMON_CTL_COMPLETION_COMMAND_H_
#define MEMMON_CTL_COMPLETION_COMMAND_H_

#include <string>

#include "ctl/command.h"

namespace memmon::ctl {

class CompletionCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  bool needs_connection() const override { return false; }
  ExitStatus Run(const Context& context) override;

 private:
  const CLI::App* root_ = nullptr;
  std::string shell_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_COMPLETION_COMMAND_H_
