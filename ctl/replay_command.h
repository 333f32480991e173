// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl replay FILE`: says what a recording holds, and how to play it. It is
// memmond that plays; nothing is started here.

#ifndef MEMMON_CTL_REPLAY_COMMAND_H_
#define MEMMON_CTL_REPLAY_COMMAND_H_

#include <string>

#include "ctl/command.h"

namespace memmon::ctl {

class ReplayCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  bool needs_connection() const override { return false; }
  ExitStatus Run(const Context& context) override;

 private:
  std::string file_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_REPLAY_COMMAND_H_
