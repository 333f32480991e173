// SPDX-License-Identifier: Apache-2.0
//
// memmonctl as a function: reads a command line, runs the command it names.

#ifndef MEMMON_CTL_PROGRAM_H_
#define MEMMON_CTL_PROGRAM_H_

#include <ostream>
#include <string>
#include <vector>

#include "ctl/address.h"
#include "ctl/environment.h"
#include "ctl/exit_status.h"
#include "ctl/stop.h"

namespace memmon::ctl {

struct Surroundings {
  Environment environment;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  Stop* stop;
  std::string socket_path = kSocketPath;  // where a memmond is looked for first
};

// `arguments` are those behind the program's name.
ExitStatus RunProgram(const std::vector<std::string>& arguments, const Surroundings& around);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_PROGRAM_H_
