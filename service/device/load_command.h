// SPDX-License-Identifier: Apache-2.0
//
// How memmon.ko comes into the running kernel: what to type where it is not there.

#ifndef MEMMON_DEVICE_LOAD_COMMAND_H_
#define MEMMON_DEVICE_LOAD_COMMAND_H_

#include <string>

namespace memmon::device {

// Where the running kernel's modules are installed.
std::string ModulesDirectory();

// modprobe where the module is among those of `modules_directory`, or where that is hidden
// from memmond, as it is under its unit: then with how to get one behind it, in brackets,
// since the unit may have come without. Else what builds and loads it, from the project's
// directory. Any thread.
std::string LoadCommand(const std::string& modules_directory);

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_LOAD_COMMAND_H_
