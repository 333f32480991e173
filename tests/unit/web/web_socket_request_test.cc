// SPDX-License-Identifier: Apache-2.0

#include "web/web_socket_request.h"

#include <gtest/gtest.h>

namespace memmon::web {
namespace {

using absl::StatusCode;

constexpr char kHeaders[] = "Authorization: Bearer x\r\ngrpc-timeout: 5S\r\n";
const std::string kData(1, '\0');
const std::string kEmptyFrame(5, '\0');

TEST(WebSocketRequest, IsHeadersThenMessagesThenTheEnd) {
  WebSocketRequest request(1'000, 1'000);
  EXPECT_FALSE(request.has_headers());
  ASSERT_TRUE(request.Feed(kHeaders).ok());
  EXPECT_EQ(request.Header("authorization"), "Bearer x");
  EXPECT_EQ(request.Header("grpc-timeout"), "5S");
  EXPECT_EQ(request.Header("x"), "");
  ASSERT_TRUE(request.Feed(kData + std::string("\0\0\0\0\2hi", 7)).ok());
  EXPECT_FALSE(request.complete());
  ASSERT_TRUE(request.Feed("\1").ok());
  EXPECT_TRUE(request.complete());
  EXPECT_EQ(request.TakeMessages(), std::vector<std::string>{"hi"});
}

TEST(WebSocketRequest, MayHaveNoHeadersAndFramesInPieces) {
  WebSocketRequest request(1'000, 1'000);
  ASSERT_TRUE(request.Feed("").ok());
  EXPECT_TRUE(request.has_headers());
  const std::string frames("\0\0\0\0\2hi\0\0\0\0\0", 12);
  for (char byte : frames) ASSERT_TRUE(request.Feed(kData + byte).ok());
  ASSERT_TRUE(request.Feed("\1").ok());
  EXPECT_EQ(request.TakeMessages(), (std::vector<std::string>{"hi", ""}));
}

TEST(WebSocketRequest, RefusesHeadersThatAreNone) {
  for (const char* lines :
       {"x", "x\r\n", ": x\r\n", "a b: c\r\n", "a: b\r\n\r\n", "a: b\r\n\r\nc: d\r\n",
        "a: \x01\r\n", "GET / HTTP/1.1\r\n", "Content-Length: x\r\n"}) {
    WebSocketRequest request(1'000, 1'000);
    EXPECT_EQ(request.Feed(lines).code(), StatusCode::kInvalidArgument) << lines;
  }
}

TEST(WebSocketRequest, RefusesWhatIsNoMessage) {
  auto fed = [](const std::string& message) {
    WebSocketRequest request(1'000, 1'000);
    EXPECT_TRUE(request.Feed(kHeaders).ok());
    return request.Feed(message).code();
  };
  EXPECT_EQ(fed(""), StatusCode::kInvalidArgument);
  EXPECT_EQ(fed("\2"), StatusCode::kInvalidArgument);
  EXPECT_EQ(fed(std::string("\1\0", 2)), StatusCode::kInvalidArgument);
  EXPECT_EQ(fed(kData + "\x01"), StatusCode::kUnimplemented);
  EXPECT_EQ(fed(kData + std::string("\0\x7f\xff\xff\xff", 5)), StatusCode::kResourceExhausted);
}

TEST(WebSocketRequest, RefusesAnEndInsideAFrame) {
  WebSocketRequest request(1'000, 1'000);
  ASSERT_TRUE(request.Feed(kHeaders).ok());
  ASSERT_TRUE(request.Feed(kData + kEmptyFrame.substr(1)).ok());
  EXPECT_EQ(request.Feed("\1").code(), StatusCode::kInvalidArgument);
}

TEST(WebSocketRequest, IsLimitedAsAWhole) {
  WebSocketRequest long_headers(10, 1'000);
  EXPECT_EQ(long_headers.room(), 10u);
  EXPECT_EQ(long_headers.Feed(kHeaders).code(), StatusCode::kResourceExhausted);

  WebSocketRequest request(1'000, 12);
  ASSERT_TRUE(request.Feed(kHeaders).ok());
  EXPECT_EQ(request.room(), 12u);
  ASSERT_TRUE(request.Feed(kData + kEmptyFrame).ok());
  ASSERT_TRUE(request.Feed(kData + kEmptyFrame).ok());
  // So that Beast, to which 0 is no limit, has one.
  EXPECT_EQ(request.room(), 1u);
  EXPECT_EQ(request.Feed(kData).code(), StatusCode::kResourceExhausted);
}

TEST(WebSocketRequest, HasRoomForTheEndWhereItIsFull) {
  WebSocketRequest request(1'000, 6);
  ASSERT_TRUE(request.Feed(kHeaders).ok());
  ASSERT_TRUE(request.Feed(kData + kEmptyFrame).ok());
  ASSERT_TRUE(request.Feed("\1").ok());
  EXPECT_TRUE(request.complete());
}

}  // namespace
}  // namespace memmon::web
