// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl status`: is all well, and if not, what to type.

#ifndef MEMMON_CTL_STATUS_COMMAND_H_
#define MEMMON_CTL_STATUS_COMMAND_H_

#include "ctl/command.h"

namespace memmon::ctl {

class StatusCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  bool json_ = false;
  bool quick_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_STATUS_COMMAND_H_
