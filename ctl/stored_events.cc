// SPDX-License-Identifier: Apache-2.0

#include "ctl/stored_events.h"

#include <algorithm>
#include <limits>

#include "ctl/time_text.h"

namespace memmon::ctl {
namespace {

constexpr size_t kPage = 1'000;
// What a window should hold: with less than a quarter of it the next is doubled.
constexpr size_t kWanted = 20'000;
// What it may hold: with more it is given up and asked for again, smaller.
constexpr size_t kLimit = 2 * kWanted;
constexpr int kShrink = 16;
constexpr absl::Duration kFirstWindow = absl::Seconds(1);
// Not divided any more, whatever it holds.
constexpr absl::Duration kLeastWindow = absl::Milliseconds(1);

}  // namespace

grpc::Status StoredEvents::Read(absl::Time since, absl::Time until, const Sink& sink) const {
  v1::ListEventsRequest request;
  *request.mutable_filter() = filter_;
  absl::Duration window = kFirstWindow;
  while (since < until) {
    const absl::Time end = std::min(since + window, until);
    *request.mutable_start_time() = ToProto(since);
    *request.mutable_end_time() = ToProto(end);
    std::vector<v1::Event> events;
    const bool least = window <= kLeastWindow;
    const grpc::Status status =
        ReadBack(request, least ? std::numeric_limits<size_t>::max() : kLimit, &events);
    if (!status.ok()) return status;
    if (!least && events.size() == kLimit) {
      window = std::max(window / kShrink, kLeastWindow);
      continue;
    }
    std::reverse(events.begin(), events.end());
    if (!events.empty() && !sink(events)) break;
    if (events.size() < kWanted / 4) window = window * 2;
    since = end;
  }
  return grpc::Status::OK;
}

grpc::Status StoredEvents::ReadLast(size_t count, absl::Time until, const Sink& sink) const {
  v1::ListEventsRequest request;
  *request.mutable_filter() = filter_;
  *request.mutable_end_time() = ToProto(until);
  std::vector<v1::Event> events;
  const grpc::Status status = ReadBack(request, count, &events);
  if (!status.ok()) return status;
  std::reverse(events.begin(), events.end());
  if (!events.empty()) sink(events);
  return grpc::Status::OK;
}

grpc::Status StoredEvents::ReadBack(const v1::ListEventsRequest& first, size_t limit,
                                    std::vector<v1::Event>* events) const {
  v1::ListEventsRequest request = first;
  request.set_page_size(static_cast<int32_t>(std::min(limit, kPage)));
  while (events->size() < limit) {
    v1::ListEventsResponse page;
    const grpc::Status status =
        connection_->Call(&v1::MemoryMonitor::Stub::ListEvents, request, &page);
    if (!status.ok()) return status;
    for (v1::Event& event : *page.mutable_events()) {
      if (events->size() < limit) events->push_back(std::move(event));
    }
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return grpc::Status::OK;
}

}  // namespace memmon::ctl
