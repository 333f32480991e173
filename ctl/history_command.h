// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl history PID`: one process through time.

#ifndef MEMMON_CTL_HISTORY_COMMAND_H_
#define MEMMON_CTL_HISTORY_COMMAND_H_

#include <cstdint>

#include "ctl/command.h"
#include "ctl/time_span.h"

namespace memmon::ctl {

class HistoryCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  uint32_t pid_ = 0;
  TimeSpanOptions span_;
  int32_t points_ = 60;
  bool csv_ = false;
  bool json_ = false;
  bool bytes_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_HISTORY_COMMAND_H_
