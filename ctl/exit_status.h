// SPDX-License-Identifier: Apache-2.0
//
// What memmonctl's exit status says; scripts may rely on it (man memmonctl).

#ifndef MEMMON_CTL_EXIT_STATUS_H_
#define MEMMON_CTL_EXIT_STATUS_H_

namespace memmon::ctl {

enum class ExitStatus : int {
  kWell = 0,          // all is well, and nothing is missing
  kWrong = 1,         // something is wrong, or something is missing
  kUsage = 2,         // asked wrongly
  kNoConnection = 3,  // memmond cannot be reached, or went away
  kRefused = 4,       // memmond does not let this user in
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_EXIT_STATUS_H_
