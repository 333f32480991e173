// SPDX-License-Identifier: Apache-2.0

#include "web/connect.h"

#include <gtest/gtest.h>

namespace memmon::web {
namespace {

constexpr char kStatus[] = "/memmon.v1.MemoryMonitor/GetStatus";
constexpr char kEvents[] = "/memmon.v1.MemoryMonitor/ListEvents";
constexpr char kStream[] = "/memmon.v1.MemoryMonitor/StreamEvents";

Request Post(const char* target, const char* type, const std::string& body) {
  Request request{http::verb::post, target, 11};
  request.set(http::field::content_type, type);
  request.body() = body;
  return request;
}

bool Asks(const Request& request) {
  return IsConnect(request, ParseTarget(std::string(request.target())).value());
}

std::variant<ConnectCall, Response> Read(const Request& request) {
  return ReadConnect(request, ParseTarget(std::string(request.target())).value());
}

ConnectCall Call(const Request& request) {
  auto read = Read(request);
  EXPECT_TRUE(std::holds_alternative<ConnectCall>(read)) << std::get<Response>(read).body().own;
  return std::get<ConnectCall>(read);
}

// "400 invalid_argument": HTTP's status, and the code in the body.
std::string Refusal(const Request& request) {
  auto read = Read(request);
  if (std::holds_alternative<ConnectCall>(read)) return "a call";
  const Response& reply = std::get<Response>(read);
  std::string text = std::to_string(reply.result_int());
  constexpr std::string_view kCode = "{\"code\":\"";
  if (!reply.body().own.starts_with(kCode)) return text;
  EXPECT_EQ(reply[http::field::content_type], "application/json");
  return text + " " +
         reply.body().own.substr(kCode.size(),
                                 reply.body().own.find('"', kCode.size()) - kCode.size());
}

TEST(Connect, IsKnownByTypeOrMethod) {
  EXPECT_TRUE(Asks(Post(kStatus, "application/json", "{}")));
  EXPECT_TRUE(Asks(Post(kStatus, "application/json; charset=utf-8", "{}")));
  EXPECT_TRUE(Asks(Post(kStatus, "application/proto", "")));
  EXPECT_FALSE(Asks(Post(kStatus, "application/grpc-web+proto", "")));
  EXPECT_FALSE(Asks(Post(kStatus, "text/plain", "")));
  EXPECT_TRUE(Asks(Request{http::verb::get, kStatus, 11}));
  EXPECT_FALSE(Asks(Request{http::verb::get, "/", 11}));
  EXPECT_FALSE(Asks(Request{http::verb::delete_, kStatus, 11}));
}

TEST(Connect, ACallIsItsMessage) {
  Request request = Post(kEvents, "application/json", R"({"pageSize":7})");
  request.set("Connect-Protocol-Version", "1");
  request.set("Connect-Timeout-Ms", "1500");
  ConnectCall call = Call(request);
  EXPECT_EQ(call.request.method, kEvents);
  ASSERT_EQ(call.request.messages.size(), 1u);
  EXPECT_FALSE(call.request.messages[0].empty());
  EXPECT_EQ(call.request.timeout_ns, 1'500'000'000);
  EXPECT_EQ(call.format, MessageFormat::kJson);
  // The same as bytes.
  ConnectCall same = Call(Post(kEvents, "application/proto", call.request.messages[0]));
  EXPECT_EQ(same.request.messages, call.request.messages);
  EXPECT_EQ(same.format, MessageFormat::kProto);
}

TEST(Connect, ACallCanStandInTheAddress) {
  auto get = [](const std::string& query) {
    return Request{http::verb::get, std::string(kEvents) + query, 11};
  };
  const std::string bytes =
      Call(Post(kEvents, "application/json", R"({"pageSize":7})")).request.messages[0];
  EXPECT_EQ(
      Call(get("?encoding=json&connect=v1&message=%7B%22pageSize%22%3A7%7D")).request.messages[0],
      bytes);
  EXPECT_EQ(Call(get("?encoding=json&base64=1&message=eyJwYWdlU2l6ZSI6N30")).request.messages[0],
            bytes);
  EXPECT_EQ(Call(get("")).request.messages[0], "");
  EXPECT_EQ(Refusal(get("?encoding=xml")), "415");
  EXPECT_EQ(Refusal(get("?message=x")), "400 invalid_argument");
  EXPECT_EQ(Refusal(get("?base64=1&message=!")), "400 invalid_argument");
  EXPECT_EQ(Refusal(get("?compression=gzip&message=x")), "501 unimplemented");
}

TEST(Connect, WhatCannotBeCalledIsAnsweredWithTheRightStatus) {
  EXPECT_EQ(Refusal(Post("/memmon.v1.MemoryMonitor/Nothing", "application/json", "{}")),
            "404 unimplemented");
  EXPECT_EQ(Refusal(Post(kStream, "application/json", "{}")), "415");
  EXPECT_EQ(Refusal(Post(kStatus, "application/json", "{")), "400 invalid_argument");
  Request request = Post(kStatus, "application/json", "{}");
  request.set("Connect-Protocol-Version", "2");
  EXPECT_EQ(Refusal(request), "400 invalid_argument");
  request.set("Connect-Protocol-Version", "1");
  request.set("Connect-Timeout-Ms", "soon");
  EXPECT_EQ(Refusal(request), "400 invalid_argument");
  request.erase("Connect-Timeout-Ms");
  request.set(http::field::content_encoding, "gzip");
  EXPECT_EQ(Refusal(request), "501 unimplemented");
  request.set(http::field::content_encoding, "identity");
  EXPECT_EQ(Refusal(request), "a call");
}

TEST(Connect, AnAnswerIsTheMessageOrTheError) {
  const ConnectCall json = Call(Post(kStatus, "application/json", "{}"));
  const ConnectCall proto = Call(Post(kStatus, "application/proto", ""));
  Response reply = ConnectReply(json, {""}, {});
  EXPECT_EQ(reply.result_int(), 200u);
  EXPECT_EQ(reply.body().own, "{}");
  EXPECT_EQ(reply[http::field::content_type], "application/json");
  reply = ConnectReply(proto, {"\x12\x00"}, {0, "", {{"took", "1"}}});
  EXPECT_EQ(reply.body().own, "\x12");
  EXPECT_EQ(reply[http::field::content_type], "application/proto");
  EXPECT_EQ(reply["Trailer-took"], "1");
  reply = ConnectReply(proto, {}, {5, "not there", {}});
  EXPECT_EQ(reply.result_int(), 404u);
  EXPECT_EQ(reply.body().own, "{\"code\":\"not_found\",\"message\":\"not there\"}\n");
  EXPECT_EQ(reply[http::field::content_type], "application/json");
  EXPECT_EQ(ConnectReply(json, {}, {1, "", {}}).result_int(), 499u);
  EXPECT_EQ(ConnectReply(json, {}, {}).result_int(), 500u);
  EXPECT_EQ(ConnectReply(json, {"\xff"}, {}).result_int(), 500u);
}

TEST(Connect, CodesHaveTheSpecificationsNamesAndStatuses) {
  struct {
    int code;
    const char* name;
    unsigned http;
  } const kExpected[] = {{1, "canceled", 499},
                         {2, "unknown", 500},
                         {3, "invalid_argument", 400},
                         {4, "deadline_exceeded", 504},
                         {5, "not_found", 404},
                         {6, "already_exists", 409},
                         {7, "permission_denied", 403},
                         {8, "resource_exhausted", 429},
                         {9, "failed_precondition", 400},
                         {10, "aborted", 409},
                         {11, "out_of_range", 400},
                         {12, "unimplemented", 501},
                         {13, "internal", 500},
                         {14, "unavailable", 503},
                         {15, "data_loss", 500},
                         {16, "unauthenticated", 401},
                         {17, "unknown", 500},
                         {-1, "unknown", 500}};
  for (const auto& expected : kExpected) {
    EXPECT_EQ(ConnectCodeName(expected.code), expected.name) << expected.code;
    EXPECT_EQ(ConnectHttpStatus(expected.code), expected.http) << expected.code;
  }
}

TEST(Connect, TimeoutsAreMilliseconds) {
  EXPECT_EQ(ParseConnectTimeout("1"), 1'000'000);
  EXPECT_EQ(ParseConnectTimeout("0"), 0);
  EXPECT_EQ(ParseConnectTimeout("9999999999"), 9'999'999'999'000'000);
  for (const char* text : {"", "-1", "+1", "1.5", "10000000000", "1s", " 1"}) {
    EXPECT_FALSE(ParseConnectTimeout(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace memmon::web
