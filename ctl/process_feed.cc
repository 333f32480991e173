// SPDX-License-Identifier: Apache-2.0

#include "ctl/process_feed.h"

#include "base/backoff.h"

namespace memmon::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

ProcessFeed::ProcessFeed(const Connection* connection)
    : connection_(connection), thread_([this] { Run(); }) {}

ProcessFeed::~ProcessFeed() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    if (call_ != nullptr) call_->TryCancel();
    changed_.notify_all();
  }
  thread_.join();
}

void ProcessFeed::Ask(const v1::StreamProcessesRequest& request) {
  const std::lock_guard lock(mutex_);
  request_ = request;
  ++asked_;
  if (call_ != nullptr) call_->TryCancel();
  changed_.notify_all();
}

bool ProcessFeed::Take(uint64_t version, std::chrono::nanoseconds limit, ProcessView* view) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, limit, [&] { return view_.version > version; })) return false;
  *view = view_;
  return true;
}

void ProcessFeed::Publish() {
  view_.rows = processes_.Rows();
  view_.totals = processes_.totals();
  view_.events_per_second = processes_.events_per_second();
  ++view_.version;
  changed_.notify_all();
}

void ProcessFeed::Run() {
  base::Backoff backoff(milliseconds(500), seconds(10));
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || request_; });
    if (ending_) return;
    const uint64_t asked = asked_;
    const uint64_t version = view_.version;
    const v1::StreamProcessesRequest request = *request_;
    grpc::ClientContext context;
    call_ = &context;
    lock.unlock();
    const grpc::Status status = Read(&context, request);
    lock.lock();
    call_ = nullptr;
    if (ending_) return;
    if (view_.version > version) backoff.Reset();
    // Something else was asked for: no break.
    if (asked_ != asked) continue;
    if (!status.ok() && !IsPassing(status)) {
      view_.failure = connection_->Explain(status);
      ++view_.version;
      changed_.notify_all();
      return;
    }
    view_.trouble = connection_->Explain(status).text;
    ++view_.version;
    changed_.notify_all();
    changed_.wait_for(lock, backoff.Next(), [&] { return ending_ || asked_ != asked; });
  }
}

grpc::Status ProcessFeed::Read(grpc::ClientContext* context,
                               const v1::StreamProcessesRequest& request) {
  connection_->Prepare(context);
  const auto stream = connection_->stub()->StreamProcesses(context, request);
  v1::StreamProcessesResponse response;
  absl::Time ticked = absl::InfinitePast();
  while (stream->Read(&response)) {
    const std::lock_guard lock(mutex_);
    processes_.Apply(response);
    const absl::Time now = absl::Now();
    if (now - ticked >= absl::Milliseconds(900)) {
      processes_.Tick(now);
      ticked = now;
    }
    view_.trouble.clear();
    Publish();
  }
  return stream->Finish();
}

}  // namespace memmon::ctl
