// SPDX-License-Identifier: Apache-2.0
//
// memmond's gRPC server with limits of one's choice, and its clients. What does not come
// within 20 s is not waited for.

#ifndef MEMMON_TESTS_UNIT_API_SERVER_FIXTURE_H_
#define MEMMON_TESTS_UNIT_API_SERVER_FIXTURE_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "../web/peer.h"
#include "api/server.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "store/null_store.h"

namespace memmon::api {

// HTTP/2's first words, and SETTINGS without one.
inline const std::string kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

class ServerTest : public testing::Test {
 protected:
  void Start(const Limits& limits, size_t transport_bytes = 0, const std::string& socket = "",
             const std::string& host = "127.0.0.1") {
    ServerOptions options;
    options.host = host;
    options.limits = limits;
    options.transport_bytes = transport_bytes;
    options.socket = socket;
    auto server = Server::Start(
        options, {[] { return pipeline::PumpStatus(); }, &processes_, &feed_, &store_, "test"});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  web::Peer Connect() { return web::Peer(server_->port()); }

  // To a connection of its own.
  std::shared_ptr<grpc::Channel> Channel(const std::string& host = "127.0.0.1") {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(host + ":" + std::to_string(server_->port()),
                                     grpc::InsecureChannelCredentials(), arguments);
  }
  std::unique_ptr<v1::MemoryMonitor::Stub> Client(const std::string& host = "127.0.0.1") {
    return v1::MemoryMonitor::NewStub(Channel(host));
  }
  static grpc::Status Ask(v1::MemoryMonitor::Stub* client) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::GetStatusResponse response;
    return client->GetStatus(&context, {}, &response);
  }

  void WaitForConnections(size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (server_->connection_count() != count && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(server_->connection_count(), count);
  }

  live::Feed feed_;
  processes::ProcessTable processes_;
  store::NullStore store_;
  std::unique_ptr<Server> server_;
};

}  // namespace memmon::api

#endif  // MEMMON_TESTS_UNIT_API_SERVER_FIXTURE_H_
