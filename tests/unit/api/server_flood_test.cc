// SPDX-License-Identifier: Apache-2.0
//
// Headers without end on gRPC's port, and those who keep to what a call may send, however
// much that is.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../web/peer.h"
#include "api/server.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "server_fixture.h"

namespace memmon::api {
namespace {

using web::Peer;

// A frame of HTTP/2 of the first call.
std::string Frame(char type, const std::string& payload) {
  const std::string length{static_cast<char>(payload.size() >> 16),
                           static_cast<char>(payload.size() >> 8),
                           static_cast<char>(payload.size())};
  return length + type + std::string("\0\0\0\0\1", 5) + payload;
}

// Headers that do not end: a name of a byte, and a value of 2^30.
std::string EndlessHeaders() { return Frame(1, std::string("\0\1x\x7f\x81\xff\xff\xff\x03", 9)); }

// What goes on from there.
std::string Continuation() { return Frame(9, std::string(16 << 10, 'a')); }

class ServerFloodTest : public ServerTest {
 protected:
  // One that is served, and whose headers go on for `bytes`, if it is let.
  std::unique_ptr<Peer> Flood(size_t bytes) {
    auto peer = std::make_unique<Peer>(server_->port());
    peer->Send(kPreface);
    EXPECT_EQ(peer->Read(9).size(), 9u);
    peer->Send(EndlessHeaders());
    const std::string part = Continuation();
    for (size_t sent = 0; sent < bytes && peer->Send(part); sent += part.size()) {
    }
    return peer;
  }

  // Four calls at once, so that little is too much for a connection.
  static Limits Narrow() {
    Limits limits;
    limits.concurrent_streams = 4;
    return limits;
  }

  // As long as headers may be.
  static void AddLongHeaders(grpc::ClientContext* context) {
    context->AddMetadata("x", std::string(15 << 10, 'x'));
  }
};

TEST_F(ServerFloodTest, HeadersWithoutEndEndTheirConnection) {
  Start(Narrow());
  const auto client = Client();
  ASSERT_TRUE(Ask(client.get()).ok());
  const auto peer = Flood(512 << 10);
  WaitForConnections(1);
  // Whoever asks is answered.
  EXPECT_TRUE(Ask(client.get()).ok());
}

// The calls of a connection before do not account for headers without end after them.
TEST_F(ServerFloodTest, SoDoThoseOfAConnectionThatIsSentAStream) {
  Start(Narrow());
  auto peer = std::make_unique<Peer>(server_->port());
  const std::string path = "/memmon.v1.MemoryMonitor/StreamProcesses";
  std::string headers("\x83\x86", 2);  // POST, http
  const auto add = [&headers](const std::string& name, const std::string& value) {
    headers += std::string(1, '\0') + static_cast<char>(name.size()) + name +
               static_cast<char>(value.size()) + value;
  };
  add(":path", path);
  add(":authority", "a");
  add("content-type", "application/grpc");
  add("te", "trailers");
  std::string begin = Frame(1, headers);
  begin[4] = 4;  // END_HEADERS
  std::string request = Frame(0, std::string(5, '\0'));
  request[4] = 1;  // END_STREAM
  peer->Send(kPreface + begin + request);
  // SETTINGS and theirs come first, and then messages of the stream.
  EXPECT_NE(peer->ReadUntil("application/grpc"), "still open");
  std::string endless = EndlessHeaders();
  endless[8] = 3;  // the next call
  std::string part = Continuation();
  part[8] = 3;
  peer->Send(endless);
  for (size_t sent = 0; sent < 1 << 20 && peer->Send(part); sent += part.size()) {
  }
  WaitForConnections(0);
}

TEST_F(ServerFloodTest, HeadersWithoutEndOfManyKeepToGrpcsShare) {
  constexpr size_t kShare = 1 << 20;
  constexpr size_t kPeers = 8;
  constexpr size_t kBytesOfOne = 160 << 10;
  Start(Narrow(), kShare);
  const auto client = Client();
  ASSERT_TRUE(Ask(client.get()).ok());
  std::vector<std::unique_ptr<Peer>> peers;
  for (size_t i = 0; i < kPeers; ++i) peers.push_back(Flood(kBytesOfOne));
  // As few go as it takes, and not who asks.
  WaitForConnections(kShare / kBytesOfOne + 1);
  EXPECT_TRUE(Ask(client.get()).ok());
}

// Whatever the address family: it is by gRPC's names that calls and connections are joined.
TEST_F(ServerFloodTest, LongHeadersOfCallsEndNothing) {
  for (const auto& [listens, asks] :
       {std::pair("127.0.0.1", "127.0.0.1"), std::pair("::1", "[::1]"),
        std::pair("::", "127.0.0.1"), std::pair("::", "[::1]")}) {
    server_.reset();
    Start(Narrow(), 0, "", listens);
    const auto client = Client(asks);
    // Four times what may become no call. Their answers are short.
    for (int i = 0; i < 80; ++i) {
      grpc::ClientContext context;
      AddLongHeaders(&context);
      v1::GetAddressSpaceResponse response;
      const grpc::Status status = client->GetAddressSpace(&context, {}, &response);
      ASSERT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED)
          << asks << ' ' << i << ": " << status.error_message();
    }
    EXPECT_EQ(server_->connection_count(), 1u);
  }
}

TEST_F(ServerFloodTest, AThousandLongCallsAtOnceEndNothing) {
  constexpr int kCalls = 1000;
  Start({});
  const auto client = Client();
  struct Call {
    grpc::ClientContext context;
    v1::ListProcessesRequest request;
    v1::ListProcessesResponse response;
    grpc::Status status;
  };
  std::vector<Call> calls(kCalls);
  std::latch ended(kCalls);
  for (Call& call : calls) {
    AddLongHeaders(&call.context);
    call.request.set_page_token(std::string(60 << 10, 'x'));  // of no list
    client->async()->ListProcesses(&call.context, &call.request, &call.response,
                                   [&call, &ended](const grpc::Status& status) {
                                     call.status = status;
                                     ended.count_down();
                                   });
  }
  ended.wait();
  for (const Call& call : calls) {
    ASSERT_EQ(call.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << call.status.error_message();
  }
  EXPECT_EQ(server_->connection_count(), 1u);
}

TEST_F(ServerFloodTest, AsManyStreamsAsThereMayBeOpenAtOnceEndNothing) {
  const Limits limits;
  Start(limits, 32 << 20);
  const auto client = Client();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::StreamProcessesResponse>>> streams;
  for (int i = 0; i < limits.concurrent_streams; ++i) {
    auto& context = contexts.emplace_back(std::make_unique<grpc::ClientContext>());
    AddLongHeaders(context.get());
    streams.push_back(client->StreamProcesses(context.get(), {}));
  }
  for (const auto& stream : streams) {
    v1::StreamProcessesResponse response;
    EXPECT_TRUE(stream->Read(&response));
  }
  EXPECT_EQ(server_->connection_count(), 1u);
  for (size_t i = 0; i < streams.size(); ++i) {
    contexts[i]->TryCancel();
    EXPECT_EQ(streams[i]->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

}  // namespace
}  // namespace memmon::api
