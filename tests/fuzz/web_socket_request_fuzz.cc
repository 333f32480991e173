// SPDX-License-Identifier: Apache-2.0
//
// What a stranger says on a WebSocket, message by message: no more is kept than may be
// said, a header is one line, and what is accepted is what was framed.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "web/web_socket_request.h"

namespace memmon::web {
namespace {

constexpr size_t kMaxHeaderBytes = 200;
constexpr size_t kMaxBodyBytes = 2'000;

void Check(bool holds) {
  if (!holds) std::abort();
}

// The input is messages, each after a byte that is its length.
void ReadMessages(std::string_view input) {
  WebSocketRequest request(kMaxHeaderBytes, kMaxBodyBytes);
  std::string framed;
  size_t body_bytes = 0;
  while (!input.empty() && !request.complete()) {
    const size_t size = std::min<size_t>(static_cast<uint8_t>(input[0]), input.size() - 1);
    const std::string_view message = input.substr(1, size);
    input.remove_prefix(1 + size);
    const bool is_body = request.has_headers();
    const size_t room = request.room();
    Check(room > 0);
    if (!request.Feed(message).ok()) return;
    Check(message.size() <= room);
    if (!is_body) continue;
    Check(!message.empty());
    if (request.complete()) break;
    body_bytes += message.size();
    framed += message.substr(1);
  }
  Check(body_bytes <= kMaxBodyBytes);
  for (std::string_view name : {"authorization", "grpc-timeout", "a"}) {
    const std::string_view value = request.Header(name);
    Check(value.size() <= kMaxHeaderBytes);
    Check(value.find_first_of("\r\n") == std::string_view::npos);
  }
  if (!request.complete()) return;
  std::string again;
  for (const std::string& message : request.TakeMessages()) {
    again += MessageHeader(static_cast<uint32_t>(message.size())) + message;
  }
  Check(again == framed);
}

}  // namespace
}  // namespace memmon::web

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::web::ReadMessages({reinterpret_cast<const char*>(data), size});
  return 0;
}
