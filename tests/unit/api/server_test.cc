// SPDX-License-Identifier: Apache-2.0
//
// gRPC's port and strangers who come in numbers, say nothing, or say too much. Its limits
// are short here; what is waited for is what they bring about.

#include "api/server.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fakes/event_builder.h"
#include "fakes/fake_containers.h"
#include "server_fixture.h"

namespace memmon::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using web::Peer;

TEST_F(ServerTest, OneConnectionTooManyIsClosed) {
  Limits limits;
  limits.connections = 2;
  Start(limits);
  auto first = std::make_unique<Peer>(server_->port());
  Peer second = Connect();
  for (Peer* peer : {first.get(), &second}) {
    peer->Send(kPreface);
    // It is served: SETTINGS are the answer.
    EXPECT_FALSE(peer->Read(9).empty());
  }
  Peer third = Connect();
  EXPECT_EQ(third.ReadUntil(), "");
  // Its place is another's once one is gone.
  first.reset();
  WaitForConnections(1);
  Peer fourth = Connect();
  fourth.Send(kPreface);
  EXPECT_FALSE(fourth.Read(9).empty());
}

TEST_F(ServerTest, WhoComesTooFastIsTakenLater) {
  constexpr int kPeers = 10;
  Limits limits;
  limits.connections = 4;
  limits.connection_interval = milliseconds(50);
  Start(limits);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kPeers; ++i) {
    WaitForConnections(0);
    Peer peer = Connect();
    peer.Send(kPreface);
    ASSERT_FALSE(peer.Read(9).empty()) << i;
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, (kPeers - 4) * limits.connection_interval);
}

TEST_F(ServerTest, WhoeverWaitsToBeTakenHoldsUpNoCallAndNoEnd) {
  Limits limits;
  limits.connections = 2;
  limits.connection_interval = seconds(60);
  Start(limits);
  const auto client = Client();
  ASSERT_TRUE(Ask(client.get()).ok());
  Peer second = Connect();
  second.Send(kPreface);
  EXPECT_FALSE(second.Read(9).empty());
  Peer third = Connect();
  EXPECT_TRUE(Ask(client.get()).ok());
  const auto begin = std::chrono::steady_clock::now();
  server_->Shutdown(milliseconds(0));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(20));
  EXPECT_EQ(third.ReadUntil(), "");
}

TEST_F(ServerTest, AConnectionThatSaysNothingIsNotWaitedFor) {
  Limits limits;
  limits.handshake = milliseconds(50);
  Start(limits);
  Peer silent = Connect();
  Peer half = Connect();
  half.Send(kPreface.substr(0, 10));
  silent.ReadUntil();
  half.ReadUntil();
  WaitForConnections(0);
}

TEST_F(ServerTest, AConnectionWithoutACallIsClosed) {
  Limits limits;
  limits.idle = milliseconds(500);
  Start(limits);
  Peer idle = Connect();
  idle.Send(kPreface);
  EXPECT_NE(idle.ReadUntil(), "still open");
  WaitForConnections(0);
  // A client notices nothing: it comes anew.
  const auto client = Client();
  EXPECT_TRUE(Ask(client.get()).ok());
  WaitForConnections(0);
  EXPECT_TRUE(Ask(client.get()).ok());
}

// A frame of HTTP/2 that asks for `word`, of eight bytes, again.
std::string Ping(const std::string& word) { return std::string("\0\0\10\6\0\0\0\0\0", 9) + word; }

TEST_F(ServerTest, PingsKeepNoConnectionWithoutACall) {
  Limits limits;
  limits.handshake = seconds(1);
  limits.idle = seconds(4);
  Start(limits);
  Peer pinging = Connect();
  pinging.Send(kPreface);
  EXPECT_FALSE(pinging.Read(9).empty());
  // So long it takes until one that says nothing is closed.
  EXPECT_NE(Connect().ReadUntil(), "still open");
  Peer later = Connect();
  later.Send(kPreface);
  EXPECT_FALSE(later.Read(9).empty());
  EXPECT_NE(Connect().ReadUntil(), "still open");
  pinging.Send(Ping("are you?"));
  EXPECT_NE(pinging.ReadUntil("are you?").find("are you?"), std::string::npos);
  // Whose time began before the ping, and after that of the other.
  EXPECT_NE(later.ReadUntil(), "still open");
  EXPECT_TRUE(pinging.HasSomething(milliseconds(0)));
  const std::string end = pinging.ReadUntil();
  EXPECT_NE(end, "still open");
  EXPECT_EQ(end.find("too_many_pings"), std::string::npos);
  WaitForConnections(0);
}

