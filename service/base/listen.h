// SPDX-License-Identifier: Apache-2.0
//
// Listens on an address; why that cannot be, in words that help.

#ifndef MEMMON_BASE_LISTEN_H_
#define MEMMON_BASE_LISTEN_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace memmon::base {

// What `error`, an errno of bind or listen, means; with the cure.
inline absl::Status ListenError(const std::string& host, uint16_t port, int error) {
  const bool v6 = host.find(':') != std::string::npos;
  std::string text = "cannot listen on " + (v6 ? "[" + host + "]" : host) + ":" +
                     std::to_string(port) + ": " + strerror(error);
  if (error == EADDRINUSE) {
    text += "; see who has it: ss -ltnp 'sport = :" + std::to_string(port) +
            "', or choose another port";
  } else if (error == EADDRNOTAVAIL) {
    text += "; no interface has this address, see: ip address";
  } else if (error == EACCES) {
    text += "; ports below 1024 need privileges, choose one above";
  }
  return absl::UnavailableError(text);
}

// A socket, whose accept does not wait, that listens on `host`, an IP address; the
// caller's to close.
inline absl::StatusOr<int> Listen(const std::string& host, uint16_t port) {
  sockaddr_storage address{};
  socklen_t length = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    length = sizeof(*v4);
  } else if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    length = sizeof(*v6);
  } else {
    return absl::InvalidArgumentError("\"" + host + "\" is not an IP address");
  }
  const int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ListenError(host, port, errno);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 && listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  return ListenError(host, port, error);
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_LISTEN_H_
