// SPDX-License-Identifier: Apache-2.0
//
// One call over a WebSocket, on a connection that came with an upgrade: for browsers,
// which open six connections of HTTP/1.1 to a host, but 255 WebSockets. What the
// client says is in web_socket_request.h. The answer is gRPC-Web's frames, one a
// message: its headers (marked as trailers are), messages, trailers; where the call
// is refused, trailers alone. Then the WebSocket is closed.
//
// Thread safety: everything on the connection's strand. It lives as long as something
// is under way, and the connection as long as it does.

#ifndef MEMMON_WEB_WEB_SOCKET_SESSION_H_
#define MEMMON_WEB_WEB_SOCKET_SESSION_H_

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "web/replies.h"
#include "web/site.h"
#include "web/strand_call.h"
#include "web/stream.h"
#include "web/target.h"
#include "web/web_socket_request.h"

namespace memmon::web {

// Whether `request` asks for a WebSocket of any kind.
bool IsWebSocket(const Request& request);

// The answer where it is none of a call, or one in another subprotocol.
std::optional<Response> RefuseWebSocket(const Request& request, const Target& target);

class WebSocketSession : public std::enable_shared_from_this<WebSocketSession> {
 public:
  // `connection`, which `stream` is of, is held until the end.
  WebSocketSession(std::shared_ptr<void> connection, const Stream& stream, const Site* site);

  // `upgrade` has passed the gate, but for the token: it may also be in the first
  // message, since browsers set no header on an upgrade.
  void Start(const Request& upgrade, const Target& target);

  // Ends now where the call has not begun; else it ends with the call.
  void Stop();

 private:
  using ErrorCode = boost::system::error_code;

  void OnAccept(ErrorCode error);
  void Read();
  void OnRead(ErrorCode error);
  absl::Status Take(std::string_view message);
  absl::Status Begin();
  void StartCall();
  void Send(std::string frame, void (WebSocketSession::*next)());
  void ReadNext();
  void CloseSocket();
  // Drops the connection when so long has gone by without another limit.
  void Limit(std::chrono::milliseconds limit);
  void Drop();

  const std::shared_ptr<void> connection_;
  Stream stream_;
  const Site* const site_;
  boost::beast::websocket::stream<Stream, false> socket_;  // without compression
  boost::asio::steady_timer limit_;
  boost::beast::flat_buffer buffer_;
  std::string method_;
  WebSocketRequest request_;
  StrandCall call_;
  std::string frame_;
  bool authorized_ = false;
  bool begun_ = false;  // the answer, whatever it is
  bool closing_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_WEB_SOCKET_SESSION_H_
