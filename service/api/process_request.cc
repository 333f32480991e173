// SPDX-License-Identifier: Apache-2.0

#include "api/process_request.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "api/errors.h"
#include "api/event_request.h"
#include "api/process_token.h"
#include "api/summary.h"
#include "api/who.h"

namespace memmon::api {
namespace {

grpc::Status ReadOrder(v1::ProcessOrder asked, const std::string& field,
                       model::ProcessOrder* order) {
  switch (asked) {
    case v1::PROCESS_ORDER_UNSPECIFIED:
    case v1::PROCESS_ORDER_HELD_BYTES:
      *order = model::ProcessOrder::kHeld;
      return grpc::Status::OK;
    case v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES:
      *order = model::ProcessOrder::kVirtualSize;
      return grpc::Status::OK;
    case v1::PROCESS_ORDER_REQUESTED_BYTES:
      *order = model::ProcessOrder::kRequested;
      return grpc::Status::OK;
    case v1::PROCESS_ORDER_MMAP_COUNT:
      *order = model::ProcessOrder::kMmapCount;
      return grpc::Status::OK;
    case v1::PROCESS_ORDER_NAME:
      *order = model::ProcessOrder::kName;
      return grpc::Status::OK;
    case v1::PROCESS_ORDER_PID:
      *order = model::ProcessOrder::kTgid;
      return grpc::Status::OK;
    default:
      return InvalidField(field, absl::StrCat(static_cast<int>(asked), " is not an order"));
  }
}

// start_time and end_time, 0 where not set.
template <typename Request>
grpc::Status ReadSpan(const Request& request, int64_t* start_unix_ns, int64_t* end_unix_ns) {
  if (request.has_start_time()) {
    grpc::Status status = ReadTime(request.start_time(), "start_time", start_unix_ns);
    if (!status.ok()) return status;
  }
  if (request.has_end_time()) {
    grpc::Status status = ReadTime(request.end_time(), "end_time", end_unix_ns);
    if (!status.ok()) return status;
    if (*end_unix_ns <= *start_unix_ns) {
      return InvalidField("end_time", "must be later than start_time");
    }
  }
  return grpc::Status::OK;
}

grpc::Status ReadInterval(const v1::StreamProcessesRequest& request, const std::string& path,
                          std::chrono::milliseconds* interval) {
  if (!request.has_min_interval()) return grpc::Status::OK;
  const auto& asked = request.min_interval();
  // Seconds are bounded before they are multiplied.
  int64_t ms = asked.seconds() >= -1'000 && asked.seconds() <= 1'000
                   ? asked.seconds() * 1'000 + asked.nanos() / 1'000'000
                   : -1;
  if (ms < kMinInterval.count() || ms > kMaxInterval.count()) {
    return InvalidField(path + "min_interval", "must be from 20 ms to 60 s");
  }
  *interval = std::chrono::milliseconds(ms);
  return grpc::Status::OK;
}

grpc::Status ReadMaxPoints(int32_t requested, int* max_points) {
  if (requested < 0) return InvalidField("max_points", "must not be negative");
  *max_points = requested == 0 ? kDefaultPoints : std::min(requested, kMaxPoints);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status ReadProcessFilter(const v1::ProcessFilter& request, const std::string& path,
                               model::ProcessFilter* filter) {
  return ReadWho(request, path, filter);
}

grpc::Status ReadStreamProcesses(const v1::StreamProcessesRequest& request, const std::string& path,
                                 Details details, ProcessStreamOptions* options) {
  options->details = details;
  grpc::Status status = ReadProcessFilter(request.filter(), path + "filter", &options->filter);
  if (status.ok()) status = ReadOrder(request.order(), path + "order", &options->order);
  if (!status.ok()) return status;
  options->limit = request.limit();
  return ReadInterval(request, path, &options->interval);
}

grpc::Status ReadListProcesses(const v1::ListProcessesRequest& request, ProcessListQuery* query) {
  grpc::Status status = ReadProcessFilter(request.filter(), "filter", &query->filter);
  if (status.ok()) status = ReadOrder(request.order(), "order", &query->order);
  if (!status.ok()) return status;
  if (request.has_as_of_time()) {
    status = ReadTime(request.as_of_time(), "as_of_time", &query->as_of_unix_ns.emplace());
    if (!status.ok()) return status;
  }
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  query->page_size =
      request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kMaxPageSize);
  if (!request.page_token().empty()) {
    absl::StatusOr<model::ProcessPlace> place =
        DecodeProcessToken(request.page_token(), QueryHash(*query));
    if (!place.ok()) return InvalidField("page_token", std::string(place.status().message()));
    query->after = *std::move(place);
  }
  return grpc::Status::OK;
}

grpc::Status ReadProcessHistory(const v1::GetProcessHistoryRequest& request,
                                store::HistoryQuery* query) {
  if (request.process().pid() == 0) {
    return InvalidField("process.pid", "must be the id of a process");
  }
  query->process = {request.process().pid(), request.process().start_ns()};
  grpc::Status status = ReadMaxPoints(request.max_points(), &query->max_points);
  if (!status.ok()) return status;
  return ReadSpan(request, &query->start_unix_ns, &query->end_unix_ns);
}

grpc::Status ReadActivity(const v1::GetActivityRequest& request, store::ActivityQuery* query) {
  grpc::Status status = ReadMaxPoints(request.max_points(), &query->max_points);
  if (!status.ok()) return status;
  return ReadSpan(request, &query->start_unix_ns, &query->end_unix_ns);
}

grpc::Status ReadSummarySpan(const v1::GetSummaryRequest& request, int64_t now_unix_ns,
                             std::optional<store::RequestedQuery>* span) {
  if (!request.has_start_time() && !request.has_end_time()) return grpc::Status::OK;
  store::RequestedQuery& query = span->emplace();
  query.count = request.slice_count() == 0 ? kDefaultSlices : request.slice_count();
  grpc::Status status = ReadSpan(request, &query.start_unix_ns, &query.end_unix_ns);
  if (status.ok() && !request.has_end_time()) query.end_unix_ns = now_unix_ns;
  if (status.ok() && query.end_unix_ns <= query.start_unix_ns) {
    return InvalidField("start_time", "must not be in the future");
  }
  return status;
}

}  // namespace memmon::api
