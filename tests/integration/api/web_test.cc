// SPDX-License-Identifier: Apache-2.0
//
// memmond through its web port, with plain sockets: what browsers send, and
// what they never would.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "memmond_process.h"
#include "web_connection.h"

namespace memmon::integration {
namespace {

int Answers(const std::string& text) {
  int answers = 0;
  for (size_t at = text.find("HTTP/1.1 200"); at != std::string::npos;
       at = text.find("HTTP/1.1 200", at + 1)) {
    ++answers;
  }
  return answers;
}

class Web : public testing::Test {
 protected:
  Web() : recording_(100'000, 100'000), memmond_(MemmondProcess::Replay(recording_, "1")) {}

  std::string Exchange(const std::string& request, const std::string& mark = "") {
    Connection connection(memmond_.web());
    connection.Send(request);
    return connection.ReadUntil(mark);
  }
  bool Healthy() {
    return Exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
               .find("\r\n\r\nok\n") != std::string::npos;
  }
  // The line of /metrics that begins with `name`.
  std::string Metric(const std::string& name) {
    std::string text =
        Exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  }

  Recording recording_;
  MemmondProcess memmond_;
};

TEST_F(Web, AnswersSeveralRequestsOnOneConnection) {
  Connection connection(memmond_.web());
  for (int i = 0; i < 3; ++i) {
    connection.Send(Post("GetStatus", kEmptyMessage) +
                    "GET /api/memorylogs HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }
  connection.Send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  std::string text = connection.ReadUntil("");
  EXPECT_EQ(Answers(text), 7) << text.substr(0, 2'000);
  EXPECT_NE(text.find("grpc-status: 0"), std::string::npos);
}

// More than is read ahead, in both protocols that are calls.
TEST_F(Web, AnswersRequestsThatAllCameAtOnce) {
  constexpr int kRequests = 1'000;
  for (const std::string& request :
       {Post("GetStatus", kEmptyMessage), Post("GetStatus", "{}", "application/json")}) {
    std::string all;
    for (int i = 0; i < kRequests; ++i) all += request;
    all += "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    std::string text = Exchange(all);
    EXPECT_EQ(Answers(text), kRequests + 1) << text.substr(0, 2'000);
  }
}

TEST_F(Web, StreamsInBinaryAndText) {
  EXPECT_NE(Exchange(Post("StreamEvents", kEmptyMessage), "worker").find("worker"),
            std::string::npos);
  std::string text =
      Exchange(Post("NoSuchMethod", "AAAAAAA=", "application/grpc-web-text"), "\r\n0\r\n\r\n");
  EXPECT_NE(text.find("application/grpc-web-text+proto"), std::string::npos) << text;
  // "\x80\0\0\0" begins the trailers.
  EXPECT_NE(text.find("\r\ngAAAA"), std::string::npos) << text;
}

TEST_F(Web, AnswersBadFramesWithAStatus) {
  auto status = [&](const std::string& body, const char* type = "application/grpc-web+proto") {
    std::string text = Exchange(Post("GetStatus", body, type), "\r\n0\r\n\r\n");
    size_t at = text.find("grpc-status: ");
    return at == std::string::npos ? text : text.substr(at, text.find('\r', at) - at);
  };
  EXPECT_EQ(status(std::string("\x01\0\0\0\0", 5)), "grpc-status: 12");
  EXPECT_EQ(status(std::string("\x02\0\0\0\0", 5)), "grpc-status: 3");
  EXPECT_EQ(status(std::string("\0\0\0\0\x09xx", 7)), "grpc-status: 3");
  EXPECT_EQ(status(std::string("\0\x7f\xff\xff\xff", 5)), "grpc-status: 8");
  // A message that is no protobuf: gRPC 1.51's callback server says so.
  EXPECT_EQ(status(std::string("\0\0\0\0\x01\xff", 6)), "grpc-status: 12");
  // Two messages, and none, where one is due.
  EXPECT_EQ(status("").substr(0, 13), "grpc-status: ");
  EXPECT_TRUE(Healthy());
}

TEST_F(Web, RefusesWhatIsNotForIt) {
  auto code = [&](const std::string& request) { return Exchange(request, "\r\n").substr(9, 3); };
  EXPECT_EQ(code("GET /../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"), "400");
  EXPECT_EQ(code("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"), "404");
  EXPECT_EQ(code("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"), "403");
  EXPECT_EQ(code("DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "405");
  EXPECT_EQ(code("nonsense\r\n\r\n"), "400");
  EXPECT_EQ(code("GET /api/memorylogs?page=x HTTP/1.1\r\nHost: localhost\r\n\r\n"), "400");
  EXPECT_EQ(code("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x')), "431");
  EXPECT_EQ(code("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/grpc-web\r\n"
                 "Content-Length: 999999999\r\n\r\n"),
            "413");
  EXPECT_EQ(code(Post("GetStatus", "{}", "text/plain")), "415");
  EXPECT_TRUE(Healthy());
}

TEST_F(Web, LetsThePageLoadFromItselfAlone) {
  std::string text =
      Exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  size_t at = text.find("Content-Security-Policy: ");
  ASSERT_NE(at, std::string::npos) << text;
  std::string policy = text.substr(at, text.find('\r', at) - at);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
  EXPECT_EQ(policy.find("http"), std::string::npos) << policy;
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
  for (const char* kind : {"script", "style", "font", "connect"}) {
    EXPECT_NE(policy.find(std::string(kind) + "-src 'self';"), std::string::npos) << policy;
  }
}

TEST_F(Web, ACloseOfTheSocketCancelsItsCall) {
  {
    Connection connection(memmond_.web());
    connection.Send(Post("StreamEvents", kEmptyMessage));
    ASSERT_NE(connection.ReadUntil("worker").find("worker"), std::string::npos);
    EXPECT_EQ(Metric("memmon_subscribers"), "memmon_subscribers 1");
  }
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (Metric("memmon_subscribers") != "memmon_subscribers 0" &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Metric("memmon_subscribers"), "memmon_subscribers 0");
}

TEST_F(Web, AStopEndsStreamsWithAStatus) {
  Connection connection(memmond_.web());
  connection.Send(Post("StreamEvents", kEmptyMessage));
  ASSERT_NE(connection.ReadUntil("worker").find("worker"), std::string::npos);
  memmond_.Signal(SIGTERM);
  std::string text = connection.ReadUntil("");
  EXPECT_NE(text.find("grpc-status: 14\r\ngrpc-message: shutting down"), std::string::npos)
      << text.substr(text.size() - std::min<std::size_t>(text.size(), 400));
  EXPECT_EQ(memmond_.Wait(), 0) << memmond_.log();
}

}  // namespace
}  // namespace memmon::integration
