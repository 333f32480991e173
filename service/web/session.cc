// SPDX-License-Identifier: Apache-2.0

#include "web/session.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>
#include <variant>

#include "web/framing.h"
#include "web/headers.h"
#include "web/web_socket_session.h"

namespace memmon::web {
namespace {

namespace asio = boost::asio;

// What may be read ahead while a call is under way; more waits in the kernel.
constexpr size_t kReadAhead = 4 << 10;
// What is thrown away after the last answer: a body that was too large, mostly.
constexpr size_t kMaxLingerBytes = 64 << 20;

// The messages of a request's body.
absl::Status ReadMessages(std::string_view body, bool text, std::vector<std::string>* messages) {
  std::string bytes;
  if (text) {
    TextDecoder decoder;
    absl::Status decoded = decoder.Feed(body, &bytes);
    if (decoded.ok()) decoded = decoder.End();
    if (!decoded.ok()) return decoded;
    body = bytes;
  }
  FrameParser parser(kMaxMessageBytes);
  absl::Status parsed = parser.Feed(body, messages);
  return parsed.ok() ? parser.End() : parsed;
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, const std::string& peer, const Site* site,
                 SessionSet* set)
    : place_(set, peer),
      site_(site),
      stream_(std::move(socket), site->tls.get()),
      buffer_(2 * size_t{site->limits.header_bytes}),
      look_(stream_.get_executor()),
      call_(stream_.get_executor(), site->api, site->answers) {}

void Session::Start() {
  place_.Fill(weak_from_this());
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
    if (self->stream_.tls()) return self->Handshake();
    self->ReadRequest();
  });
}

void Session::Stop() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    if (self->idle_) self->stream_.Close();
    if (auto web_socket = self->web_socket_.lock()) web_socket->Stop();
  });
}

void Session::Close() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    self->call_.Abandon();
    self->look_.cancel();
    self->stream_.Close();
  });
}

void Session::Handshake() {
  idle_ = true;
  stream_.ExpiresAfter(site_->limits.header);
  stream_.Handshake([self = shared_from_this()](ErrorCode error) { self->OnHandshake(error); });
}

void Session::OnHandshake(ErrorCode error) {
  if (!error) return ReadRequest();
  idle_ = false;
  // Somebody typed http:// and would see nothing but a broken connection.
  if (error.category() == asio::error::get_ssl_category() &&
      ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST) {
    stream_.DropTls();
    return Send(PlainReply(http::status::bad_request, "this port speaks TLS: use https://", false));
  }
  stream_.Close();
}

void Session::ReadRequest() {
  if (stopping_) return stream_.Close();
  parser_.emplace();
  parser_->header_limit(site_->limits.header_bytes);
  parser_->body_limit(site_->limits.body_bytes);
  stream_.ExpiresAfter(site_->limits.header);
  idle_ = true;
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCode error, size_t) { self->OnHeader(error); });
}

void Session::OnHeader(ErrorCode error) {
  idle_ = false;
  if (error) return Refuse(error);
  stream_.ExpiresAfter(site_->limits.body);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCode read_error, size_t) { self->OnRequest(read_error); });
}

void Session::OnRequest(ErrorCode error) {
  if (error) return Refuse(error);
  request_ = parser_->release();
  std::optional<Target> target = ParseTarget(View(request_.target()));
  if (!target) return Send(PlainReply(http::status::bad_request, "malformed address", false));
  if (auto preflight = site_->gate.Preflight(request_)) return Send(*std::move(preflight));
  if (IsWebSocket(request_)) return Upgrade(*target);
  if (auto refusal = site_->gate.Refuse(request_, *target)) return Send(*std::move(refusal));
  if (IsGrpcWeb()) {
    if (request_.version() == 11) return BeginCall(*target);
    return Send(
        PlainReply(http::status::http_version_not_supported, "gRPC-Web needs HTTP/1.1", false));
  }
  if (IsConnect(request_, *target)) {
    auto call = ReadConnect(request_, *target);
    if (auto* answer = std::get_if<Response>(&call)) return Send(std::move(*answer));
    return BeginConnect(std::get<ConnectCall>(std::move(call)));
  }
  if (request_.method() == http::verb::post) {
    Response reply = PlainReply(http::status::unsupported_media_type,
                                "POST takes application/json, application/proto, "
                                "application/grpc-web+proto and application/grpc-web-text; native "
                                "gRPC has an address of its own",
                                request_.keep_alive());
    reply.set("Accept-Post",
              "application/json, application/proto, application/grpc-web+proto, "
              "application/grpc-web-text");
    return Send(std::move(reply));
  }
  Send(site_->replies.Answer(request_, *target));
}

