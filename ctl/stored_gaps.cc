// SPDX-License-Identifier: Apache-2.0

#include "ctl/stored_gaps.h"

#include <algorithm>
#include <optional>
#include <string>

#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// The API's own limit.
constexpr int32_t kMostPoints = 2'000;

// Between an event and the database.
constexpr absl::Duration kOnItsWay = absl::Minutes(1);

}  // namespace

grpc::Status ReadGaps(const Connection& connection, absl::Time since, absl::Time until,
                      StoredGaps* gaps, std::optional<absl::Time>* last_stored) {
  if (since >= until) return grpc::Status::OK;
  v1::GetActivityRequest request;
  *request.mutable_start_time() = ToProto(since);
  *request.mutable_end_time() = ToProto(until);
  request.set_max_points(kMostPoints);
  v1::GetActivityResponse activity;
  const grpc::Status status =
      connection.Call(&v1::MemoryMonitor::Stub::GetActivity, request, &activity);
  for (const v1::HistoryGap& gap : activity.gaps()) {
    // Its span is widened to whole steps.
    if (FromProto(gap.start_time()) >= until || FromProto(gap.end_time()) < since) continue;
    *gaps->Add() = gap;
  }
  if (activity.has_last_stored_time()) *last_stored = FromProto(activity.last_stored_time());
  return status;
}

void TellGaps(const Context& context, const StoredGaps& gaps) {
  for (const v1::HistoryGap& gap : gaps) {
    const std::string start = DateTime(FromProto(gap.start_time()), context.zone);
    const std::string end = DateTime(FromProto(gap.end_time()), context.zone);
    context.err << "memmonctl: "
                << (gap.event_count() > 0
                        ? context.messages(Key::kStoredGap, GroupedCount(gap.event_count()), start,
                                           end)
                        : context.messages(Key::kNotCaptured, start, end))
                << std::endl;
  }
}

void TellLastStored(const Context& context, std::optional<absl::Time> last_stored,
                    absl::Time until) {
  if (!last_stored || std::min(until, absl::Now()) - *last_stored <= kOnItsWay) return;
  context.err << "memmonctl: "
              << context.messages(Key::kStoredUntil, DateTime(*last_stored, context.zone))
              << std::endl;
}

}  // namespace memmon::ctl
