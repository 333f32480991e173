// SPDX-License-Identifier: Apache-2.0

#include "device/load_command.h"

#include <sys/utsname.h>

#include <cerrno>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace memmon::device {
namespace {

// depmod's list has a line "PATH: DEPENDENCIES..." a module, also of one that is compressed.
bool Lists(std::istream& dependencies) {
  for (std::string line; std::getline(dependencies, line);) {
    const std::string path = line.substr(0, line.find(':'));
    if (absl::StartsWith(path.substr(path.rfind('/') + 1), "memmon.ko")) return true;
  }
  return false;
}

}  // namespace

std::string ModulesDirectory() {
  utsname names{};
  uname(&names);
  return absl::StrCat("/lib/modules/", names.release);
}

std::string LoadCommand(const std::string& modules_directory) {
  errno = 0;
  std::ifstream dependencies(modules_directory + "/modules.dep");
  const bool hidden = !dependencies && (errno == EACCES || errno == EPERM);
  if (hidden) {
    return "sudo modprobe memmon (if it is not found, install the package memmon-dkms or type "
           "scripts/install)";
  }
  if (Lists(dependencies)) return "sudo modprobe memmon";
  return "make -C kmod KBUILD_OUT=\"$PWD/build/kmod/host\" && "
         "sudo insmod build/kmod/host/memmon.ko (or, to keep it: scripts/install, or the package "
         "memmon-dkms)";
}

}  // namespace memmon::device
