// SPDX-License-Identifier: Apache-2.0

#include "ctl/event_follower.h"

namespace memmon::ctl {

grpc::Status EventFollower::Follow(v1::StreamEventsRequest request, const Sink& sink,
                                   const OnBreak& on_break) {
  bool broke = false;
  for (;;) {
    grpc::ClientContext context;
    connection_->Prepare(&context);
    const OnStop cancel(stop_, [&context] { context.TryCancel(); });
    const auto stream = connection_->stub()->StreamEvents(&context, request);
    v1::StreamEventsResponse response;
    while (stream->Read(&response)) {
      backoff_.Reset();
      if (broke && request.resume_token().empty() && !response.has_gap()) {
        response.mutable_gap()->set_reason(messages_(Key::kConnectionBroke));
      }
      broke = false;
      if (!response.resume_token().empty()) request.set_resume_token(response.resume_token());
      if (!sink(response)) {
        context.TryCancel();
        stream->Finish();
        return grpc::Status::OK;
      }
    }
    const grpc::Status status = stream->Finish();
    if (stop_->asked()) return grpc::Status::OK;
    // A stream of events has no end: one that was closed in order is a break, too.
    if (!status.ok() && !IsPassing(status)) return status;
    broke = true;
    const std::chrono::nanoseconds pause = backoff_.Next();
    on_break(status, pause);
    if (stop_->WaitFor(pause)) return grpc::Status::OK;
  }
}

}  // namespace memmon::ctl
