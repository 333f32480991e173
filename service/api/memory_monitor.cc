// SPDX-License-Identifier: Apache-2.0

#include "api/memory_monitor.h"

#include <chrono>
#include <optional>
#include <utility>

#include "api/address_space_call.h"
#include "api/calls_call.h"
#include "api/convert.h"
#include "api/errors.h"
#include "api/event_producer.h"
#include "api/event_request.h"
#include "api/history_calls.h"
#include "api/metrics.h"
#include "api/page_token.h"
#include "api/process_producer.h"
#include "api/process_request.h"
#include "api/record_producer.h"
#include "api/stream_reactor.h"
#include "api/summary.h"
#include "api/watch_producer.h"
#include "api/wire.h"

namespace memmon::api {
namespace {

// History calls at work, and those that wait for them.
constexpr int kWorkers = 2;
constexpr size_t kMaxWaitingJobs = 64;
// The places that one stream takes of Parts::max_streams.
constexpr size_t kOnePlace = 1;

grpc::Status TooManyStreams() {
  return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                      "as many streams are open as memmond has memory for; try again when one has "
                      "ended, or give it more with --memory");
}

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const grpc::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

int64_t NowUnixNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// By when the client wants its answer, by a clock that nobody sets.
store::Deadline DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto left = context.deadline() - std::chrono::system_clock::now();
  // "Never" is further away than a clock reaches.
  if (left > std::chrono::hours(1)) return store::Deadline::max();
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(left);
}

}  // namespace

MemoryMonitor::MemoryMonitor(Parts parts, const base::Access& access)
    : parts_(std::move(parts)),
      callers_(access),
      report_(parts_),
      registry_(parts_.max_streams),
      workers_(kWorkers, kMaxWaitingJobs),
      prober_(/*threads=*/1, kMaxWaitingJobs),
      looker_(/*threads=*/1, kMaxWaitingJobs),
      backfills_(parts_.store) {}

template <typename Filter>
grpc::Status MemoryMonitor::CheckContainers(const Filter& filter) const {
  if (filter.containers.empty() || parts_.containers != nullptr) return grpc::Status::OK;
  return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                      "memmond plays a recording, which does not say which containers there "
                      "were; filter by cgroup_ids");
}

grpc::Status MemoryMonitor::MakeEvents(const v1::StreamEventsRequest& request,
                                       const std::string& path, Details details,
                                       std::function<void()> wake,
                                       std::unique_ptr<EventProducer>* producer) {
  EventStreamOptions options;
  grpc::Status status = ReadStreamEvents(request, path, parts_.machine_id, details, &options);
  if (status.ok()) status = CheckContainers(options.filter);
  if (!status.ok()) return status;
  options.containers = parts_.containers;
  if (!options.resume) {
    *producer = std::make_unique<EventProducer>(parts_.feed->Subscribe(std::move(wake)),
                                                std::move(options));
    return grpc::Status::OK;
  }
  auto resumption = parts_.feed->Resume(wake);
  auto catch_up = std::make_unique<CatchUp>(resumption.get(), backfills_.Open(std::move(wake)),
                                            kMaxEventsPerMessage, options.filter.containers);
  *producer = std::make_unique<EventProducer>(std::move(resumption), std::move(options),
                                              std::move(catch_up));
  return grpc::Status::OK;
}

size_t MemoryMonitor::PlacesOf(const ProcessStreamOptions& options) const {
  return kOnePlace + (options.selects() ? parts_.selection_places : 0);
}

