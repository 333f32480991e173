// SPDX-License-Identifier: Apache-2.0

#include "web/strand_call.h"

#include <grpc/status.h>

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "api/json.h"

namespace memmon::web {

namespace asio = boost::asio;

void StrandCall::Start(CallRequest request, const std::shared_ptr<void>& owner,
                       GrpcWebCall::OnMessage on_message, GrpcWebCall::OnEnd on_end) {
  if (abandoned_) return;
  refused_ = false;
  share_.Release();
  const auto known = api::Method::Find(request.method);
  const bool streams = known && known->streams();
  const GrpcWebCall::OnEnd end = [this, owner, on_end = std::move(on_end)](CallEnd how) {
    asio::post(strand_, [this, owner, on_end, how = std::move(how)]() mutable {
      call_.reset();
      if (refused_) how = {GRPC_STATUS_RESOURCE_EXHAUSTED, kTooManyAnswers, {}};
      if (!abandoned_) on_end(std::move(how));
    });
  };
  call_ = api_->Start(
      std::move(request),
      [this, owner, streams, on_message = std::move(on_message)](std::string frame) {
        asio::post(strand_, [this, owner, streams, on_message, frame = std::move(frame)]() mutable {
          OnMessage(std::move(frame), streams, on_message);
        });
      },
      end);
  if (call_ == nullptr) end({GRPC_STATUS_UNAVAILABLE, "memmond is being stopped; try again", {}});
}

void StrandCall::OnMessage(std::string frame, bool streams,
                           const GrpcWebCall::OnMessage& on_message) {
  if (abandoned_) return;
  if (!streams) {
    auto share = answers_->Take(frame.size());
    if (!share) {
      refused_ = true;
      if (call_ != nullptr) call_->Cancel();
      return;
    }
    share_ = *std::move(share);
  }
  on_message(std::move(frame));
}

void StrandCall::ReadNext() {
  share_.Release();
  if (call_ != nullptr) call_->ReadNext();
}

void StrandCall::Abandon() {
  abandoned_ = true;
  if (call_ != nullptr) std::exchange(call_, nullptr)->Cancel();
}

}  // namespace memmon::web
