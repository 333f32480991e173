// SPDX-License-Identifier: Apache-2.0
//
// The other side of a WebSocket: frames as bytes, which may say anything.

#ifndef MEMMON_TESTS_UNIT_WEB_WEB_SOCKET_PEER_H_
#define MEMMON_TESTS_UNIT_WEB_WEB_SOCKET_PEER_H_

#include <gtest/gtest.h>

#include <string>

#include "peer.h"

namespace memmon::web {

inline constexpr int kBinary = 2;
inline constexpr int kText = 1;
inline constexpr int kClose = 8;
inline constexpr int kPing = 9;
inline constexpr int kPong = 10;
// Nothing came any more.
inline constexpr int kGone = -1;

struct Said {
  int opcode;
  std::string payload;
};

inline std::string Upgrade(const std::string& method, const std::string& more = "",
                           const std::string& protocol = "grpc-websockets",
                           const std::string& host = "localhost") {
  return "GET /memmon.v1.MemoryMonitor/" + method + " HTTP/1.1\r\nHost: " + host +
         "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " +
         protocol + "\r\n" + more + "\r\n";
}

class WebSocketPeer : public Peer {
 public:
  using Peer::Peer;

  // The answer's status line and headers.
  std::string Ask(const std::string& request) {
    Send(request);
    std::string answer;
    while (!answer.ends_with("\r\n\r\n")) {
      const std::string byte = Read(1);
      if (byte.empty()) break;
      answer += byte;
    }
    return answer;
  }

  bool Say(const std::string& payload, int opcode = kBinary) {
    std::string frame{static_cast<char>(0x80 | opcode)};
    if (payload.size() < 126) {
      frame += static_cast<char>(0x80 | payload.size());
    } else {
      EXPECT_LT(payload.size(), size_t{1} << 16);
      frame += static_cast<char>(0x80 | 126);
      frame += static_cast<char>(payload.size() >> 8);
      frame += static_cast<char>(payload.size());
    }
    // Masked with zeros.
    return Send(frame + std::string(4, '\0') + payload);
  }

  Said Hear() {
    const std::string head = Read(2);
    if (head.size() < 2) return {kGone, ""};
    size_t size = static_cast<unsigned char>(head[1]);
    if (size >= 126) {
      const std::string length = Read(size == 126 ? 2 : 8);
      size = 0;
      for (unsigned char byte : length) size = size << 8 | byte;
    }
    return {head[0] & 0x0f, Read(size)};
  }

  // Until something other than a ping is said.
  Said HearWord() {
    Said said = Hear();
    while (said.opcode == kPing) said = Hear();
    return said;
  }

  // The status that a call was refused with, after which the WebSocket was closed.
  std::string Refusal() {
    const Said trailers = HearWord();
    if (trailers.opcode != kBinary || trailers.payload[0] != '\x80') return "no trailers";
    const Said close = HearWord();
    if (close.opcode != kClose || close.payload != "\x03\xe8") return "no close";
    const std::string text = trailers.payload.substr(5);
    return text.substr(0, text.find('\r'));
  }
};

}  // namespace memmon::web

#endif  // MEMMON_TESTS_UNIT_WEB_WEB_SOCKET_PEER_H_
