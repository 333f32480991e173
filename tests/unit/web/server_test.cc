// SPDX-License-Identifier: Apache-2.0
//
// The web server and strangers who send too much, too slowly, or nothing. Its
// limits are short here; what is waited for is what they bring about.

#include "web/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "fake_api.h"
#include "peer.h"

namespace memmon::web {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kHealth[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

class Limited : public testing::Test {
 protected:
  void Start(const Limits& limits) {
    ServerOptions options;
    options.limits = limits;
    Handlers handlers;
    handlers.metrics = [] { return std::string(64 << 20, 'm'); };
    handlers.memory_logs = [](size_t, size_t) -> live::RecentPage { throw std::bad_alloc(); };
    handlers.api = api_.channel();
    auto server = Server::Start(options, std::move(handlers));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  Peer Connect() { return Peer(server_->port()); }

  void WaitForSessions(size_t count) {
    WaitUntil([&] { return server_->session_count() == count; });
    EXPECT_EQ(server_->session_count(), count);
  }
  static void WaitUntil(const std::function<bool()>& condition) {
    auto deadline = std::chrono::steady_clock::now() + seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(condition());
  }

  FakeApi api_;
  std::unique_ptr<Server> server_;
};

TEST_F(Limited, AnAnswerThatCannotBeMadeEndsItsConnectionAlone) {
  Start({});
  Peer peer = Connect();
  peer.Send("GET /api/memorylogs HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(peer.ReadUntil(), "");
  WaitForSessions(0);
  Peer other = Connect();
  other.Send(kHealth);
  EXPECT_NE(other.ReadUntil("ok\n").find("200"), std::string::npos);
}

TEST_F(Limited, AHeaderThatStaysHalfIsNotWaitedFor) {
  Limits limits;
  limits.header = milliseconds(50);
  Start(limits);
  Peer silent = Connect();
  Peer half = Connect();
  half.Send("GET /healthz HTT");
  EXPECT_EQ(half.ReadUntil(), "");
  EXPECT_EQ(silent.ReadUntil(), "");
  WaitForSessions(0);
}

TEST_F(Limited, AByteNowAndThenGainsNoTime) {
  Limits limits;
  limits.header = milliseconds(200);
  Start(limits);
  Peer drip = Connect();
  drip.Send("GET / HTTP/1.1\r\nX: ");
  auto deadline = std::chrono::steady_clock::now() + seconds(20);
  while (std::chrono::steady_clock::now() < deadline && !drip.HasSomething(milliseconds(5))) {
    if (!drip.Send("x")) break;
  }
  EXPECT_LT(std::chrono::steady_clock::now(), deadline) << "still open";
  WaitForSessions(0);
}

TEST_F(Limited, ABodyThatDoesNotComeIsNotWaitedFor) {
  Limits limits;
  limits.body = milliseconds(50);
  Start(limits);
  Peer peer = Connect();
  peer.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nonly this");
  EXPECT_EQ(peer.ReadUntil(), "");
  WaitForSessions(0);
}

TEST_F(Limited, AnAnswerThatNobodyTakesIsGivenUp) {
  Limits limits;
  limits.write = milliseconds(50);
  Start(limits);
  Peer peer = Connect();
  peer.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(peer.HasSomething(minutes(2)));
  WaitForSessions(0);
}

TEST_F(Limited, WhatIsTooLargeIsAnsweredBeforeTheConnectionIsClosed) {
  Limits limits;
  limits.header_bytes = 4 << 10;
  limits.body_bytes = 64 << 10;
  Start(limits);
  auto status = [&](const std::string& request) {
    Peer peer = Connect();
    peer.Send(request);
    return peer.ReadUntil("\r\n").substr(0, 12);
  };
  EXPECT_EQ(status("GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n\r\n"), "HTTP/1.1 414");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(10'000, 'x') + "\r\n\r\n"),
            "HTTP/1.1 431");
  // All of the body is sent, and nobody reads it: the answer has to come through.
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n" +
                   std::string(8'000'000, 'x')),
            "HTTP/1.1 413");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "20000\r\n" +
                   std::string(0x20000, 'x') + "\r\n0\r\n\r\n"),
            "HTTP/1.1 413");
}

TEST_F(Limited, WhoComesTooFastIsTakenLater) {
  constexpr int kPeers = 10;
  Limits limits;
  limits.sessions = 4;
  limits.session_interval = milliseconds(50);
  Start(limits);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kPeers; ++i) {
    WaitForSessions(0);
    Peer peer = Connect();
    peer.Send(kHealth);
    ASSERT_NE(peer.ReadUntil("ok\n").find("200 OK"), std::string::npos) << i;
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, (kPeers - 4) * limits.session_interval);
}

TEST_F(Limited, WhoeverWaitsToBeTakenHoldsUpNoAnswerAndNoEnd) {
  Limits limits;
  limits.sessions = 2;
  limits.session_interval = seconds(60);
  Start(limits);
  Peer first = Connect();
  Peer second = Connect();
  WaitForSessions(2);
  Peer third = Connect();
  first.Send(kHealth);
  EXPECT_NE(first.ReadUntil("ok\n").find("200 OK"), std::string::npos);
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(0));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(20));
  EXPECT_EQ(third.ReadUntil(), "");
}

