// SPDX-License-Identifier: Apache-2.0
//
// Scripts that teach shells to complete memmonctl's command line.

#ifndef MEMMON_CTL_COMPLETION_H_
#define MEMMON_CTL_COMPLETION_H_

#include <string>
#include <vector>

#include "ctl/command_tree.h"

namespace memmon::ctl {

std::string BashCompletion(const std::vector<CommandShape>& commands);
std::string ZshCompletion(const std::vector<CommandShape>& commands);
std::string FishCompletion(const std::vector<CommandShape>& commands);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_COMPLETION_H_
