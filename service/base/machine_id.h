// SPDX-License-Identifier: Apache-2.0
//
// What names this machine, among others in one database and in tokens.

#ifndef MEMMON_BASE_MACHINE_ID_H_
#define MEMMON_BASE_MACHINE_ID_H_

#include <unistd.h>

#include <array>
#include <fstream>
#include <string>

namespace memmon::base {

inline std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

// /etc/machine-id; the host name where there is none.
inline std::string MachineId() {
  std::string id;
  std::ifstream("/etc/machine-id") >> id;
  return id.empty() || id == "uninitialized" ? HostName() : id;
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_MACHINE_ID_H_
