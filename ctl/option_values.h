// SPDX-License-Identifier: Apache-2.0
//
// What options that take a number accept, and the words for what they do not.

#ifndef MEMMON_CTL_OPTION_VALUES_H_
#define MEMMON_CTL_OPTION_VALUES_H_

#include <CLI/CLI.hpp>

#include "ctl/messages.h"

namespace memmon::ctl {

// For CLI::Option::check. A count of 1 or more, in decimal.
CLI::Validator Count(const Messages& messages);
// Likewise: the id of a process.
CLI::Validator Pid(const Messages& messages);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_OPTION_VALUES_H_
