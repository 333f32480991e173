// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl export`: stored events for other programs.

#ifndef MEMMON_CTL_EXPORT_COMMAND_H_
#define MEMMON_CTL_EXPORT_COMMAND_H_

#include <string>

#include "ctl/command.h"
#include "ctl/event_filter.h"
#include "ctl/time_span.h"

namespace memmon::ctl {

class ExportCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  std::string format_ = "csv";
  TimeSpanOptions span_;
  EventFilterOptions filter_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EXPORT_COMMAND_H_
