// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl top`: the processes, live.

#ifndef MEMMON_CTL_TOP_COMMAND_H_
#define MEMMON_CTL_TOP_COMMAND_H_

#include <cstdint>
#include <string>

#include "ctl/command.h"
#include "ctl/process_feed.h"
#include "ctl/process_filter.h"

namespace memmon::ctl {

class TopCommand : public Command {
 public:
  CLI::App* Define(CLI::App* parent, const Messages& messages) override;
  ExitStatus Run(const Context& context) override;

 private:
  ExitStatus Batch(const Context& context, const v1::StreamProcessesRequest& request,
                   absl::Duration interval);
  ExitStatus Interactive(const Context& context, const v1::StreamProcessesRequest& request,
                         const std::string& notice);

  ProcessFilterOptions filter_;
  std::string interval_ = "1s";
  bool batch_ = false;
  uint64_t count_ = 0;
  bool bytes_ = false;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TOP_COMMAND_H_
