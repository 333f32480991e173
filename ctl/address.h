// SPDX-License-Identifier: Apache-2.0
//
// Where memmond is: as told, or found.

#ifndef MEMMON_CTL_ADDRESS_H_
#define MEMMON_CTL_ADDRESS_H_

#include <string>

#include "ctl/messages.h"

namespace memmon::ctl {

// Where a memmond that systemd started listens for this machine's programs.
inline constexpr char kSocketPath[] = "/run/memmon/memmond.sock";

struct Address {
  std::string target;  // as gRPC takes it: HOST:PORT or unix:PATH
  // What was tried before, and why it was not taken; empty where there was no choice.
  std::string tried;
};

// `told`, which may lack the port. Where it is empty: the socket at `socket_path`, if
// somebody listens there and lets us in, else the loopback. With an empty
// `socket_path` no socket is looked for.
Address FindAddress(const std::string& told, const std::string& socket_path,
                    const Messages& messages);

// Nobody else can read what goes to `target`.
bool IsLocal(const std::string& target);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_ADDRESS_H_
