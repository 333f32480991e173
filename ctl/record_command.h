// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl record FILE`: writes what the module records, for memmond --replay.

#ifndef MEMMON_CTL_RECORD_COMMAND_H_
#define MEMMON_CTL_RECORD_COMMAND_H_

#include <cstdint>
#include <string>

#include "ctl/command.h"
#include "ctl/event_filter.h"

namespace memmon::ctl {

class RecordCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  std::string file_;
  EventFilterOptions filter_;
  std::string span_;
  uint64_t count_ = 0;
  bool force_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_RECORD_COMMAND_H_
