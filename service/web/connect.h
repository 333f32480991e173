// SPDX-License-Identifier: Apache-2.0
//
// Unary calls of the Connect protocol (https://connectrpc.com/docs/protocol):
// the body is the bare message, as JSON or as protobuf; an error is JSON, with
// an HTTP status that says the same. What curl can ask without knowing gRPC.

#ifndef MEMMON_WEB_CONNECT_H_
#define MEMMON_WEB_CONNECT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json.h"
#include "web/grpc_web_call.h"
#include "web/replies.h"
#include "web/target.h"

namespace memmon::web {

enum class MessageFormat { kJson, kProto };

struct ConnectCall {
  api::Method method;
  MessageFormat format;
  CallRequest request;
  bool keep_alive;
};

// Whether `request` is for ReadConnect: a POST of one of its types, or a GET
// of a method.
bool IsConnect(const Request& request, const Target& target);

// The call, or the answer where it cannot be made.
std::variant<ConnectCall, Response> ReadConnect(const Request& request, const Target& target);

// `messages`: that came before the end; one where all went well.
Response ConnectReply(const ConnectCall& call, const std::vector<std::string>& messages,
                      const CallEnd& end);

// "not_found" for 5; "unknown" for what is no code.
std::string_view ConnectCodeName(int code);
unsigned ConnectHttpStatus(int code);

// Connect-Timeout-Ms in nanoseconds: ten digits at most. Nothing where it is
// malformed.
std::optional<int64_t> ParseConnectTimeout(std::string_view text);

}  // namespace memmon::web

#endif  // MEMMON_WEB_CONNECT_H_
