// SPDX-License-Identifier: Apache-2.0
//
// Standard input, output and error of a program that was started without one of them. The
// next file that is opened would take the free number, and get what is meant for a person.

#ifndef MEMMON_BASE_STANDARD_FILES_H_
#define MEMMON_BASE_STANDARD_FILES_H_

#include <fcntl.h>
#include <unistd.h>

namespace memmon::base {

// Takes the numbers 0 to 2 where they are free, for what can be neither read nor written:
// whoever tries is told so. Before anything is opened, and before there are threads.
inline void TakeStandardFiles() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is the one that is given, and those below are taken.
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_STANDARD_FILES_H_
