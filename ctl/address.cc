// SPDX-License-Identifier: Apache-2.0

#include "ctl/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace memmon::ctl {
namespace {

constexpr char kLoopback[] = "127.0.0.1:50051";
constexpr char kPort[] = "50051";

// A host alone gets memmond's port.
std::string WithPort(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return address;
  const bool bare_v6 = address.find(':') != address.rfind(':') && address[0] != '[';
  if (bare_v6) return absl::StrCat("[", address, "]:", kPort);
  const size_t bracket = address.rfind(']');
  const size_t colon = address.rfind(':');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  return has_port ? address : absl::StrCat(address, ":", kPort);
}

// 0 where somebody listens at `path` and lets us in; else an errno.
int TryConnect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return ENAMETOOLONG;
  std::copy(path.begin(), path.end(), address.sun_path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  // A listener whose queue is full is one, too.
  const bool there =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EAGAIN;
  const int error = errno;
  close(fd);
  return there ? 0 : error;
}

}  // namespace

Address FindAddress(const std::string& told, const std::string& socket_path,
                    const Messages& messages) {
  if (!told.empty()) return {WithPort(told), ""};
  if (socket_path.empty()) return {kLoopback, ""};
  const std::string socket = absl::StrCat("unix:", socket_path);
  switch (const int error = TryConnect(socket_path)) {
    case 0:
      return {socket, ""};
    case ENOENT:
    case ENOTDIR:
      return {kLoopback, messages(Key::kSocketMissing, socket)};
    case EACCES:
      return {kLoopback, messages(Key::kSocketForbidden, socket)};
    case ECONNREFUSED:
      return {kLoopback, messages(Key::kSocketDead, socket)};
    default:
      return {kLoopback, absl::StrCat(socket, ": ", strerror(error))};
  }
}

bool IsLocal(const std::string& target) {
  if (absl::StartsWith(target, "unix:")) return true;
  // Of an address, not of a name: "127.example.org" is anywhere.
  const std::string host = target.substr(0, target.rfind(':'));
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
  return host == "localhost" || host == "[::1]";
}

}  // namespace memmon::ctl
