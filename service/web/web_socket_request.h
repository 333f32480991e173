// SPDX-License-Identifier: Apache-2.0
//
// What a client says on a WebSocket of the subprotocol grpc-websockets, which is
// that of improbable-eng/grpc-web:
//
//   1. the call's headers, as lines of ASCII: "key: value\r\n"
//   2. the byte 0 and gRPC-Web's frames, or a piece of them; as often as it likes
//   3. the byte 1 alone: nothing more is sent
//
// Thread safety: none.

#ifndef MEMMON_WEB_WEB_SOCKET_REQUEST_H_
#define MEMMON_WEB_WEB_SOCKET_REQUEST_H_

#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "web/framing.h"
#include "web/limits.h"

namespace memmon::web {

inline constexpr char kGrpcWebSockets[] = "grpc-websockets";

class WebSocketRequest {
 public:
  // `max_header_bytes` of the first message, `max_body_bytes` of all others together.
  WebSocketRequest(size_t max_header_bytes, size_t max_body_bytes)
      : max_header_bytes_(max_header_bytes), body_room_(max_body_bytes) {}

  // Takes the WebSocket's next message. Errors as FrameParser's; nothing more may be
  // fed after one, nor once it is complete.
  absl::Status Feed(std::string_view message);

  // How long the next message may be; never 0.
  size_t room() const;

  bool has_headers() const { return has_headers_; }
  // All that the client had to say is here.
  bool complete() const { return complete_; }

  // "" where the header was not sent.
  std::string_view Header(std::string_view name) const;
  // In which order they came; once.
  std::vector<std::string> TakeMessages() { return std::move(messages_); }

 private:
  absl::Status ReadHeaders(std::string_view lines);

  const size_t max_header_bytes_;
  size_t body_room_;
  FrameParser parser_{kMaxMessageBytes};
  boost::beast::http::fields headers_;
  std::vector<std::string> messages_;
  bool has_headers_ = false;
  bool complete_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_WEB_SOCKET_REQUEST_H_
