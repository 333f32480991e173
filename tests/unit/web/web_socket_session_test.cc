// SPDX-License-Identifier: Apache-2.0
//
// Calls over WebSockets, and strangers who open one: before an API that says what a
// test wants. Limits are short here; what is waited for is what they bring about.

#include "web/web_socket_session.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "fake_api.h"
#include "web/server.h"
#include "web_socket_peer.h"

namespace memmon::web {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kEnd = "\1";
const std::string kMessage("\0\0\0\0\0\2hi", 8);

class WebSocket : public testing::Test {
 protected:
  void Start(const Limits& limits = {}, const std::string& token = "") {
    ServerOptions options;
    options.limits = limits;
    options.access.token = token;
    Handlers handlers;
    handlers.api = api_.channel();
    auto server = Server::Start(options, std::move(handlers));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  uint16_t port() const { return server_->port(); }

  // A call that was let through to the API.
  std::unique_ptr<WebSocketPeer> Call(const std::string& method) {
    auto peer = std::make_unique<WebSocketPeer>(port());
    EXPECT_EQ(peer->Ask(Upgrade(method)).substr(9, 3), "101");
    peer->Say("");
    peer->Say(kMessage);
    peer->Say(kEnd);
    const Said header = peer->HearWord();
    EXPECT_EQ(header.opcode, kBinary);
    EXPECT_EQ(header.payload.substr(5), "content-type: application/grpc-web+proto\r\n");
    return peer;
  }

  void WaitFor(const std::function<bool()>& condition, const char* what) {
    const auto deadline = std::chrono::steady_clock::now() + seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_TRUE(condition()) << what;
  }
  void WaitUntilAllIsGone() {
    WaitFor([&] { return server_->session_count() == 0 && api_.open() == 0; }, "all is gone");
  }

  FakeApi api_;
  std::unique_ptr<Server> server_;
};

TEST_F(WebSocket, IsOpenedOnAMethodInItsSubprotocol) {
  Start();
  WebSocketPeer peer(port());
  const std::string answer = peer.Ask(Upgrade("Watch", "", "other, grpc-websockets"));
  EXPECT_EQ(answer.substr(9, 3), "101") << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Protocol: grpc-websockets\r\n"), std::string::npos);
  auto status = [&](const std::string& request) {
    return WebSocketPeer(port()).Ask(request).substr(9, 3);
  };
  EXPECT_EQ(status(Upgrade("Watch", "", "other")), "400");
  EXPECT_EQ(status(Upgrade("NoSuchMethod")), "404");
  EXPECT_EQ(status(Upgrade("Watch", "Sec-WebSocket-Version: 12\r\n")), "101");
  EXPECT_EQ(status("GET /memmon.v1.MemoryMonitor/Watch HTTP/1.1\r\nHost: localhost\r\n"
                   "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                   "Sec-WebSocket-Protocol: grpc-websockets\r\n\r\n"),
            "426");
}

TEST_F(WebSocket, IsNotForPagesOfOtherSites) {
  Start();
  auto status = [&](const std::string& request) {
    return WebSocketPeer(port()).Ask(request).substr(9, 3);
  };
  EXPECT_EQ(status(Upgrade("Watch", "Origin: http://localhost\r\n")), "101");
  EXPECT_EQ(status(Upgrade("Watch", "Origin: http://evil.example.org\r\n")), "403");
  EXPECT_EQ(status(Upgrade("Watch", "Origin: null\r\n")), "403");
  EXPECT_EQ(status(Upgrade("Watch", "", "grpc-websockets", "evil.example.org")), "403");
  EXPECT_EQ(status(Upgrade("Watch", "Host: evil.example.org\r\n")), "400");
}

TEST_F(WebSocket, CarriesACallInFramesOneAMessage) {
  Start();
  auto peer = Call("GetStatus");
  const Said message = peer->HearWord();
  EXPECT_EQ(message.opcode, kBinary);
  EXPECT_EQ(message.payload, kMessage.substr(1));
  EXPECT_EQ(peer->Refusal(), "grpc-status: 0");
  // What was said last is answered, so that the connection can end.
  peer->Say("\x03\xe8", kClose);
  EXPECT_EQ(peer->Hear().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, IsNotWaitedForWhereTheCloseIsNotAnswered) {
  Limits limits;
  limits.linger = milliseconds(50);
  Start(limits);
  auto peer = Call("GetStatus");
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, AsksForTheTokenInTheFirstMessageAtTheLatest) {
  Start({}, "0123456789abcdef");
  auto refusal = [&](const std::string& header, const std::string& first) {
    WebSocketPeer peer(port());
    EXPECT_EQ(peer.Ask(Upgrade("GetStatus", header)).substr(9, 3), "101");
    peer.Say(first);
    peer.Say(kMessage);
    peer.Say(kEnd);
    return peer.Refusal();
  };
  EXPECT_EQ(refusal("", ""), "grpc-status: 16");
  EXPECT_EQ(refusal("", "authorization: Bearer 0123456789abcdee\r\n"), "grpc-status: 16");
  EXPECT_EQ(refusal("Authorization: Bearer 0123456789abcdee\r\n", ""), "grpc-status: 16");
  EXPECT_EQ(api_.written(), 0);
  // The header frame comes, which is none of a refusal.
  EXPECT_EQ(refusal("", "authorization: Bearer 0123456789abcdef\r\n"), "no close");
  EXPECT_EQ(refusal("Authorization: Bearer 0123456789abcdef\r\n", ""), "no close");
}

TEST_F(WebSocket, RefusesWhatIsNoCall) {
  Start();
  auto refusal = [&](const std::vector<std::string>& words, int opcode = kBinary) {
    WebSocketPeer peer(port());
    EXPECT_EQ(peer.Ask(Upgrade("GetStatus")).substr(9, 3), "101");
    for (const std::string& word : words) peer.Say(word, opcode);
    return peer.Refusal();
  };
  EXPECT_EQ(refusal({"no header"}), "grpc-status: 3");
  EXPECT_EQ(refusal({"", "\2"}), "grpc-status: 3");
  EXPECT_EQ(refusal({"", std::string("\0\x01\0\0\0\0", 6)}), "grpc-status: 12");
  EXPECT_EQ(refusal({"", std::string("\0\0\x7f\xff\xff\xff", 6)}), "grpc-status: 8");
  EXPECT_EQ(refusal({"grpc-timeout: x\r\n", kMessage, kEnd}), "grpc-status: 3");
  EXPECT_EQ(refusal({"", std::string(6, '\0')}, kText), "grpc-status: 3");
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, IsLimitedInWhatItMaySay) {
  Limits limits;
  limits.header_bytes = 1'000;
  limits.body_bytes = 2'000;
  Start(limits);
  // 1009: too big.
  for (const auto& words : {std::vector<std::string>{std::string(1'001, 'x')},
                            {"", std::string(2'001, '\0')},
                            {"", std::string(1'500, '\0'), std::string(501, '\0')}}) {
    WebSocketPeer peer(port());
    EXPECT_EQ(peer.Ask(Upgrade("GetStatus")).substr(9, 3), "101");
    for (const std::string& word : words) peer.Say(word);
    const Said close = peer.HearWord();
    EXPECT_EQ(close.opcode, kClose);
    EXPECT_EQ(close.payload.substr(0, 2), "\x03\xf1");
  }
}

TEST_F(WebSocket, EndsWhereSomethingIsSaidAfterTheEnd) {
  Start();
  auto peer = Call("Watch");
  peer->Say(kEnd);
  EXPECT_EQ(peer->HearWord().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, EndsWhereAFrameIsNone) {
  Start();
  // Not masked; of a reserved kind; a piece of nothing.
  for (const std::string& frame : {std::string("\x82\0", 2), std::string("\x83\x80\0\0\0\0", 6),
                                   std::string("\x80\x80\0\0\0\0", 6), std::string(100, '\xff')}) {
    auto peer = Call("Watch");
    peer->Send(frame);
    EXPECT_EQ(peer->HearWord().opcode, kClose);
  }
  // More than the upgrade at once: no client does, before it was answered.
  WebSocketPeer early(port());
  early.Send(Upgrade("Watch") + std::string("\x82\x80\0\0\0\0", 6));
  EXPECT_EQ(early.Hear().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, ThatSaysNothingIsNotWaitedFor) {
  Limits limits;
  limits.body = milliseconds(50);
  Start(limits);
  WebSocketPeer silent(port());
  silent.Ask(Upgrade("Watch"));
  WebSocketPeer half(port());
  half.Ask(Upgrade("Watch"));
  half.Say("");
  half.Say(kMessage);
  EXPECT_EQ(silent.Hear().opcode, kGone);
  EXPECT_EQ(half.Hear().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, EndsWhereNobodyAnswersAPing) {
  Limits limits;
  limits.silence = seconds(4);
  Start(limits);
  auto answering = Call("Watch");
  auto gone = Call("Watch");
  WaitFor([&] { return api_.open() == 2; }, "two calls");
  // Many times the limit, as the pings tell.
  for (int i = 0; i < 5; ++i) {
    const Said ping = answering->Hear();
    ASSERT_EQ(ping.opcode, kPing);
    ASSERT_TRUE(answering->Say(ping.payload, kPong));
  }
  EXPECT_EQ(gone->HearWord().opcode, kGone);
  EXPECT_EQ(api_.open(), 1);
  answering.reset();
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, HoldsOneMessageOfWhatNobodyTakes) {
  Start();
  auto peer = Call("StreamEvents");
  // Until a second of standstill: what socket and channel hold is full.
  int before = -1;
  for (auto since = std::chrono::steady_clock::now();
       std::chrono::steady_clock::now() - since < seconds(1); std::this_thread::yield()) {
    if (int now = api_.written(); now != before) {
      before = now;
      since = std::chrono::steady_clock::now();
    }
  }
  EXPECT_LT(before, 200) << "messages of 64 KiB";
  // It goes on when somebody does.
  for (int i = 0; i < before + 10; ++i) ASSERT_EQ(peer->HearWord().opcode, kBinary);
  peer.reset();
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, IsGivenUpWhereNobodyTakesAnything) {
  Limits limits;
  limits.write = milliseconds(100);
  Start(limits);
  auto peer = Call("StreamEvents");
  // Pongs, which nobody asked for, are no sign that it reads.
  const auto deadline = std::chrono::steady_clock::now() + seconds(20);
  while (server_->session_count() != 0 && std::chrono::steady_clock::now() < deadline) {
    peer->Say("", kPong);
  }
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, EndsItsCallWhenItIsClosed) {
  Start();
  auto peer = Call("Watch");
  WaitFor([&] { return api_.open() == 1; }, "a call");
  peer->Say("\x03\xe8", kClose);
  EXPECT_EQ(peer->HearWord().opcode, kClose);
  EXPECT_EQ(peer->Hear().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, EndsWithTheServer) {
  Start();
  auto called = Call("Watch");
  WebSocketPeer waiting(port());
  waiting.Ask(Upgrade("Watch"));
  WaitFor([&] { return api_.open() == 1; }, "a call");
  // It is without a call, and is not waited for.
  std::thread stop([&] { server_->Stop(seconds(60)); });
  EXPECT_EQ(waiting.Hear().opcode, kGone);
  EXPECT_EQ(api_.open(), 1);
  called->Say("\x03\xe8", kClose);
  EXPECT_EQ(called->HearWord().opcode, kClose);
  stop.join();
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, IsClosedWhereTheServerWaitsNoLonger) {
  Start();
  auto called = Call("Watch");
  WaitFor([&] { return api_.open() == 1; }, "a call");
  server_->Stop(milliseconds(0));
  EXPECT_EQ(called->HearWord().opcode, kGone);
  WaitUntilAllIsGone();
}

TEST_F(WebSocket, TellsThatTheApiIsClosed) {
  Start();
  server_->CloseApi();
  auto peer = Call("Watch");
  EXPECT_EQ(peer->Refusal(), "grpc-status: 14");
}

TEST_F(WebSocket, LeavesNothingBehind) {
  Start();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<WebSocketPeer>> peers;
    for (int i = 0; i < 100; ++i) peers.push_back(Call(i % 2 == 0 ? "Watch" : "StreamEvents"));
    WaitFor([&] { return api_.open() == 100; }, "calls");
    peers.clear();
    WaitUntilAllIsGone();
  }
}

}  // namespace
}  // namespace memmon::web
