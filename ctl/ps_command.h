// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl ps`: the processes of now, or of an earlier time.

#ifndef MEMMON_CTL_PS_COMMAND_H_
#define MEMMON_CTL_PS_COMMAND_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ctl/command.h"
#include "ctl/process_filter.h"
#include "ctl/process_set.h"

namespace memmon::ctl {

class PsCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  void Print(const Context& context, const std::vector<ProcessRow>& processes) const;

  ProcessFilterOptions filter_;
  std::string at_;
  uint64_t limit_ = 0;
  bool reverse_ = false;
  bool json_ = false;
  bool bytes_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_PS_COMMAND_H_
