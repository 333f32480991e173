// SPDX-License-Identifier: Apache-2.0
//
// Events a second to one subscriber, as messages (StreamEvents) and as the bytes of
// a recording (StreamRecords): through the feed and the API, against a bare gRPC
// stream of the same messages, by turns in one run. Prints the ratios of the
// medians.
//
// Both sides decode every message. The API's side does all of memmond's work
// for it: log, filter, conversion.

#include <cstdint>
#include <functional>
#include <span>
#include <thread>

#include "api/convert.h"
#include "api/event_producer.h"
#include "api/record_producer.h"
#include "batch.h"
#include "device/encoder.h"
#include "goal.h"
#include "streams.h"

namespace memmon::bench {
namespace {

constexpr size_t kBatches = 200;
constexpr size_t kEvents = kBatchEvents * kBatches;
constexpr int kRounds = 5;
constexpr size_t kRecordBytes = device::kEncodedBytes;
constexpr size_t kMessageEvents = api::kMaxEventsPerMessage;
constexpr size_t kMessageRecords = api::kRecordBytesPerMessage / kRecordBytes;

// Sends the same message again and again: what gRPC alone costs.
template <class Message>
class BareReactor final : public grpc::ServerWriteReactor<Message> {
 public:
  BareReactor(const Message* message, size_t times) : message_(message), left_(times) { Next(); }
  void OnWriteDone(bool ok) override {
    if (ok && --left_ > 0) {
      Next();
    } else {
      this->Finish(grpc::Status::OK);
    }
  }
  void OnDone() override { delete this; }

 private:
  void Next() { this->StartWrite(message_); }
  const Message* const message_;
  size_t left_;
};

class BareService final : public v1::MemoryMonitor::CallbackService {
 public:
  explicit BareService(const model::Batch& batch) {
    // As many as memmond puts into one message.
    for (const model::Event& event : std::span(batch.events).first(kMessageEvents)) {
      api::ToProto(event, static_cast<int64_t>(event.time_ns) + batch.capture->realtime_offset_ns,
                   api::Details::kShown, events_.add_events());
    }
    device::Encoder encoder;
    std::string header;
    encoder.Begin(*batch.capture, &header);
    encoder.Append(std::span(batch.events).first(kMessageRecords), records_.mutable_records());
  }

  grpc::ServerWriteReactor<v1::StreamEventsResponse>* StreamEvents(
      grpc::CallbackServerContext*, const v1::StreamEventsRequest*) override {
    return new BareReactor(&events_, kEvents / kMessageEvents);
  }
  grpc::ServerWriteReactor<v1::StreamRecordsResponse>* StreamRecords(
      grpc::CallbackServerContext*, const v1::StreamRecordsRequest*) override {
    return new BareReactor(&records_, kEvents / kMessageRecords);
  }

 private:
  v1::StreamEventsResponse events_;
  v1::StreamRecordsResponse records_;
};

struct EventStream {
  static auto Open(v1::MemoryMonitor::Stub* stub, grpc::ClientContext* context) {
    return stub->StreamEvents(context, {});
  }
  static size_t Count(const v1::StreamEventsResponse& message) {
    if (message.has_gap()) Fail("the feed left events out; its log is too short for this");
    return static_cast<size_t>(message.events_size());
  }
  using Message = v1::StreamEventsResponse;
};

struct RecordStream {
  static auto Open(v1::MemoryMonitor::Stub* stub, grpc::ClientContext* context) {
    return stub->StreamRecords(context, {});
  }
  // HEADER, where the stream begins with one, is one among many.
  static size_t Count(const v1::StreamRecordsResponse& message) {
    return message.records().size() / kRecordBytes;
  }
  using Message = v1::StreamRecordsResponse;
};

struct Figures {
  double rate = 0;    // events a second
  double cpu_ns = 0;  // an event; client and server together
};

// Reads kEvents, from when `begin` says it began.
template <class Stream>
Figures Measure(v1::MemoryMonitor::Stub* stub, const std::function<Clock::time_point()>& begin) {
  grpc::ClientContext context;
  auto stream = Stream::Open(stub, &context);
  const double cpu_before = CpuSeconds();
  const Clock::time_point began = begin();
  typename Stream::Message message;
  size_t events = 0;
  while (events < kEvents && stream->Read(&message)) events += Stream::Count(message);
  const double seconds = SecondsSince(began);
  const double cpu_seconds = CpuSeconds() - cpu_before;
  if (events < kEvents) Fail("a stream ended early");
  context.TryCancel();
  stream->Finish();
  const auto count = static_cast<double>(events);
  return {count / seconds, 1e9 * cpu_seconds / count};
}

// What a figure is to be; nothing: no goal.
using GoalOf = std::function<std::string(double figure)>;
std::string NoGoal(double) { return ""; }

template <class Stream>
void Compare(const char* name, const GoalOf& ratio_goal, const GoalOf& rate_goal,
             v1::MemoryMonitor::Stub* bare, v1::MemoryMonitor::Stub* through_api, live::Feed* feed,
             Batches* source) {
  std::vector<double> bare_rates, bare_ns, rates, ns;
  const auto add = [](const Figures& figures, std::vector<double>* to_rates,
                      std::vector<double>* to_ns) {
    to_rates->push_back(figures.rate);
    to_ns->push_back(figures.cpu_ns);
  };
  for (int round = 0; round < kRounds; ++round) {
    add(Measure<Stream>(bare, [] { return Clock::now(); }), &bare_rates, &bare_ns);
    const std::vector<model::SharedBatch>& batches = source->Next(kBatches);
    const auto begin = [&] {
      while (feed->subscriber_count() == 0) std::this_thread::yield();
      const Clock::time_point began = Clock::now();
      for (const model::SharedBatch& batch : batches) feed->Take(batch);
      return began;
    };
    add(Measure<Stream>(through_api, begin), &rates, &ns);
    while (feed->subscriber_count() != 0) std::this_thread::yield();
  }
  const double rate = Median(rates);
  const double ratio = rate / Median(bare_rates);
  printf("%-7s bare gRPC stream %12.0f events/s %8.0f ns of CPU an event\n", name,
         Median(bare_rates), Median(bare_ns));
  printf("%-7s memmond's API    %12.0f events/s %8.0f ns of CPU an event\n", name, rate,
         Median(ns));
  printf("%-7s ratio, of CPU    %12.2f\n", name, Median(ns) / Median(bare_ns));
  printf("%-7s ratio            %12.2f %s\n", name, ratio, ratio_goal(ratio).c_str());
  printf("%-7s events a second  %12.0f %s\n", name, rate, rate_goal(rate).c_str());
}

int Main() {
  Batches batches;
  BareService bare_service(*batches.Next(1)[0]);
  int bare_port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &bare_port);
  builder.RegisterService(&bare_service);
  const std::unique_ptr<grpc::Server> bare_server = builder.BuildAndStart();

  live::FeedOptions options;
  options.queue_events = 2 * kEvents;  // nothing is lost: all is measured
  Service service(options);
  const auto bare = Connect(bare_port);
  const auto through_api = Connect(service.api->port());
  Compare<EventStream>(
      "events", [](double ratio) { return AtLeast(ratio, 0.8, "0.80"); }, NoGoal, bare.get(),
      through_api.get(), &service.feed, &batches);
  Compare<RecordStream>(
      "records", NoGoal,
      [](double rate) { return AtLeast(rate, 10e6, "10,000,000 on an idle machine"); }, bare.get(),
      through_api.get(), &service.feed, &batches);
  bare_server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace memmon::bench

int main() { return memmon::bench::Main(); }
