// SPDX-License-Identifier: Apache-2.0

#include "api/event_request.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/errors.h"
#include "api/page_token.h"
#include "api/resume_token.h"
#include "api/who.h"

namespace memmon::api {
namespace {

// Nanoseconds since 1970 fit into 64 bits from 1677 to 2262.
constexpr int64_t kMaxSeconds = 9'000'000'000;

grpc::Status ReadMaxDelay(const v1::StreamEventsRequest& request, const std::string& path,
                          std::chrono::nanoseconds* delay) {
  if (!request.has_max_delay()) return grpc::Status::OK;
  const auto& asked = request.max_delay();
  // Seconds are bounded before they become nanoseconds.
  const bool is_near = asked.seconds() >= 0 && asked.seconds() <= 10 && asked.nanos() >= 0 &&
                       asked.nanos() <= 999'999'999;
  const std::chrono::nanoseconds read =
      std::chrono::seconds(is_near ? asked.seconds() : 0) + std::chrono::nanoseconds(asked.nanos());
  if (!is_near || read > kLongestMaxDelay) {
    return InvalidField(path + "max_delay", "must be from 0 to 10 s");
  }
  *delay = read;
  return grpc::Status::OK;
}

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
  grpc::Status status = ReadWho(request, path, filter);
  if (!status.ok()) return status;
  for (int i = 0; i < request.kinds_size(); ++i) {
    v1::EventKind kind = request.kinds(i);
    if (kind == v1::EVENT_KIND_UNSPECIFIED || !v1::EventKind_IsValid(kind)) {
      return InvalidField(absl::StrCat(path, ".kinds[", i, "]"),
                          absl::StrCat(static_cast<int>(kind), " is not a kind of event"));
    }
    filter->kinds.push_back(static_cast<model::EventKind>(kind));
  }
  SortUnique(&filter->kinds);
  filter->min_length_bytes = request.min_length_bytes();
  switch (request.outcome()) {
    case v1::EVENT_OUTCOME_UNSPECIFIED:
      filter->outcome = model::Outcome::kAny;
      break;
    case v1::EVENT_OUTCOME_SUCCEEDED:
      filter->outcome = model::Outcome::kSucceeded;
      break;
    case v1::EVENT_OUTCOME_FAILED:
      filter->outcome = model::Outcome::kFailed;
      break;
    default:
      return InvalidField(
          absl::StrCat(path, ".outcome"),
          absl::StrCat(static_cast<int>(request.outcome()), " is not a way to end"));
  }
  return grpc::Status::OK;
}

grpc::Status ReadStreamEvents(const v1::StreamEventsRequest& request, const std::string& path,
                              const std::string& machine_id, Details details,
                              EventStreamOptions* options) {
  grpc::Status status = ReadFilter(request.filter(), path + "filter", &options->filter);
  if (!status.ok()) return status;
  status = EventFields::Read(request.field_mask(), path + "field_mask", &options->fields);
  if (!status.ok()) return status;
  if (details == Details::kHidden) options->fields.HideDetails();
  options->machine_id = machine_id;
  if (!request.resume_token().empty()) {
    absl::StatusOr<model::Position> position =
        DecodeResumeToken(request.resume_token(), machine_id);
    if (!position.ok()) {
      return InvalidField(path + "resume_token", std::string(position.status().message()));
    }
    options->resume = *std::move(position);
  }
  options->max_per_second = request.max_per_second();
  return ReadMaxDelay(request, path, &options->max_delay);
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