// What cannot be read is answered where somebody may still listen.
void Session::Refuse(ErrorCode error) {
  request_ = {};
  if (error == http::error::body_limit) {
    return Send(PlainReply(http::status::payload_too_large, "the body is too large", false));
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    // Nothing but a line that is too long was read.
    if (parser_->get().target().empty()) {
      return Send(PlainReply(http::status::uri_too_long, "the address is too long", false));
    }
    return Send(PlainReply(http::status::request_header_fields_too_large, "the header is too large",
                           false));
  }
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return Send(PlainReply(http::status::bad_request, "malformed HTTP", false));
  }
  stream_.Close();
}

void Session::Send(Response response) {
  auto share = site_->answers->Take(response.body().own.size());
  if (!share) {
    response =
        PlainReply(http::status::service_unavailable, kTooManyAnswers, request_.keep_alive());
    response.set(http::field::retry_after, "1");
  }
  share_ = share ? *std::move(share) : AnswerBudget::Share();
  response_ = std::move(response);
  site_->gate.Dress(request_, &response_);
  DropBody();
  if (stopping_) response_.keep_alive(false);
  stream_.ExpiresAfter(site_->limits.write);
  http::async_write(stream_, response_, [self = shared_from_this()](ErrorCode error, size_t) {
    self->OnAnswered(error, self->response_.keep_alive());
  });
}

void Session::DropBody() { request_.body() = std::string(); }

void Session::OnAnswered(ErrorCode error, bool keep_alive) {
  calling_ = false;
  response_ = {};
  share_.Release();
  if (error) return stream_.Close();
  last_answer_ = !keep_alive;
  // OnWatch goes on.
  if (watching_) {
    look_.cancel();
    return stream_.Cancel();
  }
  GoOn();
}

void Session::GoOn() {
  if (!last_answer_) return ReadRequest();
  idle_ = true;
  stream_.ExpiresAfter(site_->limits.linger);
  stream_.EndSending([self = shared_from_this()](ErrorCode error) {
    if (error || self->stopping_ || self->stream_.tls()) return self->stream_.Close();
    self->Linger();
  });
}

// To close while bytes come in would take the answer away from the other side
// before it was read. So they are thrown away until it hangs up.
void Session::Linger() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kReadAhead),
                          [self = shared_from_this()](ErrorCode error, size_t bytes) {
                            self->lingered_bytes_ += bytes;
                            if (error || self->lingered_bytes_ > kMaxLingerBytes) {
                              return self->stream_.Close();
                            }
                            self->Linger();
                          });
}

bool Session::IsGrpcWeb() const {
  if (request_.method() != http::verb::post) return false;
  std::string_view type = MediaType(View(request_[http::field::content_type]));
  return type == "application/grpc-web" || type == "application/grpc-web+proto" ||
         type == "application/grpc-web-text" || type == "application/grpc-web-text+proto";
}

void Session::BeginCall(const Target& target) {
  calling_ = true;
  early_end_.reset();
  call_request_.reset();
  std::string_view type = MediaType(View(request_[http::field::content_type]));
  text_mode_ = type.starts_with("application/grpc-web-text");

  CallRequest call{target.path, {}, std::nullopt};
  absl::Status read = ReadMessages(request_.body(), text_mode_, &call.messages);
  DropBody();
  auto timeout = request_.find("grpc-timeout");
  if (read.ok() && timeout != request_.end()) {
    call.timeout_ns = ParseTimeout(View(timeout->value()));
    if (!call.timeout_ns) read = absl::InvalidArgumentError("grpc-timeout is malformed");
  }
  if (read.ok()) {
    call_request_ = std::move(call);
  } else {
    early_end_ = CallEnd{static_cast<int>(read.code()), std::string(read.message()), {}};
  }

  // Every outcome is in the trailers: the header need not wait for it.
  stream_header_.emplace(http::status::ok, 11);
  SetCommonHeaders(&*stream_header_);
  site_->gate.Dress(request_, &*stream_header_);
  stream_header_->set(http::field::content_type, text_mode_ ? "application/grpc-web-text+proto"
                                                            : "application/grpc-web+proto");
  stream_header_->set(http::field::cache_control, "no-store");
  stream_header_->keep_alive(request_.keep_alive() && !stopping_);
  stream_header_->chunked(true);
  stream_serializer_.emplace(*stream_header_);
  stream_.ExpiresAfter(site_->limits.write);
  http::async_write_header(stream_, *stream_serializer_,
                           [self = shared_from_this()](ErrorCode error, size_t) {
                             if (error) return self->stream_.Close();
                             self->OnStreamHeader();
                           });
}

