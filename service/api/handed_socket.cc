// SPDX-License-Identifier: Apache-2.0

#include "api/handed_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>  // glibc's own tcp_info has no bytes
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "device/fd.h"

namespace memmon::api {
namespace {

// TCP_CLOSE of netinet/tcp.h, which cannot be included beside linux/tcp.h.
constexpr int kClosed = 7;

// 0: there is no such socket.
ino_t InodeOf(int fd) {
  struct stat facts {};
  return fstat(fd, &facts) == 0 && S_ISSOCK(facts.st_mode) ? facts.st_ino : 0;
}

}  // namespace

std::string HandedSocket::PeerOf(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  char text[INET6_ADDRSTRLEN] = "";
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return "";
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(v4->sin_port));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
  if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
    inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, text, sizeof(text));
    return absl::StrCat("ipv4:", text, ":", ntohs(v6->sin6_port));
  }
  inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
  // In a URI [, % and ] are escaped.
  const std::string scope = v6->sin6_scope_id == 0 ? "" : absl::StrCat("%25", v6->sin6_scope_id);
  return absl::StrCat("ipv6:%5B", text, scope, "%5D:", ntohs(v6->sin6_port));
}

HandedSocket::HandedSocket(int fd) : fd_(fd), inode_(InodeOf(fd)) {}

bool HandedSocket::open() const { return InodeOf(fd_) == inode_; }

std::optional<Traffic> HandedSocket::SeeTraffic() const {
  tcp_info info{};
  socklen_t length = sizeof(info);
  const bool seen = getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &length) == 0;
  // Only now is it known whose that was. Once it is disconnected, it counts anew.
  if (!seen || !open() || info.tcpi_state == kClosed) return std::nullopt;
  return Traffic{.received = info.tcpi_bytes_received,
                 .sent = info.tcpi_bytes_sent - info.tcpi_bytes_retrans};
}

void HandedSocket::Abort() const {
  // Held while it is looked at: its number may go to another in between.
  const device::Fd held(fcntl(fd_, F_DUPFD_CLOEXEC, 0));
  if (!held.valid()) {
    shutdown(fd_, SHUT_RDWR);
  } else if (InodeOf(held.get()) == inode_) {
    const sockaddr none{.sa_family = AF_UNSPEC, .sa_data = {}};
    static_cast<void>(connect(held.get(), &none, sizeof(none)));
  }
}

}  // namespace memmon::api
