// SPDX-License-Identifier: Apache-2.0

#include "api/event_request.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "api/errors.h"
#include "api/page_token.h"

namespace memmon::api {
namespace {

// Nanoseconds since 1970 fit into 64 bits from 1677 to 2262.
constexpr int64_t kMaxSeconds = 9'000'000'000;

}  // namespace

grpc::Status ReadTime(const google::protobuf::Timestamp& timestamp, const std::string& field,
                      int64_t* unix_ns) {
  if (timestamp.nanos() < 0 || timestamp.nanos() > 999'999'999) {
    return InvalidField(field, "nanos must be from 0 to 999,999,999");
  }
  if (timestamp.seconds() < 0 || timestamp.seconds() > kMaxSeconds) {
    return InvalidField(field, "must be a time from 1970 to 2255");
  }
  *unix_ns = timestamp.seconds() * 1'000'000'000 + timestamp.nanos();
  return grpc::Status::OK;
}

grpc::Status ReadFilter(const v1::EventFilter& request, const std::string& path,
                        model::Filter* filter) {
  if (request.pids_size() > kMaxPids) {
    return InvalidField(
        absl::StrCat(path, ".pids"),
        absl::StrCat("at most ", kMaxPids, " are taken, not ", request.pids_size()));
  }
  if (request.process_names_size() > kMaxProcessNames) {
    return InvalidField(absl::StrCat(path, ".process_names"),
                        absl::StrCat("at most ", kMaxProcessNames, " are taken, not ",
                                     request.process_names_size()));
  }
  filter->tgids.assign(request.pids().begin(), request.pids().end());
  std::sort(filter->tgids.begin(), filter->tgids.end());
  filter->tgids.erase(std::unique(filter->tgids.begin(), filter->tgids.end()), filter->tgids.end());
  for (int i = 0; i < request.process_names_size(); ++i) {
    const std::string& name = request.process_names(i);
    if (name.empty() || name.size() > kMaxProcessNameBytes) {
      return InvalidField(
          absl::StrCat(path, ".process_names[", i, "]"),
          absl::StrCat("must be 1 to ", kMaxProcessNameBytes, " bytes, not ", name.size()));
    }
    filter->names.push_back(name);
  }
  for (int i = 0; i < request.kinds_size(); ++i) {
    v1::EventKind kind = request.kinds(i);
    if (kind == v1::EVENT_KIND_UNSPECIFIED || !v1::EventKind_IsValid(kind)) {
      return InvalidField(absl::StrCat(path, ".kinds[", i, "]"),
                          absl::StrCat(static_cast<int>(kind), " is not a kind of event"));
    }
    filter->kinds.push_back(static_cast<model::EventKind>(kind));
  }
  std::sort(filter->kinds.begin(), filter->kinds.end());
  filter->kinds.erase(std::unique(filter->kinds.begin(), filter->kinds.end()), filter->kinds.end());
  filter->min_length_bytes = request.min_length_bytes();
  return grpc::Status::OK;
}

grpc::Status ReadInterval(const v1::StreamProcessesRequest& request, const std::string& path,
                          std::chrono::milliseconds* interval) {
  *interval = kDefaultInterval;
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

grpc::Status ReadListEvents(const v1::ListEventsRequest& request, store::EventQuery* query) {
  grpc::Status status = ReadFilter(request.filter(), "filter", &query->filter);
  if (!status.ok()) return status;
  if (request.has_start_time()) {
    status = ReadTime(request.start_time(), "start_time", &query->start_unix_ns);
    if (!status.ok()) return status;
  }
  if (request.has_end_time()) {
    status = ReadTime(request.end_time(), "end_time", &query->end_unix_ns);
    if (!status.ok()) return status;
    if (query->end_unix_ns <= query->start_unix_ns) {
      return InvalidField("end_time", "must be later than start_time");
    }
  }
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  query->page_size =
      request.page_size() == 0 ? kDefaultPageSize : std::min(request.page_size(), kMaxPageSize);
  if (!request.page_token().empty()) {
    absl::StatusOr<store::EventPosition> position =
        DecodePageToken(request.page_token(), QueryHash(*query));
    if (!position.ok()) return InvalidField("page_token", std::string(position.status().message()));
    query->before = *position;
  }
  return grpc::Status::OK;
}

}  // namespace memmon::api
