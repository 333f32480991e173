// SPDX-License-Identifier: Apache-2.0

#include "api/watch_producer.h"

#include <algorithm>
#include <utility>

#include "api/wire.h"

namespace memmon::api {
namespace {

enum Part { kStatus, kProcesses, kEvents, kParts };

}  // namespace

WatchProducer::WatchProducer(std::unique_ptr<EventProducer> events,
                             std::unique_ptr<ProcessProducer> processes, FillStatus status)
    : events_(std::move(events)), processes_(std::move(processes)), status_(std::move(status)) {}

bool WatchProducer::Next(bool last, grpc::ByteBuffer* message, Clock::time_point* again) {
  for (int i = 0; i < kParts; ++i) {
    int part = turn_;
    turn_ = (turn_ + 1) % kParts;
    if (NextOf(part, last, message, again)) return true;
  }
  return false;
}

bool WatchProducer::NextOf(int part, bool last, grpc::ByteBuffer* message,
                           Clock::time_point* again) {
  v1::WatchResponse item;
  switch (part) {
    case kEvents: {
      grpc::ByteBuffer events;
      if (events_ == nullptr || !events_->Next(last, &events, again)) return false;
      *message = AsField(v1::WatchResponse::kEventsFieldNumber, events);
      return true;
    }
    case kProcesses:
      if (processes_ == nullptr || !processes_->Next(last, item.mutable_processes(), again)) {
        return false;
      }
      break;
    case kStatus: {
      if (status_ == nullptr) return false;
      const Clock::time_point now = Clock::now();
      if (now < status_due_) {
        *again = std::min(*again, status_due_);
        return false;
      }
      status_(item.mutable_status());
      status_due_ = now + kStatusInterval;
      break;
    }
  }
  const grpc::Slice bytes = ToSlice(item.SerializeAsString());
  *message = grpc::ByteBuffer(&bytes, 1);
  return true;
}

}  // namespace memmon::api
