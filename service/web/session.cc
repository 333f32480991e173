// SPDX-License-Identifier: Apache-2.0

#include "web/session.h"

#include <grpcpp/support/status_code_enum.h>

#include <array>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <utility>

#include "web/framing.h"

namespace memmon::web {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

constexpr uint32_t kMaxHeaderBytes = 16 << 10;
constexpr size_t kMaxMessageBytes = 1 << 20;
// A message in text mode, with some room.
constexpr uint64_t kMaxBodyBytes = 2 << 20;
// Also how long an unused connection is kept.
constexpr seconds kHeaderTimeout{60};
constexpr seconds kBodyTimeout{30};
// A browser that takes nothing for so long is gone.
constexpr seconds kWriteTimeout{60};
// What may be read ahead while a call streams.
constexpr size_t kReadAhead = 4 << 10;

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string_view MediaType(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return type;
}

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

Session::Session(asio::ip::tcp::socket socket, const Site* site, SessionSet* set)
    : place_(set), site_(site), stream_(std::move(socket)), buffer_(4 * kMaxHeaderBytes) {}

void Session::Start() {
  place_.Fill(weak_from_this());
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->ReadRequest(); });
}

void Session::Stop() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    if (self->reading_) self->stream_.close();
  });
}

void Session::Close() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    self->stopping_ = true;
    self->Abandon();
    self->stream_.close();
  });
}

void Session::ReadRequest() {
  if (stopping_) return stream_.close();
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(kMaxBodyBytes);
  stream_.expires_after(kHeaderTimeout);
  reading_ = true;
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCode error, size_t) { self->OnHeader(error); });
}

void Session::OnHeader(ErrorCode error) {
  reading_ = false;
  if (error) return Refuse(error);
  stream_.expires_after(kBodyTimeout);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCode read_error, size_t) { self->OnRequest(read_error); });
}

void Session::OnRequest(ErrorCode error) {
  if (error) return Refuse(error);
  request_ = parser_->release();
  if (site_->loopback_only && !IsLocalHost(View(request_[http::field::host]))) {
    return Send(PlainReply(http::status::misdirected_request,
                           "this address is for the machine itself: open it as localhost or "
                           "127.0.0.1",
                           false));
  }
  std::optional<Target> target = ParseTarget(View(request_.target()));
  if (!target) return Send(PlainReply(http::status::bad_request, "malformed address", false));
  if (request_.method() != http::verb::post) return Send(site_->replies.Answer(request_, *target));
  if (!IsGrpcWeb()) {
    return Send(PlainReply(http::status::unsupported_media_type,
                           "POST takes application/grpc-web+proto and "
                           "application/grpc-web-text; native gRPC has an address of its own",
                           request_.keep_alive()));
  }
  if (request_.version() != 11) {
    return Send(
        PlainReply(http::status::http_version_not_supported, "gRPC-Web needs HTTP/1.1", false));
  }
  BeginCall(*target);
}

// What cannot be read is answered where somebody may still listen.
void Session::Refuse(ErrorCode error) {
  if (error == http::error::body_limit) {
    return Send(PlainReply(http::status::payload_too_large, "the body is too large", false));
  }
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Send(PlainReply(http::status::request_header_fields_too_large, "the header is too large",
                           false));
  }
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return Send(PlainReply(http::status::bad_request, "malformed HTTP", false));
  }
  stream_.close();
}

void Session::Send(Response response) {
  response_ = std::move(response);
  if (stopping_) response_.keep_alive(false);
  bool keep_alive = response_.keep_alive();
  stream_.expires_after(kWriteTimeout);
  http::async_write(
      stream_, response_, [self = shared_from_this(), keep_alive](ErrorCode error, size_t) {
        if (error) return self->stream_.close();
        if (keep_alive) return self->ReadRequest();
        ErrorCode ignored;
        self->stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        self->stream_.close();
      });
}

bool Session::IsGrpcWeb() const {
  std::string_view type = MediaType(View(request_[http::field::content_type]));
  return type == "application/grpc-web" || type == "application/grpc-web+proto" ||
         type == "application/grpc-web-text" || type == "application/grpc-web-text+proto";
}

