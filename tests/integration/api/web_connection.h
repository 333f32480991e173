// SPDX-License-Identifier: Apache-2.0
//
// A client of memmond's web port that can do what browsers never would.

#ifndef MEMMON_TESTS_INTEGRATION_API_WEB_CONNECTION_H_
#define MEMMON_TESTS_INTEGRATION_API_WEB_CONNECTION_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace memmon::integration {

// A socket to the web port. Reads wait for 20 s at most.
class Connection {
 public:
  explicit Connection(const std::string& address) {
    size_t colon = address.rfind(':');
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
    inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)), 0);
  }
  ~Connection() { close(fd_); }

  void Send(const std::string& bytes) { send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  // Until `mark` was received, or the end.
  std::string ReadUntil(const std::string& mark) {
    char buffer[4096];
    while (mark.empty() || text_.find(mark) == std::string::npos) {
      ssize_t bytes = recv(fd_, buffer, sizeof(buffer), 0);
      if (bytes <= 0) break;
      text_.append(buffer, static_cast<size_t>(bytes));
    }
    return text_;
  }

 private:
  int fd_ = -1;
  std::string text_;
};

// A call of gRPC-Web.
inline std::string Post(const std::string& method, const std::string& body,
                        const std::string& type = "application/grpc-web+proto") {
  return "POST /memmon.v1.MemoryMonitor/" + method +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline const std::string kEmptyMessage(5, '\0');

}  // namespace memmon::integration

#endif  // MEMMON_TESTS_INTEGRATION_API_WEB_CONNECTION_H_