TEST_F(Limited, OneAddressLeavesRoomForOthers) {
  Limits limits;
  limits.sessions_per_address = 2;
  Start(limits);
  auto first = std::make_unique<Peer>(server_->port());
  Peer second = Connect();
  WaitForSessions(2);
  EXPECT_EQ(Connect().ReadUntil(), "");
  second.Send(kHealth);
  EXPECT_NE(second.ReadUntil("ok\n").find("200 OK"), std::string::npos);
  first.reset();
  WaitForSessions(1);
  Peer third = Connect();
  third.Send(kHealth);
  EXPECT_NE(third.ReadUntil("ok\n").find("200 OK"), std::string::npos);
}

TEST_F(Limited, AllTogetherAreLimitedToo) {
  Limits limits;
  limits.sessions = 1;
  Start(limits);
  Peer first = Connect();
  WaitForSessions(1);
  EXPECT_EQ(Connect().ReadUntil(), "");
}

TEST_F(Limited, HundredsThatGoAwayLeaveNothingBehind) {
  Start({});
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < 100; ++i) {
      peers.push_back(std::make_unique<Peer>(server_->port()));
      peers.back()->Send(i % 2 == 0 ? "GET /me" : kHealth);
    }
    WaitForSessions(100);
    peers.clear();
    WaitForSessions(0);
  }
}

// Bytes that nobody reads hide that a client has gone.
TEST_F(Limited, ACallEndsWithItsClientAlsoWhereMoreWasSentBehindIt) {
  Limits limits;
  limits.look = milliseconds(10);
  Start(limits);
  const std::string head = " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/";
  const std::string stream = "POST /memmon.v1.MemoryMonitor/Watch" + head +
                             "grpc-web+proto\r\nContent-Length: 7\r\n\r\n" +
                             std::string("\0\0\0\0\2hi", 7);
  const std::string unary = "POST /memmon.v1.MemoryMonitor/GetAddressSpace" + head +
                            "proto\r\nContent-Length: 2\r\n\r\nhi";
  const std::string more = "GET / HTTP/1.1\r\nX: " + std::string(40'000, 'x');
  for (const std::string& call : {stream, unary}) {
    auto together = std::make_unique<Peer>(server_->port());
    together->Send(call + more);
    auto later = std::make_unique<Peer>(server_->port());
    later->Send(call);
    WaitUntil([this] { return api_.watching() == 2; });
    later->Send(more);
    together.reset();
    later.reset();
    WaitForSessions(0);
    WaitUntil([this] { return api_.open() == 0; });
  }
}

// Who asks and reads nothing has all that answers may have.
TEST_F(Limited, AnswersThatWaitHaveABoundTogether) {
  Limits limits;
  limits.answer_bytes = 1 << 20;
  Start(limits);
  const std::string metrics = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto call = [](const std::string& method, const std::string& type, std::string message) {
    return "POST /memmon.v1.MemoryMonitor/" + method + " HTTP/1.1\r\nHost: localhost\r\n" +
           "Content-Type: application/" + type +
           "\r\nContent-Length: " + std::to_string(message.size()) + "\r\n\r\n" + message;
  };
  // 40,000 bytes, which FakeApi says again.
  const std::string echo(40'000, 'x');
  const std::string frame = std::string("\0\0\0\x9c\x40", 5) + echo;
  const auto answer = [&](const std::string& request, const std::string& mark) {
    Peer peer = Connect();
    peer.Send(request);
    return peer.ReadUntil(mark);
  };

  auto idle = std::make_unique<Peer>(server_->port());
  idle->Send(metrics);
  ASSERT_TRUE(idle->HasSomething(minutes(2)));
  const std::string refused = answer(metrics, "try again\n");
  EXPECT_EQ(refused.substr(0, 12), "HTTP/1.1 503");
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos);
  const std::string web = answer(call("GetStatus", "grpc-web+proto", frame), "\r\n0\r\n\r\n");
  EXPECT_NE(web.find("grpc-status: 8\r\n"), std::string::npos) << web.substr(0, 1'000);
  EXPECT_EQ(web.find("xxx"), std::string::npos);
  EXPECT_EQ(answer(call("GetStatus", "proto", echo), "try again").substr(0, 12), "HTTP/1.1 429");
  // Small ones go on, and streams have a bound of their own.
  EXPECT_NE(answer(kHealth, "ok\n").find("200 OK"), std::string::npos);
  EXPECT_NE(answer(call("GetStatus", "proto", "hi"), "hi").find("200 OK"), std::string::npos);
  EXPECT_NE(answer(call("StreamEvents", "grpc-web+proto", frame), "eeee").find("200 OK"),
            std::string::npos);

  idle.reset();
  WaitForSessions(0);
  EXPECT_EQ(answer(call("GetStatus", "proto", echo), echo).substr(0, 12), "HTTP/1.1 200");
  // What was sent waits no more, though its connection stays.
  Peer kept = Connect();
  for (int i = 0; i < 40; ++i) {
    kept.Send(call("GetStatus", "proto", echo));
    EXPECT_EQ(kept.ReadUntil(echo).substr(0, 12), "HTTP/1.1 200");
    kept.Send(call("GetStatus", "grpc-web+proto", frame));
    EXPECT_NE(kept.ReadUntil("\r\n0\r\n\r\n").find("grpc-status: 0"), std::string::npos);
  }
  EXPECT_EQ(answer(call("GetStatus", "proto", echo), echo).substr(0, 12), "HTTP/1.1 200");
}

}  // namespace
}  // namespace memmon::web
