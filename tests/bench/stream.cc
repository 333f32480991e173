// SPDX-License-Identifier: Apache-2.0
//
// Events a second to one subscriber: through the feed and the API, against a
// bare gRPC stream of the same messages, by turns in one run. Prints the ratio
// of the medians.
//
// Both sides decode every message. The API's side does all of memmond's work
// for it: queue, filter, conversion.

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/convert.h"
#include "api/event_producer.h"
#include "api/server.h"
#include "batch.h"
#include "live/feed.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "processes/process_table.h"
#include "store/null_store.h"

namespace memmon {
namespace {

using Clock = std::chrono::steady_clock;

using bench::kBatchEvents;

constexpr size_t kBatches = 400;
constexpr size_t kEvents = kBatchEvents * kBatches;
constexpr int kRounds = 5;

// Sends the same message again and again: what gRPC alone costs.
class BareService final : public v1::MemoryMonitor::CallbackService {
 public:
  explicit BareService(const v1::StreamEventsResponse* message) : message_(message) {}

  grpc::ServerWriteReactor<v1::StreamEventsResponse>* StreamEvents(
      grpc::CallbackServerContext*, const v1::StreamEventsRequest*) override {
    class Reactor final : public grpc::ServerWriteReactor<v1::StreamEventsResponse> {
     public:
      explicit Reactor(const v1::StreamEventsResponse* message) : message_(message) { Next(); }
      void OnWriteDone(bool ok) override {
        if (ok && --left_ > 0) {
          Next();
        } else {
          Finish(grpc::Status::OK);
        }
      }
      void OnDone() override { delete this; }

     private:
      void Next() { StartWrite(message_); }
      const v1::StreamEventsResponse* const message_;
      size_t left_ = kBatches;
    };
    return new Reactor(message_);
  }

 private:
  const v1::StreamEventsResponse* const message_;
};

// Reads kEvents; events a second from the first message on.
template <typename Begin>
double Measure(v1::MemoryMonitor::Stub* stub, Begin begin) {
  grpc::ClientContext context;
  auto stream = stub->StreamEvents(&context, {});
  Clock::time_point started = begin();
  v1::StreamEventsResponse response;
  size_t events = 0;
  while (events < kEvents && stream->Read(&response)) {
    if (response.has_gap()) {
      fprintf(stderr, "the feed left out %llu events; its queue is too small for this\n",
              static_cast<unsigned long long>(response.gap().event_count()));
      exit(1);
    }
    events += static_cast<size_t>(response.events_size());
  }
  double seconds = std::chrono::duration<double>(Clock::now() - started).count();
  context.TryCancel();
  stream->Finish();
  return static_cast<double>(events) / seconds;
}

std::unique_ptr<v1::MemoryMonitor::Stub> Connect(int port) {
  return v1::MemoryMonitor::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Main() {
  model::SharedBatch batch = bench::MakeBatch();
  v1::StreamEventsResponse message;
  for (const model::Event& event : batch->events) {
    api::ToProto(event, static_cast<int64_t>(event.time_ns) + batch->capture->realtime_offset_ns,
                 message.add_events());
  }
  BareService bare_service(&message);
  int bare_port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &bare_port);
  builder.RegisterService(&bare_service);
  std::unique_ptr<grpc::Server> bare_server = builder.BuildAndStart();

  live::FeedOptions feed_options;
  feed_options.queue_events = kEvents;  // nothing is lost: all is measured
  live::Feed feed(feed_options);
  processes::ProcessTable processes;
  store::NullStore store;
  auto api = api::Server::Start({"127.0.0.1", 0}, {[] { return pipeline::PumpStatus(); },
                                                   &processes, &feed, &store, "bench"});
  if (!api.ok()) {
    fprintf(stderr, "%s\n", api.status().ToString().c_str());
    return 1;
  }

  auto bare = Connect(bare_port);
  auto through_api = Connect((*api)->port());
  std::vector<double> bare_rates;
  std::vector<double> api_rates;
  for (int round = 0; round < kRounds; ++round) {
    bare_rates.push_back(Measure(bare.get(), [] { return Clock::now(); }));
    api_rates.push_back(Measure(through_api.get(), [&] {
      while (feed.subscriber_count() == 0) std::this_thread::yield();
      Clock::time_point started = Clock::now();
      for (size_t i = 0; i < kBatches; ++i) feed.Take(batch);
      return started;
    }));
    while (feed.subscriber_count() != 0) std::this_thread::yield();
  }
  printf("bare gRPC stream  %12.0f events/s\n", Median(bare_rates));
  printf("memmond's API     %12.0f events/s\n", Median(api_rates));
  printf("ratio             %12.2f (goal: 0.80 or more)\n", Median(api_rates) / Median(bare_rates));
  (*api)->Shutdown(std::chrono::milliseconds(100));
  bare_server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace memmon

int main() { return memmon::Main(); }
