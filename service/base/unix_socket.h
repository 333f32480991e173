// SPDX-License-Identifier: Apache-2.0
//
// Listens at a Unix socket; why that cannot be, in words that help.

#ifndef MEMMON_BASE_UNIX_SOCKET_H_
#define MEMMON_BASE_UNIX_SOCKET_H_

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace memmon::base {

// The longest path that a socket can have: 107 bytes.
inline constexpr size_t kMostSocketPathBytes = sizeof(sockaddr_un::sun_path) - 1;

// A socket, whose accept does not wait, that listens at `path`, in the place of one that
// nobody listens on any more; the caller's to close, and its file to remove.
// INVALID_ARGUMENT or UNAVAILABLE, in one line with the cure, where it cannot be had; above
// all where a program still listens on it.
inline absl::StatusOr<int> ListenOnSocket(const std::string& path) {
  if (path.empty() || path.size() > kMostSocketPathBytes) {
    return absl::InvalidArgumentError("\"" + path + "\" is no path of a socket, which has 1 to " +
                                      std::to_string(kMostSocketPathBytes) + " bytes");
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, path.data(), path.size());
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto wrong = [&](const std::string& what) {
    if (fd >= 0) close(fd);
    return absl::UnavailableError("cannot listen on " + path + ": " + what);
  };
  if (fd < 0) return wrong(strerror(errno));
  struct stat facts {};
  if (lstat(path.c_str(), &facts) == 0) {
    if (!S_ISSOCK(facts.st_mode)) {
      return wrong("something else is there; remove it, or choose another path");
    }
    if (connect(fd, generic, sizeof(address)) == 0 || errno == EAGAIN) {
      return wrong("another program listens there; see who: ss -lxp 'src " + path +
                   "', or choose another path");
    }
    if (errno != ECONNREFUSED || unlink(path.c_str()) != 0) return wrong(strerror(errno));
  }
  if (bind(fd, generic, sizeof(address)) != 0) {
    return wrong(std::string(strerror(errno)) +
                 "; its directory must be there, and memmond's to write to");
  }
  if (listen(fd, SOMAXCONN) != 0) {
    const int error = errno;
    unlink(path.c_str());
    return wrong(strerror(error));
  }
  return fd;
}

}  // namespace memmon::base

#endif  // MEMMON_BASE_UNIX_SOCKET_H_
