// SPDX-License-Identifier: Apache-2.0
//
// The way of calls to the gRPC server of the same process, until it is closed.
// gRPC 1.51 does not survive a call that begins on an in-process channel while its
// server is going: so this is closed first.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_WEB_API_CHANNEL_H_
#define MEMMON_WEB_API_CHANNEL_H_

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "web/grpc_web_call.h"

namespace memmon::web {

class ApiChannel {
 public:
  explicit ApiChannel(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  // As GrpcWebCall::Start. Null where it is closed; nothing is called then.
  std::shared_ptr<GrpcWebCall> Start(CallRequest request, GrpcWebCall::OnMessage on_message,
                                     GrpcWebCall::OnEnd on_end) const {
    const std::shared_lock lock(mutex_);
    if (channel_ == nullptr) return nullptr;
    return GrpcWebCall::Start(channel_, std::move(request), std::move(on_message),
                              std::move(on_end));
  }

  // No call begins after this has returned. Those that are under way go on.
  void Close() {
    const std::lock_guard lock(mutex_);
    channel_ = nullptr;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_API_CHANNEL_H_
