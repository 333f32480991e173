// SPDX-License-Identifier: Apache-2.0
//
// The other side of a connection to the web server: a plain socket, which may say
// anything. What does not come within 20 s is not waited for.

#ifndef MEMMON_TESTS_UNIT_WEB_PEER_H_
#define MEMMON_TESTS_UNIT_WEB_PEER_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>

namespace memmon::web {

class Peer {
 public:
  explicit Peer(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Whether all of it was taken.
  bool Send(const std::string& bytes) {
    size_t sent = 0;
    while (sent < bytes.size()) {
      ssize_t part = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (part <= 0) return false;
      sent += static_cast<size_t>(part);
    }
    return true;
  }

  bool HasSomething(std::chrono::milliseconds limit) {
    pollfd waiting{fd_, POLLIN, 0};
    return poll(&waiting, 1, static_cast<int>(limit.count())) > 0;
  }

  // So many bytes; fewer where the end came first. A test fails where neither comes.
  std::string Read(size_t count) {
    // To ask for nothing would wait for something.
    if (count == 0) return "";
    std::string bytes(count, '\0');
    const ssize_t got = recv(fd_, bytes.data(), count, MSG_WAITALL);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "still open";
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }

  // Until `mark` came, or the end. The end without a word is "".
  std::string ReadUntil(const std::string& mark = "") {
    std::string text;
    char buffer[4096];
    while (mark.empty() || text.find(mark) == std::string::npos) {
      ssize_t bytes = recv(fd_, buffer, sizeof(buffer), 0);
      if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return "still open";
      if (bytes <= 0) break;
      text.append(buffer, static_cast<size_t>(bytes));
    }
    return text;
  }

 private:
  const int fd_;
};

}  // namespace memmon::web

#endif  // MEMMON_TESTS_UNIT_WEB_PEER_H_
