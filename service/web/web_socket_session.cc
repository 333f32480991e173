// SPDX-License-Identifier: Apache-2.0

#include "web/web_socket_session.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "api/json.h"
#include "web/framing.h"
#include "web/headers.h"

namespace memmon::web {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

bool IsWebSocket(const Request& request) { return websocket::is_upgrade(request); }

std::optional<Response> RefuseWebSocket(const Request& request, const Target& target) {
  if (!api::Method::Find(target.path)) {
    return PlainReply(http::status::not_found, "a WebSocket is for a method of the API", false);
  }
  http::token_list offered{request[http::field::sec_websocket_protocol]};
  if (offered.exists(kGrpcWebSockets)) return std::nullopt;
  return PlainReply(http::status::bad_request,
                    "WebSockets speak the subprotocol grpc-websockets here", false);
}

WebSocketSession::WebSocketSession(std::shared_ptr<void> connection, const Stream& stream,
                                   const Site* site)
    : connection_(std::move(connection)),
      stream_(stream),
      site_(site),
      socket_(stream),
      limit_(stream_.get_executor()),
      request_(site->limits.header_bytes, site->limits.body_bytes),
      call_(stream_.get_executor(), site->api, site->answers) {}

void WebSocketSession::Start(const Request& upgrade, const Target& target) {
  method_ = target.path;
  authorized_ = site_->gate.LookAtToken(View(upgrade[http::field::authorization])) ==
                base::TokenVerdict::kGood;
  // From here on Beast's limits hold, and ours.
  stream_.ExpiresNever();
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = site_->limits.linger;
  timeout.idle_timeout = site_->limits.silence;
  timeout.keep_alive_pings = true;
  socket_.set_option(timeout);
  socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    SetCommonHeaders(&response);
    response.set(http::field::sec_websocket_protocol, kGrpcWebSockets);
  }));
  socket_.binary(true);
  socket_.auto_fragment(false);  // a frame of gRPC-Web in one of its own
  Limit(site_->limits.body);
  socket_.async_accept(upgrade,
                       [self = shared_from_this()](ErrorCode error) { self->OnAccept(error); });
}

void WebSocketSession::Stop() {
  if (begun_ || closing_) return;
  Drop();
}

void WebSocketSession::OnAccept(ErrorCode error) {
  if (error) return Drop();
  Read();
}

// Always under way, as a ping is answered and a close seen by who reads.
void WebSocketSession::Read() {
  // What may still be said, and so much that one message too many is seen.
  socket_.read_message_max(request_.room());
  socket_.async_read(buffer_,
                     [self = shared_from_this()](ErrorCode error, size_t) { self->OnRead(error); });
}

void WebSocketSession::OnRead(ErrorCode error) {
  if (closing_) return;
  // What is said after the end is said by no client.
  if (error || begun_) return Drop();
  const auto data = buffer_.cdata();
  const absl::Status taken = Take({static_cast<const char*>(data.data()), data.size()});
  buffer_.clear();
  buffer_.shrink_to_fit();
  if (!taken.ok()) {
    begun_ = true;
    return Send(TrailerFrame(static_cast<int>(taken.code()), std::string(taken.message()), {}),
                &WebSocketSession::CloseSocket);
  }
  Read();
}

absl::Status WebSocketSession::Take(std::string_view message) {
  if (!socket_.got_binary() && request_.has_headers()) {
    return absl::InvalidArgumentError("a message is text; frames are binary");
  }
  absl::Status fed = request_.Feed(message);
  if (!fed.ok()) return fed;
  // Before it may send more.
  if (!authorized_) {
    const auto verdict = site_->gate.LookAtToken(request_.Header("authorization"));
    if (verdict == base::TokenVerdict::kTooMany) {
      return absl::ResourceExhaustedError(base::kTooManyWrongTokens);
    }
    if (verdict == base::TokenVerdict::kWrong) return absl::UnauthenticatedError(kTokenNeeded);
    authorized_ = true;
  }
  return request_.complete() ? Begin() : absl::OkStatus();
}

absl::Status WebSocketSession::Begin() {
  const std::string_view timeout = request_.Header("grpc-timeout");
  if (!timeout.empty() && !ParseTimeout(timeout)) {
    return absl::InvalidArgumentError("grpc-timeout is malformed");
  }
  begun_ = true;
  Send(HeaderFrame("content-type: application/grpc-web+proto\r\n"), &WebSocketSession::StartCall);
  return absl::OkStatus();
}

void WebSocketSession::StartCall() {
  call_.Start(
      {method_, request_.TakeMessages(), ParseTimeout(request_.Header("grpc-timeout"))},
      shared_from_this(),
      [this](std::string frame) { Send(std::move(frame), &WebSocketSession::ReadNext); },
      [this](const CallEnd& end) {
        Send(TrailerFrame(end.code, end.message, end.metadata), &WebSocketSession::CloseSocket);
      });
}

// One at a time: the next message is read from the call when this one is gone.
void WebSocketSession::Send(std::string frame, void (WebSocketSession::*next)()) {
  frame_ = std::move(frame);
  Limit(site_->limits.write);
  socket_.async_write(asio::buffer(frame_),
                      [self = shared_from_this(), next](ErrorCode error, size_t) {
                        self->limit_.cancel();
                        if (error || self->call_.abandoned()) return self->Drop();
                        ((*self).*next)();
                      });
}

void WebSocketSession::ReadNext() { call_.ReadNext(); }

void WebSocketSession::CloseSocket() {
  closing_ = true;
  socket_.async_close(websocket::close_code::normal,
                      [self = shared_from_this()](ErrorCode) { self->Drop(); });
}

void WebSocketSession::Limit(std::chrono::milliseconds limit) {
  limit_.expires_after(limit);
  limit_.async_wait([weak = weak_from_this()](ErrorCode error) {
    auto self = weak.lock();
    // Another limit may have been set when this one's end was on its way.
    if (error || self == nullptr || self->limit_.expiry() > asio::steady_timer::clock_type::now()) {
      return;
    }
    self->Drop();
  });
}

void WebSocketSession::Drop() {
  call_.Abandon();
  stream_.Close();
}

}  // namespace memmon::web
