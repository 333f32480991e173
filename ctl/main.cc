// SPDX-License-Identifier: Apache-2.0
//
// memmonctl: asks memmond, and shows the answer. Exit status: exit_status.h.

#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "base/standard_files.h"
#include "ctl/program.h"
#include "ctl/signals.h"

int main(int argc, char** argv) {
  memmon::base::TakeStandardFiles();
  // gRPC's own log says nothing that memmonctl does not say better; who wants it
  // sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // Widths of characters; where the locale is not installed, those of any UTF-8.
  if (setlocale(LC_CTYPE, "") == nullptr) setlocale(LC_CTYPE, "C.UTF-8");
  std::ios::sync_with_stdio(false);
  memmon::ctl::Stop stop;
  const memmon::ctl::Signals signals(&stop);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const memmon::ctl::Surroundings around{memmon::ctl::Environment(environ), std::cout, std::cerr,
                                         isatty(STDOUT_FILENO) != 0, &stop};
  return static_cast<int>(memmon::ctl::RunProgram(arguments, around));
}
