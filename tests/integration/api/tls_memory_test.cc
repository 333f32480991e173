// SPDX-License-Identifier: Apache-2.0
//
// memmond's memory where all come through TLS: as many connections of both ports as it takes;
// most say nothing, others have streams that stand still: of gRPC, over WebSockets, and those that
// go on out of the database.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "lives.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"
#include "tls_connection.h"

namespace memmon::integration {
namespace {

constexpr uint64_t kCeilingBytes = 256 << 20;
// service/api/limits.h and service/web/limits.h: all that a port takes, and an address of these.
constexpr size_t kConnections = 512;
constexpr size_t kOfAnAddress = 256;
// More than are kept in memory for streams that resume (service/live/feed.h).
constexpr uint64_t kLogEvents = 131'072;
// HTTP/2's first words, and SETTINGS without one.
const std::string kPreface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);

// A stream of events with a connection of its own.
class Subscriber {
 public:
  Subscriber(const std::string& address, const Certificate& certificate,
             const std::string& resume_token) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = certificate.text();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments));
    v1::StreamEventsRequest request;
    request.set_resume_token(resume_token);
    stream_ = stub_->StreamEvents(&context_, request);
  }
  ~Subscriber() {
    context_.TryCancel();
    while (Read()) {
    }
    stream_->Finish();
  }

  bool Read() { return stream_->Read(&message_); }
  const v1::StreamEventsResponse& message() const { return message_; }
  v1::MemoryMonitor::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::StreamEventsResponse>> stream_;
  v1::StreamEventsResponse message_;
};

// A page's stream, over a WebSocket.
class Page {
 public:
  explicit Page(const std::string& address) : connection_(address, "127.0.0.1", "http/1.1") {
    connection_.Send(
        "GET /memmon.v1.MemoryMonitor/Watch HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Protocol: grpc-websockets\r\n\r\n");
    v1::WatchRequest request;
    request.mutable_events();
    request.mutable_processes();
    request.set_status(true);
    const std::string bytes = request.SerializeAsString();
    Say("");
    Say(std::string(1, '\0') + std::string(4, '\0') + static_cast<char>(bytes.size()) + bytes);
    Say("\1");
  }
  // Whether it has a stream.
  bool Read() { return connection_.ReadUntil("life"); }

 private:
  // Masked with zeros.
  void Say(const std::string& word) {
    connection_.Send(std::string("\x82") + static_cast<char>(0x80 | word.size()) +
                     std::string(4, '\0') + word);
  }

  TlsConnection connection_;
};

TEST(TlsMemory, StaysBelowItsCeilingWhereAllComeThroughTls) {
  const Certificate certificate;
  const Recording lives{Lives()};
  MemmondProcess memmond({"--replay", lives.path(), "--memory", "256M", "--grpc-address",
                          "127.0.0.1:0", "--web-address", "127.0.0.1:0", "--tls-cert",
                          certificate.path(), "--tls-key", certificate.key(), "--database",
                          test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase())});

  Subscriber first(memmond.grpc(), certificate, "");
  ASSERT_TRUE(first.Read());
  const std::string beginning = first.message().resume_token();
  v1::GetStatusResponse status;
  const auto wait_for = [&](uint64_t events) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    do {
      grpc::ClientContext context;
      ASSERT_TRUE(first.stub().GetStatus(&context, {}, &status).ok());
    } while (status.totals().event_count() < events && std::chrono::steady_clock::now() < deadline);
    ASSERT_GE(status.totals().event_count(), events);
  };
  wait_for(2 * kLogEvents);

  std::vector<std::unique_ptr<Subscriber>> subscribers;
  std::vector<std::unique_ptr<Page>> pages;
  // As many as there is memory for.
  for (;;) {
    const bool resumes = subscribers.size() % 3 == 2;
    auto subscriber =
        std::make_unique<Subscriber>(memmond.grpc(), certificate, resumes ? beginning : "");
    if (!subscriber->Read()) break;
    if (resumes) EXPECT_EQ(subscriber->message().gap().event_count(), 0u);
    subscribers.push_back(std::move(subscriber));
    auto page = std::make_unique<Page>(memmond.web());
    if (!page->Read()) break;
    pages.push_back(std::move(page));
    ASSERT_LT(subscribers.size(), 100u);
  }
  EXPECT_GE(subscribers.size(), 6u);
  EXPECT_GE(pages.size(), 6u);

  // Whose places nobody has: they speak, and ask for nothing.
  std::vector<std::unique_ptr<TlsConnection>> silent;
  for (size_t i = subscribers.size() + 2; i < kConnections; ++i) {
    silent.push_back(std::make_unique<TlsConnection>(memmond.grpc(), "127.0.0.1", "h2"));
    ASSERT_TRUE(silent.back()->agreed()) << i;
    silent.back()->Send(kPreface);
  }
  for (size_t i = 0; i + pages.size() + 1 < kConnections; ++i) {
    silent.push_back(std::make_unique<TlsConnection>(
        memmond.web(), i < kOfAnAddress ? "127.0.0.2" : "127.0.0.3", "http/1.1"));
    ASSERT_TRUE(silent.back()->agreed()) << i;
    silent.back()->Send("GET / HTTP/1.1\r\n");
  }

  wait_for(kEvents);
  EXPECT_GT(status.database().stored_count(), 0u);
  // Where a stream stood still, it is told so.
  bool lost = false;
  while (!lost) {
    ASSERT_TRUE(first.Read());
    lost = first.message().gap().event_count() > 0;
  }
  const uint64_t peak = memmond.StatusBytes("VmHWM:");
  EXPECT_GT(peak, 0u);
  EXPECT_LT(peak, kCeilingBytes);
  RecordProperty("peak_bytes", std::to_string(peak));
  RecordProperty("streams", std::to_string(subscribers.size() + pages.size()));
}

}  // namespace
}  // namespace memmon::integration
