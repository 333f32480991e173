// SPDX-License-Identifier: Apache-2.0

#include "api/watch_producer.h"

#include <algorithm>
#include <utility>

namespace memmon::api {
namespace {

enum Part { kStatus, kProcesses, kEvents, kParts };

}  // namespace

WatchProducer::WatchProducer(std::unique_ptr<EventProducer> events,
                             std::unique_ptr<ProcessProducer> processes, FillStatus status)
    : events_(std::move(events)), processes_(std::move(processes)), status_(std::move(status)) {}

bool WatchProducer::Next(bool last, v1::WatchResponse* message, Clock::time_point* again) {
  for (int i = 0; i < kParts; ++i) {
    int part = turn_;
    turn_ = (turn_ + 1) % kParts;
    if (NextOf(part, last, message, again)) return true;
  }
  return false;
}

bool WatchProducer::NextOf(int part, bool last, v1::WatchResponse* message,
                           Clock::time_point* again) {
  // A part that has nothing must not leave its mark in the oneof.
  bool some = false;
  switch (part) {
    case kEvents:
      if (events_ == nullptr) return false;
      some = events_->Next(last, message->mutable_events(), again);
      break;
    case kProcesses:
      if (processes_ == nullptr) return false;
      some = processes_->Next(last, message->mutable_processes(), again);
      break;
    case kStatus: {
      if (status_ == nullptr) return false;
      Clock::time_point now = Clock::now();
      some = now >= status_due_;
      if (some) {
        status_(message->mutable_status());
        status_due_ = now + kStatusInterval;
      } else {
        *again = std::min(*again, status_due_);
      }
      break;
    }
  }
  if (!some) message->clear_item();
  return some;
}

}  // namespace memmon::api
