// SPDX-License-Identifier: Apache-2.0

#include "web/web_socket_request.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "web/headers.h"

namespace memmon::web {
namespace {

namespace http = boost::beast::http;

constexpr char kData = 0;
constexpr char kEnd = 1;
constexpr char kRequestLine[] = "GET / HTTP/1.1\r\n";

}  // namespace

absl::Status WebSocketRequest::Feed(std::string_view message) {
  // The end takes no room: it must fit where all that may be said was said.
  if (has_headers_ && message.size() == 1 && message[0] == kEnd) {
    complete_ = true;
    return parser_.End();
  }
  if (message.size() > (has_headers_ ? body_room_ : max_header_bytes_)) {
    return absl::ResourceExhaustedError(
        absl::StrCat(has_headers_ ? "the request" : "the header", " is too large"));
  }
  if (!has_headers_) return ReadHeaders(message);
  if (message.empty() || message[0] != kData) {
    return absl::InvalidArgumentError("a message begins with neither 0 nor the lone 1 of the end");
  }
  body_room_ -= message.size();
  return parser_.Feed(message.substr(1), &messages_);
}

size_t WebSocketRequest::room() const {
  return std::max<size_t>(1, has_headers_ ? body_room_ : max_header_bytes_);
}

// Lines of HTTP's own form: its parser knows what may stand in them.
absl::Status WebSocketRequest::ReadHeaders(std::string_view lines) {
  const std::string text = absl::StrCat(kRequestLine, std::string(lines), "\r\n");
  http::request_parser<http::empty_body> parser;
  parser.header_limit(static_cast<uint32_t>(text.size()));
  boost::system::error_code error;
  const size_t taken = parser.put(boost::asio::buffer(text), error);
  if (error || !parser.is_header_done() || taken != text.size()) {
    return absl::InvalidArgumentError("the first message is no header: lines of \"key: value\"");
  }
  headers_ = std::move(parser.release().base());
  has_headers_ = true;
  return absl::OkStatus();
}

std::string_view WebSocketRequest::Header(std::string_view name) const {
  return View(headers_[boost::beast::string_view(name.data(), name.size())]);
}

}  // namespace memmon::web
