// SPDX-License-Identifier: Apache-2.0

#include "api/process_request.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/errors.h"
#include "api/event_request.h"
#include "api/process_token.h"
#include "api/summary.h"

namespace memmon::api {
namespace {

template <typename T, typename Values>
void Assign(const Values& values, std::vector<T>* sorted) {
  sorted->assign(values.begin(), values.end());
  std::sort(sorted->begin(), sorted->end());
  sorted->erase(std::unique(sorted->begin(), sorted->end()), sorted->end());
}

grpc::Status ReadOrder(v1::ProcessOrder asked, model::ProcessOrder* order) {
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
      return InvalidField("order", absl::StrCat(static_cast<int>(asked), " is not an order"));
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

}  // namespace

grpc::Status ReadProcessFilter(const v1::ProcessFilter& request, const std::string& path,
                               model::ProcessFilter* filter) {
  for (const auto& [field, count, most] :
       {std::tuple("pids", request.pids_size(), kMaxPids),
        std::tuple("process_names", request.process_names_size(), kMaxProcessNames),
        std::tuple("uids", request.uids_size(), kMaxUids),
        std::tuple("cgroup_ids", request.cgroup_ids_size(), kMaxCgroupIds)}) {
    if (count > most) {
      return InvalidField(absl::StrCat(path, ".", field),
                          absl::StrCat("at most ", most, " are taken, not ", count));
    }
  }
  for (int i = 0; i < request.process_names_size(); ++i) {
    const std::string& name = request.process_names(i);
    if (name.empty() || name.size() > kMaxProcessNameBytes) {
      return InvalidField(
          absl::StrCat(path, ".process_names[", i, "]"),
          absl::StrCat("must be 1 to ", kMaxProcessNameBytes, " bytes, not ", name.size()));
    }
    filter->names.push_back(name);
  }
  Assign(request.pids(), &filter->tgids);
  Assign(request.uids(), &filter->uids);
  Assign(request.cgroup_ids(), &filter->cgroup_ids);
  return grpc::Status::OK;
}

grpc::Status ReadListProcesses(const v1::ListProcessesRequest& request, ProcessListQuery* query) {
  grpc::Status status = ReadProcessFilter(request.filter(), "filter", &query->filter);
  if (status.ok()) status = ReadOrder(request.order(), &query->order);
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
  if (request.max_points() < 0) return InvalidField("max_points", "must not be negative");
  query->max_points =
      request.max_points() == 0 ? kDefaultPoints : std::min(request.max_points(), kMaxPoints);
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
