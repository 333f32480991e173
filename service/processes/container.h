// SPDX-License-Identifier: Apache-2.0
//
// What a process's cgroup says of where it belongs.

#ifndef MEMMON_PROCESSES_CONTAINER_H_
#define MEMMON_PROCESSES_CONTAINER_H_

#include <string>
#include <string_view>

namespace memmon::processes {

// From the text of /proc/PID/cgroup: the container, as its runtime names the
// cgroup ("docker-3f2a….scope", an id of 64 hexadecimal digits); where there is
// none the innermost systemd unit ("ssh.service", "session-3.scope"); or
// nothing. Of containers in one another it is the outermost. Valid UTF-8.
std::string ContainerOf(std::string_view cgroup_text);

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_CONTAINER_H_
