// SPDX-License-Identifier: Apache-2.0

#include "api/history_calls.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/convert.h"
#include "api/errors.h"
#include "api/process_token.h"
#include "api/summary.h"

namespace memmon::api {
namespace {

// How long an answer may wait for what of each process is in RAM: reading that of ten thousand
// takes a tenth of a second.
constexpr std::chrono::milliseconds kResidentLimit{500};

void PointToProto(const store::HistoryPoint& point, v1::HistoryPoint* out) {
  SetTimestamp(point.time_unix_ns, out->mutable_time());
  out->set_held_bytes(point.held_bytes);
  out->set_virtual_size_bytes(point.virtual_size_bytes);
  out->set_max_virtual_size_bytes(point.max_virtual_size_bytes);
  out->set_requested_bytes(point.requested_bytes);
  out->set_released_bytes(point.released_bytes);
  out->set_mmap_count(point.mmap_count);
  out->set_munmap_count(point.munmap_count);
  out->set_failed_count(point.failed_count);
}

void GapToProto(const store::HistoryGap& gap, v1::HistoryGap* out) {
  SetTimestamp(gap.start_unix_ns, out->mutable_start_time());
  SetTimestamp(gap.end_unix_ns, out->mutable_end_time());
  out->set_event_count(gap.event_count);
}

void SetDuration(int64_t ns, google::protobuf::Duration* out) {
  constexpr int64_t kSecond = 1'000'000'000;
  out->set_seconds(ns / kSecond);
  out->set_nanos(static_cast<int32_t>(ns % kSecond));
}

}  // namespace

grpc::Status ListProcesses(const Parts& parts, const ProcessListQuery& query,
                           store::Deadline deadline, int64_t now_unix_ns, Details details,
                           v1::ListProcessesResponse* response) {
  std::shared_ptr<void> turn;  // is given up when all of them are gone
  model::ProcessChanges everything;
  int64_t as_of_unix_ns = now_unix_ns;
  if (query.as_of_unix_ns) {
    auto stored =
        parts.store->GetProcesses({std::min(*query.as_of_unix_ns, now_unix_ns), deadline});
    if (!stored.ok()) return FromAbsl(stored.status());
    everything = std::move(stored->everything);
    as_of_unix_ns = stored->as_of_unix_ns;
    turn = std::move(stored->turn);
  } else {
    parts.processes->WaitForResident(kResidentLimit);
    everything = parts.processes->ChangesSince(0, 0);
  }
  std::erase_if(everything.processes, [&query](const model::Process& process) {
    return process.end_ns != 0 || !query.filter.Matches(process);
  });
  const auto next = model::TakePage(query.order, query.after, static_cast<size_t>(query.page_size),
                                    &everything.processes);
  for (const model::Process& process : everything.processes) {
    ToProto(process, everything.totals.realtime_offset_ns, details, response->add_processes());
  }
  if (next) response->set_next_page_token(EncodeProcessToken(*next, QueryHash(query)));
  SetTimestamp(as_of_unix_ns, response->mutable_as_of_time());
  return grpc::Status::OK;
}

grpc::Status GetProcessHistory(const Parts& parts, const store::HistoryQuery& query,
                               Details details, v1::GetProcessHistoryResponse* response) {
  auto history = parts.store->GetProcessHistory(query);
  if (!history.ok()) return FromAbsl(history.status());
  response->mutable_points()->Reserve(static_cast<int>(history->points.size()));
  for (const store::HistoryPoint& point : history->points)
    PointToProto(point, response->add_points());
  SetDuration(history->step_ns, response->mutable_resolution());
  response->set_from_rollups(history->from_rollups);
  ToProto(history->process, history->realtime_offset_ns, details, response->mutable_process());
  for (const store::HistoryGap& gap : history->gaps) GapToProto(gap, response->add_gaps());
  if (history->last_stored_unix_ns != 0) {
    SetTimestamp(history->last_stored_unix_ns, response->mutable_last_stored_time());
  }
  return grpc::Status::OK;
}

grpc::Status GetActivity(const Parts& parts, const store::ActivityQuery& query,
                         v1::GetActivityResponse* response) {
  auto activity = parts.store->GetActivity(query);
  if (!activity.ok()) return FromAbsl(activity.status());
  response->mutable_points()->Reserve(static_cast<int>(activity->points.size()));
  for (const store::ActivityPoint& point : activity->points) {
    v1::ActivityPoint* out = response->add_points();
    SetTimestamp(point.time_unix_ns, out->mutable_time());
    out->set_requested_bytes(point.requested_bytes);
    out->set_call_count(point.call_count);
  }
  SetDuration(activity->step_ns, response->mutable_resolution());
  for (const store::HistoryGap& gap : activity->gaps) GapToProto(gap, response->add_gaps());
  if (activity->oldest_unix_ns != 0) {
    SetTimestamp(activity->oldest_unix_ns, response->mutable_oldest_time());
  }
  if (activity->last_stored_unix_ns != 0) {
    SetTimestamp(activity->last_stored_unix_ns, response->mutable_last_stored_time());
  }
  return grpc::Status::OK;
}

grpc::Status GetStoredSummary(const Parts& parts, const v1::GetSummaryRequest& request,
                              const store::RequestedQuery& span, v1::GetSummaryResponse* response) {
  if (IsOfRequested(request)) {
    auto requested = parts.store->GetRequested(span);
    if (!requested.ok()) return FromAbsl(requested.status());
    SummarizeRequested(*requested, response);
    return grpc::Status::OK;
  }
  // At its end: what happened at the end itself is not in the span.
  auto stored = parts.store->GetProcesses({span.end_unix_ns - 1, span.deadline});
  if (!stored.ok()) return FromAbsl(stored.status());
  Summarize(stored->everything, request, response);
  return grpc::Status::OK;
}

}  // namespace memmon::api
