// SPDX-License-Identifier: Apache-2.0

#include "web/connect.h"

#include <grpcpp/support/status_code_enum.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "web/framing.h"
#include "web/headers.h"

namespace memmon::web {
namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kProtoType[] = "application/proto";
// gRPC's own copy of an error, which is in the body already.
constexpr char kDetailsKey[] = "grpc-status-details-bin";

struct Code {
  std::string_view name;
  unsigned http;
};

// By gRPC's number.
constexpr Code kCodes[] = {
    {"ok", 200},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
};

const Code& CodeOf(int code) {
  const bool known = code >= 0 && code < static_cast<int>(std::size(kCodes));
  return kCodes[known ? code : grpc::StatusCode::UNKNOWN];
}

Response Reply(unsigned status, std::string_view type, std::string body, bool keep_alive) {
  Response response;
  response.version(11);
  response.result(status);  // also one that Beast has no name for
  SetCommonHeaders(&response);
  response.set(http::field::content_type, boost::beast::string_view(type.data(), type.size()));
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(keep_alive);
  response.body().own = std::move(body);
  response.prepare_payload();
  return response;
}

Response ErrorReply(int code, std::string_view message, std::string_view details, bool keep_alive) {
  std::string body = api::ErrorToJson(ConnectCodeName(code), message, details);
  return Reply(ConnectHttpStatus(code), kJsonType, std::move(body) + "\n", keep_alive);
}

std::string Value(const Target& target, const char* name) {
  auto found = target.query.find(name);
  return found == target.query.end() ? "" : found->second;
}

// How the message of a request is written; nothing where it is in no way known.
std::optional<MessageFormat> FormatOf(const Request& request, const Target& target) {
  if (request.method() == http::verb::get) {
    const std::string encoding = Value(target, "encoding");
    if (encoding.empty() || encoding == "json") return MessageFormat::kJson;
    if (encoding == "proto") return MessageFormat::kProto;
    return std::nullopt;
  }
  const std::string_view type = MediaType(View(request[http::field::content_type]));
  if (type == kJsonType) return MessageFormat::kJson;
  if (type == kProtoType) return MessageFormat::kProto;
  return std::nullopt;
}

// The message as it was sent. Of a GET it stands in the address.
absl::StatusOr<std::string> Message(const Request& request, const Target& target) {
  const bool get = request.method() == http::verb::get;
  std::string coding =
      get ? Value(target, "compression") : std::string(request[http::field::content_encoding]);
  if (!coding.empty() && coding != "identity") {
    return absl::UnimplementedError(
        absl::StrCat("compression \"", coding, "\" is not supported; send it as it is"));
  }
  if (!get) return request.body();
  std::string message = Value(target, "message");
  if (Value(target, "base64") != "1") return message;
  std::string bytes;
  while (!message.empty() && message.back() == '=') message.pop_back();
  if (!absl::WebSafeBase64Unescape(message, &bytes)) {
    return absl::InvalidArgumentError("message is not base64");
  }
  return bytes;
}

absl::StatusOr<CallRequest> ReadCall(const Request& request, const Target& target,
                                     const api::Method& method, MessageFormat format) {
  auto version = request.find("Connect-Protocol-Version");
  if (version != request.end() && version->value() != "1") {
    return absl::InvalidArgumentError(absl::StrCat("Connect-Protocol-Version is \"",
                                                   std::string(version->value()),
                                                   "\"; version 1 is spoken here"));
  }
  CallRequest call{target.path, {}, std::nullopt};
  auto timeout = request.find("Connect-Timeout-Ms");
  if (timeout != request.end()) {
    call.timeout_ns = ParseConnectTimeout(View(timeout->value()));
    if (!call.timeout_ns) {
      return absl::InvalidArgumentError("Connect-Timeout-Ms is not a number of milliseconds");
    }
    if (*call.timeout_ns == 0) return absl::DeadlineExceededError("no time was given");
  }
  absl::StatusOr<std::string> message = Message(request, target);
  if (message.ok() && format == MessageFormat::kJson) message = method.RequestFromJson(*message);
  if (!message.ok()) return message.status();
  call.messages.push_back(*std::move(message));
  return call;
}

}  // namespace