void Session::OnStreamHeader() {
  Watch();
  if (early_end_) {
    return SendFrame(TrailerFrame(early_end_->code, early_end_->message, {}), true);
  }
  call_.Start(
      *std::exchange(call_request_, std::nullopt), shared_from_this(),
      [this](std::string frame) { SendFrame(std::move(frame), false); },
      [this](const CallEnd& end) {
        SendFrame(TrailerFrame(end.code, end.message, end.metadata), true);
      });
}

void Session::SendFrame(std::string frame, bool last) {
  frame_ = text_mode_ ? EncodeText(frame) : std::move(frame);
  stream_.ExpiresAfter(site_->limits.write);
  asio::async_write(
      stream_, http::make_chunk(asio::buffer(frame_)),
      [self = shared_from_this(), last](ErrorCode error, size_t) { self->OnFrame(error, last); });
}

void Session::OnFrame(ErrorCode error, bool last) {
  if (error || call_.abandoned()) {
    call_.Abandon();
    return stream_.Close();
  }
  if (!last) {
    call_.ReadNext();
    return;
  }
  stream_.ExpiresAfter(site_->limits.write);
  asio::async_write(stream_, http::make_chunk_last(),
                    [self = shared_from_this()](ErrorCode end_error, size_t) {
                      self->OnAnswered(end_error, self->stream_header_->keep_alive());
                    });
}

void Session::Upgrade(const Target& target) {
  if (auto refusal = site_->gate.RefuseSite(request_)) return Send(*std::move(refusal));
  if (auto refusal = RefuseWebSocket(request_, target)) return Send(*std::move(refusal));
  // No client speaks before it was answered.
  if (buffer_.size() > 0 || stopping_) return stream_.Close();
  auto web_socket = std::make_shared<WebSocketSession>(shared_from_this(), stream_, site_);
  web_socket_ = web_socket;
  web_socket->Start(request_, target);
}

void Session::BeginConnect(ConnectCall call) {
  calling_ = true;
  connect_ = std::move(call);
  DropBody();
  Watch();
  call_.Start(
      std::move(connect_->request), shared_from_this(),
      [this](const std::string& frame) {
        messages_.push_back(frame.substr(kFrameHeaderBytes));
        call_.ReadNext();
      },
      [this](const CallEnd& end) {
        const std::vector<std::string> messages = std::move(messages_);
        messages_.clear();
        Send(ConnectReply(*connect_, messages, end));
      });
}

void Session::Watch() {
  // Reads have no limit while a call is under way; writes set theirs each time.
  stream_.ExpiresNever();
  watching_ = true;
  // The next requests came early. Who hangs up behind bytes that nobody reads is not met by
  // reading.
  if (buffer_.size() >= kReadAhead) {
    look_.expires_after(site_->limits.look);
    look_.async_wait([self = shared_from_this()](ErrorCode error) {
      if (!error && !self->stream_.PeerSends()) error = asio::error::eof;
      self->OnWatch(error, 0);
    });
    return;
  }
  stream_.async_read_some(
      buffer_.prepare(kReadAhead),
      [self = shared_from_this()](ErrorCode error, size_t bytes) { self->OnWatch(error, bytes); });
}

void Session::OnWatch(ErrorCode error, size_t bytes) {
  watching_ = false;
  buffer_.commit(bytes);
  if (!calling_) {
    // Called off by OnAnswered, or met by what came just then.
    if (error && error != asio::error::operation_aborted) return stream_.Close();
    return GoOn();
  }
  if (error) {
    call_.Abandon();
    return stream_.Close();
  }
  Watch();
}

}  // namespace memmon::web
