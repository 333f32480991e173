// SPDX-License-Identifier: Apache-2.0
//
// Events a second to one subscriber: by gRPC-Web on the web port, against the
// same stream by native gRPC, by turns in one run. Prints the ratio of the
// medians. Both sides decode every message.

#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/server.h"
#include "batch.h"
#include "live/feed.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "processes/process_table.h"
#include "store/null_store.h"
#include "web/server.h"

namespace memmon {
namespace {

using Clock = std::chrono::steady_clock;
using bench::kBatchEvents;

constexpr size_t kBatches = 100;
constexpr size_t kEvents = kBatchEvents * kBatches;
constexpr int kRounds = 5;

[[noreturn]] void Fail(const char* what) {
  fprintf(stderr, "web benchmark: %s\n", what);
  exit(1);
}

// Counts the events of a message that must be whole.
size_t EventsOf(const v1::StreamEventsResponse& response) {
  if (response.has_gap()) Fail("the feed left events out; its queue is too small for this");
  return static_cast<size_t>(response.events_size());
}

// A StreamEvents call by gRPC-Web on a plain socket: what a browser does, with
// the least work.
class WebStream {
 public:
  explicit WebStream(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::string request =
        std::string(
            "POST /memmon.v1.MemoryMonitor/StreamEvents HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/grpc-web+proto\r\nContent-Length: 5\r\n\r\n") +
        std::string(5, '\0');
    if (connect(fd_, reinterpret_cast<sockaddr*>(&peer), sizeof(peer)) != 0 ||
        send(fd_, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
      Fail("cannot reach the web port");
    }
  }
  ~WebStream() { close(fd_); }

  bool Read(v1::StreamEventsResponse* response) {
    if (!headers_read_) {
      const std::string line = Line();
      if (line.rfind("HTTP/1.1 200", 0) != 0) Fail(line.c_str());
      while (!Line().empty()) {
      }
      headers_read_ = true;
    }
    while (!WholeFrame()) Chunk();
    const bool trailers = (body_[begin_] & 0x80) != 0;
    const bool parsed = !trailers && response->ParseFromArray(body_.data() + begin_ + 5,
                                                              static_cast<int>(FrameBytes()));
    begin_ += 5 + FrameBytes();
    if (begin_ > body_.size() / 2) {
      body_.erase(0, begin_);
      begin_ = 0;
    }
    return parsed;
  }

 private:
  size_t FrameBytes() const {
    size_t bytes = 0;
    for (int i = 1; i <= 4; ++i) bytes = bytes << 8 | static_cast<unsigned char>(body_[begin_ + i]);
    return bytes;
  }
  bool WholeFrame() const {
    return body_.size() - begin_ >= 5 && body_.size() - begin_ >= 5 + FrameBytes();
  }
  void Chunk() {
    size_t bytes = std::stoul(Line(), nullptr, 16);
    if (bytes == 0) Fail("the stream ended");
    while (bytes > 0) {
      if (at_ == filled_) Fill();
      const size_t part = std::min(bytes, filled_ - at_);
      body_.append(buffer_.data() + at_, part);
      at_ += part;
      bytes -= part;
    }
    Line();
  }
  std::string Line() {
    std::string line;
    for (;;) {
      if (at_ == filled_) Fill();
      const char c = buffer_[at_++];
      if (c == '\n') return line;
      if (c != '\r') line += c;
    }
  }
  void Fill() {
    const ssize_t bytes = recv(fd_, buffer_.data(), buffer_.size(), 0);
    if (bytes <= 0) Fail("the connection ended");
    at_ = 0;
    filled_ = static_cast<size_t>(bytes);
  }

  const int fd_;
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  size_t at_ = 0;
  size_t filled_ = 0;
  std::string body_;  // without the chunks' lines
  size_t begin_ = 0;  // of the next frame
  bool headers_read_ = false;
};

class Bench {
 public:
  Bench() : feed_(Options()) {
    api::ServerOptions shown;
    shown.access.open_details = true;
    auto api = api::Server::Start(
        shown, {[] { return pipeline::PumpStatus(); }, &processes_, &feed_, &store_, "bench"});
    if (!api.ok()) Fail(api.status().ToString().c_str());
    api_ = *std::move(api);
    web::Handlers handlers;
    handlers.metrics = [] { return std::string(); };
    handlers.memory_logs = [](size_t, size_t) { return live::RecentPage(); };
    handlers.api = api_->InProcessChannel();
    auto web = web::Server::Start({}, std::move(handlers));
    if (!web.ok()) Fail(web.status().ToString().c_str());
    web_ = *std::move(web);
    stub_ = v1::MemoryMonitor::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(api_->port()), grpc::InsecureChannelCredentials()));
  }
  ~Bench() {
    api_->Shutdown(std::chrono::milliseconds(100));
    web_->Stop(std::chrono::milliseconds(100));
  }

  double Native() {
    grpc::ClientContext context;
    auto stream = stub_->StreamEvents(&context, {});
    const double rate = Measure(stream.get());
    context.TryCancel();
    stream->Finish();
    return rate;
  }
  double Web() {
    WebStream stream(web_->port());
    return Measure(&stream);
  }
  // Until the stream measured last has left the feed.
  void Settle() const {
    while (feed_.subscriber_count() != 0) std::this_thread::yield();
  }

 private:
  static live::FeedOptions Options() {
    live::FeedOptions options;
    options.queue_events = kEvents;  // nothing is lost: all is measured
    return options;
  }

  template <typename Stream>
  double Measure(Stream* stream) {
    while (feed_.subscriber_count() != 1) std::this_thread::yield();
    const std::vector<model::SharedBatch>& batches = batches_.Next(kBatches);
    const auto began = Clock::now();
    for (const model::SharedBatch& batch : batches) feed_.Take(batch);
    v1::StreamEventsResponse response;
    size_t events = 0;
    while (events < kEvents && stream->Read(&response)) events += EventsOf(response);
    if (events != kEvents) Fail("the stream ended");
    return static_cast<double>(events) /
           std::chrono::duration<double>(Clock::now() - began).count();
  }

  bench::Batches batches_;
  live::Feed feed_;
  processes::ProcessTable processes_;
  store::NullStore store_;
  std::unique_ptr<api::Server> api_;
  std::unique_ptr<web::Server> web_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Main() {
  Bench bench;
  std::vector<double> native;
  std::vector<double> web;
  for (int round = 0; round < kRounds; ++round) {
    native.push_back(bench.Native());
    bench.Settle();
    web.push_back(bench.Web());
    bench.Settle();
  }
  printf("native gRPC       %12.0f events/s\n", Median(native));
  printf("gRPC-Web          %12.0f events/s\n", Median(web));
  printf("ratio             %12.2f\n", Median(web) / Median(native));
  return 0;
}

}  // namespace
}  // namespace memmon

int main() { return memmon::Main(); }