grpc::ServerUnaryReactor* MemoryMonitor::Work(WorkerPool* workers,
                                              grpc::CallbackServerContext* context,
                                              std::function<grpc::Status()> answer) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  bool accepted = workers->Post([context, reactor, answer = std::move(answer)] {
    // Cancelled, or its deadline went by while it waited.
    reactor->Finish(context->IsCancelled()
                        ? grpc::Status(grpc::StatusCode::CANCELLED, "nobody waits for the answer")
                        : answer());
  });
  if (!accepted) {
    reactor->Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                 "too many calls at once that wait; try again"));
  }
  return reactor;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MemoryMonitor::StreamEvents(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request_bytes) {
  using Message = grpc::ByteBuffer;
  v1::StreamEventsRequest request;
  grpc::Status status = FromBytes(*request_bytes, &request);
  if (!status.ok()) return new RefusedStream<Message>(status);
  auto stream = std::make_shared<StreamReactor<Message>>(&scheduler_, &registry_, kOnePlace);
  if (!stream->admitted()) return new RefusedStream<Message>(TooManyStreams());
  std::unique_ptr<EventProducer> events;
  status = MakeEvents(request, "", callers_.DetailsFor(*context), stream->Waker(), &events);
  if (!status.ok()) return new RefusedStream<Message>(status);
  stream->Start(std::move(events));
  return stream.get();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MemoryMonitor::StreamRecords(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request_bytes) {
  using Message = grpc::ByteBuffer;
  if (callers_.DetailsFor(*context) == Details::kHidden) {
    return new RefusedStream<Message>(DetailsHidden("records, which hold addresses, are"));
  }
  v1::StreamRecordsRequest request;
  grpc::Status status = FromBytes(*request_bytes, &request);
  model::Filter filter;
  if (status.ok()) status = ReadFilter(request.filter(), "filter", &filter);
  if (status.ok()) status = CheckContainers(filter);
  if (!status.ok()) return new RefusedStream<Message>(status);
  auto stream = std::make_shared<StreamReactor<Message>>(&scheduler_, &registry_, kOnePlace);
  if (!stream->admitted()) return new RefusedStream<Message>(TooManyStreams());
  // First: a younger one comes with its batches.
  auto capture = parts_.feed->capture();
  stream->Start(std::make_unique<RecordProducer>(parts_.feed->Subscribe(stream->Waker()),
                                                 EventFilter(std::move(filter), parts_.containers),
                                                 std::move(capture)));
  return stream.get();
}

grpc::ServerWriteReactor<v1::StreamProcessesResponse>* MemoryMonitor::StreamProcesses(
    grpc::CallbackServerContext* context, const v1::StreamProcessesRequest* request) {
  using Message = v1::StreamProcessesResponse;
  ProcessStreamOptions options;
  grpc::Status status = ReadStreamProcesses(*request, "", callers_.DetailsFor(*context), &options);
  if (status.ok()) status = CheckContainers(options.filter);
  if (!status.ok()) return new RefusedStream<Message>(status);
  auto stream =
      std::make_shared<StreamReactor<Message>>(&scheduler_, &registry_, PlacesOf(options));
  if (!stream->admitted()) return new RefusedStream<Message>(TooManyStreams());
  stream->Start(std::make_unique<ProcessProducer>(parts_.processes, std::move(options)));
  return stream.get();
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* MemoryMonitor::Watch(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request_bytes) {
  using Message = grpc::ByteBuffer;
  v1::WatchRequest request;
  grpc::Status status = FromBytes(*request_bytes, &request);
  if (!status.ok()) return new RefusedStream<Message>(status);
  if (!request.has_events() && !request.has_processes() && !request.status()) {
    return new RefusedStream<Message>(
        InvalidField("events", "set one at least of events, processes, status"));
  }
  const Details details = callers_.DetailsFor(*context);
  ProcessStreamOptions options;
  if (request.has_processes()) {
    status = ReadStreamProcesses(request.processes(), "processes.", details, &options);
    if (status.ok()) status = CheckContainers(options.filter);
    if (!status.ok()) return new RefusedStream<Message>(status);
  }
  auto stream =
      std::make_shared<StreamReactor<Message>>(&scheduler_, &registry_, PlacesOf(options));
  if (!stream->admitted()) return new RefusedStream<Message>(TooManyStreams());
  std::unique_ptr<EventProducer> events;
  if (request.has_events()) {
    status = MakeEvents(request.events(), "events.", details, stream->Waker(), &events);
    if (!status.ok()) return new RefusedStream<Message>(status);
  }
  std::unique_ptr<ProcessProducer> processes;
  if (request.has_processes()) {
    processes = std::make_unique<ProcessProducer>(parts_.processes, std::move(options));
  }
  WatchProducer::FillStatus fill_status;
  if (request.status()) {
    fill_status = [this, details](v1::GetStatusResponse* response) {
      report_.Fill(details, response);
    };
  }
  stream->Start(std::make_unique<WatchProducer>(std::move(events), std::move(processes),
                                                std::move(fill_status)));
  return stream.get();
}

grpc::ServerUnaryReactor* MemoryMonitor::ListEvents(grpc::CallbackServerContext* context,
                                                    const v1::ListEventsRequest* request,
                                                    v1::ListEventsResponse* response) {
  store::EventQuery query;
  grpc::Status status = ReadListEvents(*request, &query);
  if (!status.ok()) return Finish(context, status);
  return Work(&workers_, context, [this, query, details = callers_.DetailsFor(*context), response] {
    absl::StatusOr<store::EventPage> page = parts_.store->ListEvents(query);
    if (!page.ok()) return FromAbsl(page.status());
    for (const store::StoredEvent& stored : page->events) {
      ToProto(stored.event, stored.time_unix_ns, details, response->add_events());
    }
    if (page->next) response->set_next_page_token(EncodePageToken(*page->next, QueryHash(query)));
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* MemoryMonitor::ListProcesses(grpc::CallbackServerContext* context,
                                                       const v1::ListProcessesRequest* request,
                                                       v1::ListProcessesResponse* response) {
  ProcessListQuery query;
  grpc::Status status = ReadListProcesses(*request, &query);
  if (status.ok() && !query.as_of_unix_ns) status = CheckContainers(query.filter);
  if (!status.ok()) return Finish(context, status);
  const auto answer = [this, query, deadline = DeadlineOf(*context),
                       details = callers_.DetailsFor(*context), response] {
    return api::ListProcesses(parts_, query, deadline, NowUnixNs(), details, response);
  };
  if (query.as_of_unix_ns) return Work(&workers_, context, answer);
  return Work(&looker_, context, answer);
}

grpc::ServerUnaryReactor* MemoryMonitor::GetProcessHistory(
    grpc::CallbackServerContext* context, const v1::GetProcessHistoryRequest* request,
    v1::GetProcessHistoryResponse* response) {
  store::HistoryQuery query;
  grpc::Status status = ReadProcessHistory(*request, &query);
  if (!status.ok()) return Finish(context, status);
  query.deadline = DeadlineOf(*context);
  return Work(&workers_, context, [this, query, details = callers_.DetailsFor(*context), response] {
    return api::GetProcessHistory(parts_, query, details, response);
  });
}

grpc::ServerUnaryReactor* MemoryMonitor::GetProcessCalls(grpc::CallbackServerContext* context,
                                                         const v1::GetProcessCallsRequest* request,
                                                         v1::GetProcessCallsResponse* response) {
  return Finish(context, api::GetProcessCalls(*parts_.processes, *request, response));
}

grpc::ServerUnaryReactor* MemoryMonitor::GetAddressSpace(grpc::CallbackServerContext* context,
                                                         const v1::GetAddressSpaceRequest* request,
                                                         v1::GetAddressSpaceResponse* response) {
  if (callers_.DetailsFor(*context) == Details::kHidden) {
    return Finish(context, DetailsHidden("what address spaces are made of is"));
  }
  return Work(&prober_, context, [this, request, response] {
    return api::GetAddressSpace(parts_, *request, response);
  });
}

grpc::ServerUnaryReactor* MemoryMonitor::GetActivity(grpc::CallbackServerContext* context,
                                                     const v1::GetActivityRequest* request,
                                                     v1::GetActivityResponse* response) {
  store::ActivityQuery query;
  grpc::Status status = ReadActivity(*request, &query);
  if (!status.ok()) return Finish(context, status);
  query.deadline = DeadlineOf(*context);
  return Work(&workers_, context,
              [this, query, response] { return api::GetActivity(parts_, query, response); });
}

grpc::ServerUnaryReactor* MemoryMonitor::GetSummary(grpc::CallbackServerContext* context,
                                                    const v1::GetSummaryRequest* request,
                                                    v1::GetSummaryResponse* response) {
  grpc::Status status = CheckSummaryRequest(*request);
  std::optional<store::RequestedQuery> span;
  if (status.ok()) status = ReadSummarySpan(*request, NowUnixNs(), &span);
  if (!status.ok()) return Finish(context, status);
  if (!span) {
    return Work(&looker_, context, [this, request, response] {
      Summarize(parts_.processes->ChangesSince(0, 0), *request, response);
      return grpc::Status::OK;
    });
  }
  span->deadline = DeadlineOf(*context);
  return Work(&workers_, context, [this, request, span = *span, response] {
    return GetStoredSummary(parts_, *request, span, response);
  });
}

grpc::ServerUnaryReactor* MemoryMonitor::GetStatus(grpc::CallbackServerContext* context,
                                                   const v1::GetStatusRequest* /*request*/,
                                                   v1::GetStatusResponse* response) {
  report_.Fill(callers_.DetailsFor(*context), response);
  return Finish(context, grpc::Status::OK);
}

std::string MemoryMonitor::Metrics() const {
  v1::GetStatusResponse status;
  report_.Fill(Details::kHidden, &status);
  v1::GetSummaryResponse summary;
  {
    const std::lock_guard lock(metrics_mutex_);
    Summarize(parts_.processes->ChangesSince(0, 0), v1::GetSummaryRequest(), &summary);
  }
  return RenderMetrics(status, summary);
}

}  // namespace memmon::api