bool IsConnect(const Request& request, const Target& target) {
  if (request.method() == http::verb::post) return FormatOf(request, target).has_value();
  return request.method() == http::verb::get && api::Method::Find(target.path).has_value();
}

std::variant<ConnectCall, Response> ReadConnect(const Request& request, const Target& target) {
  const bool keep_alive = request.keep_alive();
  std::optional<api::Method> method = api::Method::Find(target.path);
  if (!method) {
    Response reply = ErrorReply(grpc::StatusCode::UNIMPLEMENTED,
                                "no such method; they are /memmon.v1.MemoryMonitor/GetStatus and "
                                "its kin, see proto/memmon/v1/memmon.proto",
                                "", keep_alive);
    reply.result(http::status::not_found);
    return reply;
  }
  std::optional<MessageFormat> format = FormatOf(request, target);
  if (!format || method->streams()) {
    Response reply = PlainReply(
        http::status::unsupported_media_type,
        method->streams()
            ? "this method streams, which is for gRPC and gRPC-Web (application/grpc-web+proto)"
            : "encoding is json or proto",
        keep_alive);
    reply.set("Accept-Post", method->streams()
                                 ? "application/grpc-web+proto, application/grpc-web-text"
                                 : "application/json, application/proto");
    return reply;
  }
  if (request.method() == http::verb::get && !method->only_reads()) {
    Response reply =
        PlainReply(http::status::method_not_allowed, "this method takes POST", keep_alive);
    reply.set(http::field::allow, "POST");
    return reply;
  }
  absl::StatusOr<CallRequest> call = ReadCall(request, target, *method, *format);
  if (!call.ok()) {
    return ErrorReply(static_cast<int>(call.status().code()), std::string(call.status().message()),
                      "", keep_alive);
  }
  return ConnectCall{*method, *format, *std::move(call), keep_alive};
}

Response ConnectReply(const ConnectCall& call, const std::vector<std::string>& messages,
                      const CallEnd& end) {
  if (end.code != grpc::StatusCode::OK) {
    auto details = end.metadata.find(kDetailsKey);
    return ErrorReply(end.code, end.message,
                      details == end.metadata.end() ? "" : std::string_view(details->second),
                      call.keep_alive);
  }
  if (messages.size() != 1) {
    return ErrorReply(grpc::StatusCode::INTERNAL,
                      absl::StrCat(messages.size(), " answers came, where one is due"), "",
                      call.keep_alive);
  }
  const bool json = call.format == MessageFormat::kJson;
  absl::StatusOr<std::string> body = messages[0];
  if (json) body = call.method.ResponseToJson(messages[0]);
  if (!body.ok()) {
    return ErrorReply(static_cast<int>(body.status().code()), std::string(body.status().message()),
                      "", call.keep_alive);
  }
  constexpr unsigned kOk = 200;
  Response reply = Reply(kOk, json ? kJsonType : kProtoType, *std::move(body), call.keep_alive);
  for (const auto& [key, value] : end.metadata) {
    reply.insert("Trailer-" + key, key.ends_with("-bin") ? EncodeText(value) : value);
  }
  return reply;
}

std::string_view ConnectCodeName(int code) { return CodeOf(code).name; }

unsigned ConnectHttpStatus(int code) { return CodeOf(code).http; }

std::optional<int64_t> ParseConnectTimeout(std::string_view text) {
  constexpr size_t kMaxDigits = 10;
  constexpr int64_t kNsPerMs = 1'000'000;
  int64_t value = 0;
  const char* end = text.data() + text.size();
  if (text.empty() || text.size() > kMaxDigits) return std::nullopt;
  auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || parsed != end || value < 0) return std::nullopt;
  return value * kNsPerMs;
}

}  // namespace memmon::web