TEST_F(ServerTest, WhoPingsWithoutEndIsToldAndClosed) {
  Start({});
  Peer peer = Connect();
  peer.Send(kPreface);
  // gRPC takes three in two hours where no call is open.
  for (int i = 0; i < 4; ++i) peer.Send(Ping("are you?"));
  EXPECT_NE(peer.ReadUntil().find("too_many_pings"), std::string::npos);
  WaitForConnections(0);
}

// The web port's channel is no connection of a stranger's.
TEST_F(ServerTest, TheChannelInsideStaysOpenHoweverIdle) {
  Limits limits;
  limits.idle = milliseconds(500);
  Start(limits);
  const auto inside = v1::MemoryMonitor::NewStub(server_->InProcessChannel());
  EXPECT_TRUE(Ask(inside.get()).ok());
  for (int round = 0; round < 3; ++round) {
    // Another connection's whole life goes by meanwhile.
    Peer idle = Connect();
    idle.Send(kPreface);
    EXPECT_NE(idle.ReadUntil(), "still open");
    const grpc::Status status = Ask(inside.get());
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
}

TEST_F(ServerTest, AStreamIsNoIdleConnection) {
  Limits limits;
  limits.idle = milliseconds(500);
  Start(limits);
  const auto client = Client();
  grpc::ClientContext context;
  const auto stream = client->StreamProcesses(&context, {});
  v1::StreamProcessesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  // Another connection's whole life goes by meanwhile.
  Peer idle = Connect();
  idle.Send(kPreface);
  EXPECT_NE(idle.ReadUntil(), "still open");
  WaitForConnections(1);
  context.TryCancel();
  // It was open until then.
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ServerTest, WhatIsTooLargeIsRefused) {
  Limits limits;
  Start(limits);
  const auto client = Client();
  {
    v1::ListProcessesRequest request;
    request.set_page_token(std::string(static_cast<size_t>(limits.request_bytes) + 1, 'x'));
    grpc::ClientContext context;
    v1::ListProcessesResponse response;
    const grpc::Status status = client->ListProcesses(&context, request, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
    EXPECT_NE(status.error_message().find("larger than max"), std::string::npos)
        << status.error_message();
  }
  // Its connection is as good as before.
  EXPECT_TRUE(Ask(client.get()).ok());
  {
    grpc::ClientContext context;
    context.AddMetadata("x", std::string(static_cast<size_t>(limits.metadata_bytes) + 1, 'x'));
    v1::GetStatusResponse response;
    const grpc::Status status = client->GetStatus(&context, {}, &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  }
  // That one's may be over; others notice nothing.
  EXPECT_TRUE(Ask(Client().get()).ok());
}

// gRPC 1.51 gives up in the middle of headers that are too large. What comes behind them on
// the connection may then be garbage to it, and it closes that: one call more is lost.
TEST_F(ServerTest, TooMuchMetadataCostsItsClientAConnectionAtMost) {
  Limits limits;
  Start(limits);
  const auto channel = Channel();
  const auto client = v1::MemoryMonitor::NewStub(channel);
  const auto other = Client();
  grpc::ClientContext other_context;
  const auto stream = other->StreamEvents(&other_context, {});
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    context.AddMetadata("x", std::string(static_cast<size_t>(limits.metadata_bytes) + 1, 'x'));
    v1::GetStatusResponse response;
    const grpc::Status refused = client->GetStatus(&context, {}, &response);
    EXPECT_FALSE(refused.ok()) << round;
    int lost = 0;
    for (int call = 0; call < 3; ++call) {
      const grpc::Status status = Ask(client.get());
      if (status.ok()) continue;
      EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
      ++lost;
      // What the client sends before it sees that the connection is closed is lost with it.
      EXPECT_TRUE(channel->WaitForStateChange(
          GRPC_CHANNEL_READY, std::chrono::system_clock::now() + std::chrono::minutes(2)));
    }
    EXPECT_LE(lost, 1) << round;
  }
  WaitForConnections(2);
  // Nobody else's call ended.
  other_context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(ServerTest, WhereNothingKnowsContainersNobodyFiltersByThem) {
  Start({});
  const auto client = Client();
  {
    grpc::ClientContext context;
    v1::StreamEventsRequest request;
    request.mutable_filter()->add_containers("docker-*");
    v1::StreamEventsResponse message;
    const auto stream = client->StreamEvents(&context, request);
    EXPECT_FALSE(stream->Read(&message));
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_NE(status.error_message().find("cgroup_ids"), std::string::npos);
  }
  {
    grpc::ClientContext context;
    v1::StreamProcessesRequest request;
    request.mutable_filter()->add_containers("docker-*");
    v1::StreamProcessesResponse message;
    const auto stream = client->StreamProcesses(&context, request);
    EXPECT_FALSE(stream->Read(&message));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  }
  for (const bool events : {true, false}) {
    grpc::ClientContext context;
    v1::WatchRequest request;
    if (events) {
      request.mutable_events()->mutable_filter()->add_containers("docker-*");
    } else {
      request.mutable_processes()->mutable_filter()->add_containers("docker-*");
    }
    v1::WatchResponse message;
    const auto stream = client->Watch(&context, request);
    EXPECT_FALSE(stream->Read(&message));
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  }
  grpc::ClientContext context;
  v1::ListProcessesRequest request;
  request.mutable_filter()->add_containers("docker-*");
  v1::ListProcessesResponse response;
  EXPECT_EQ(client->ListProcesses(&context, request, &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(ServerTest, AContainerThatBeginsWhileOneFollowsIsAmongThem) {
  fakes::FakeContainers names;
  names.names = {{1, "ssh.service"}};
  auto server =
      Server::Start(ServerOptions(), {.pump_status = [] { return pipeline::PumpStatus(); },
                                      .processes = &processes_,
                                      .feed = &feed_,
                                      .store = &store_,
                                      .version = "test",
                                      .containers = &names});
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  const auto client = Client();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + minutes(2));
  v1::StreamEventsRequest request;
  request.mutable_filter()->add_containers("docker-*");
  const auto stream = client->StreamEvents(&context, request);
  const auto deadline = std::chrono::steady_clock::now() + minutes(2);
  while (feed_.subscriber_count() == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  names.names[2] = "docker-3f2a.scope";
  std::vector<model::Event> events(2);
  for (uint64_t i = 0; i < 2; ++i) {
    events[i].kind = model::EventKind::kMmap;
    events[i].sequence = i;
    events[i].cgroup_id = i + 1;
  }
  feed_.Take(fakes::MakeBatch(fakes::MakeCapture(), events));
  v1::StreamEventsResponse message;
  ASSERT_TRUE(stream->Read(&message));
  ASSERT_EQ(message.events_size(), 1);
  EXPECT_EQ(message.events(0).cgroup_id(), 2u);
  context.TryCancel();
  stream->Finish();
}

TEST_F(ServerTest, AnAddressThatIsTakenIsSaidToBe) {
  Start({});
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::Start(
      options, {[] { return pipeline::PumpStatus(); }, &processes_, &feed_, &store_, "test"});
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.status().message().find("ss -ltnp"), std::string::npos) << second.status();
}

TEST_F(ServerTest, AWrongTokenIsAGuess) {
  ServerOptions options;
  options.access.token = "0123456789abcdef";
  auto server = Server::Start(
      options, {[] { return pipeline::PumpStatus(); }, &processes_, &feed_, &store_, "test"});
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  const auto client = Client();
  const auto ask = [&](const std::string& token) {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    v1::GetStatusResponse response;
    return client->GetStatus(&context, {}, &response).error_code();
  };
  EXPECT_EQ(ask(""), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ask("wrong"), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ask(options.access.token), grpc::StatusCode::OK);
  // Those of the other port count, too: copies of Access share them.
  for (int i = 0; i < base::TokenCheck::kMostWrong; ++i) {
    options.access.token_check->Look("Bearer wrong", options.access.token,
                                     std::chrono::steady_clock::now() + std::chrono::hours(1));
  }
  EXPECT_EQ(ask(options.access.token), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ask(""), grpc::StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace memmon::api