void Session::BeginCall(const Target& target) {
  streaming_ = true;
  abandoned_ = false;
  early_end_.reset();
  call_request_.reset();
  std::string_view type = MediaType(View(request_[http::field::content_type]));
  text_mode_ = type.starts_with("application/grpc-web-text");

  CallRequest call{target.path, {}, std::nullopt};
  absl::Status read = ReadMessages(request_.body(), text_mode_, &call.messages);
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
  stream_header_->set(http::field::content_type, text_mode_ ? "application/grpc-web-text+proto"
                                                            : "application/grpc-web+proto");
  stream_header_->set(http::field::cache_control, "no-store");
  stream_header_->keep_alive(request_.keep_alive() && !stopping_);
  stream_header_->chunked(true);
  stream_serializer_.emplace(*stream_header_);
  stream_.expires_after(kWriteTimeout);
  http::async_write_header(stream_, *stream_serializer_,
                           [self = shared_from_this()](ErrorCode error, size_t) {
                             if (error) return self->stream_.close();
                             self->OnStreamHeader();
                           });
}

void Session::OnStreamHeader() {
  // Reads have no limit while the call streams; writes set theirs each time.
  stream_.expires_never();
  Watch();
  if (early_end_) {
    return SendFrame(TrailerFrame(early_end_->code, early_end_->message, {}), true);
  }
  auto strand = stream_.get_executor();
  call_ = GrpcWebCall::Start(
      site_->api, *std::exchange(call_request_, std::nullopt),
      [self = shared_from_this(), strand](std::string frame) {
        asio::post(strand, [self, frame = std::move(frame)]() mutable {
          if (!self->abandoned_) self->SendFrame(std::move(frame), false);
        });
      },
      [self = shared_from_this(), strand](CallEnd end) {
        asio::post(strand, [self, end = std::move(end)] {
          self->call_.reset();
          if (self->abandoned_) return;
          self->SendFrame(TrailerFrame(end.code, end.message, end.metadata), true);
        });
      });
}

void Session::Watch() {
  watching_ = true;
  stream_.async_read_some(
      buffer_.prepare(kReadAhead),
      [self = shared_from_this()](ErrorCode error, size_t bytes) { self->OnWatch(error, bytes); });
}

void Session::OnWatch(ErrorCode error, size_t bytes) {
  watching_ = false;
  buffer_.commit(bytes);
  if (!streaming_) {
    // Called off by OnStreamEnd, or met by what came just then.
    if (error && error != asio::error::operation_aborted) return stream_.close();
    return ReadRequest();
  }
  if (error) {
    Abandon();
    return stream_.close();
  }
  // The next request came early. One is kept; more can wait in the kernel.
  if (buffer_.size() < kReadAhead) Watch();
}

void Session::SendFrame(std::string frame, bool last) {
  frame_ = text_mode_ ? EncodeText(frame) : std::move(frame);
  stream_.expires_after(kWriteTimeout);
  asio::async_write(
      stream_, http::make_chunk(asio::buffer(frame_)),
      [self = shared_from_this(), last](ErrorCode error, size_t) { self->OnFrame(error, last); });
}

void Session::OnFrame(ErrorCode error, bool last) {
  if (error || abandoned_) {
    Abandon();
    return stream_.close();
  }
  if (!last) {
    if (call_ != nullptr) call_->ReadNext();
    return;
  }
  stream_.expires_after(kWriteTimeout);
  asio::async_write(
      stream_, http::make_chunk_last(),
      [self = shared_from_this()](ErrorCode end_error, size_t) { self->OnStreamEnd(end_error); });
}

void Session::OnStreamEnd(ErrorCode error) {
  streaming_ = false;
  if (error || stopping_ || !stream_header_->keep_alive()) {
    ErrorCode ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    return stream_.close();
  }
  // OnWatch goes on with the next request.
  if (watching_) return stream_.cancel();
  ReadRequest();
}

void Session::Abandon() {
  abandoned_ = true;
  if (call_ != nullptr) std::exchange(call_, nullptr)->Cancel();
}

}  // namespace memmon::web
