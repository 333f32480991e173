// SPDX-License-Identifier: Apache-2.0

#include "web/strand_call.h"

#include <grpc/status.h>

#include <boost/asio/post.hpp>
#include <string>
#include <utility>

namespace memmon::web {

namespace asio = boost::asio;

void StrandCall::Start(CallRequest request, const std::shared_ptr<void>& owner,
                       GrpcWebCall::OnMessage on_message, GrpcWebCall::OnEnd on_end) {
  if (abandoned_) return;
  const GrpcWebCall::OnEnd end = [this, owner, on_end = std::move(on_end)](CallEnd how) {
    asio::post(strand_, [this, owner, on_end, how = std::move(how)]() mutable {
      call_.reset();
      if (!abandoned_) on_end(std::move(how));
    });
  };
  call_ = api_->Start(
      std::move(request),
      [this, owner, on_message = std::move(on_message)](std::string frame) {
        asio::post(strand_, [this, owner, on_message, frame = std::move(frame)]() mutable {
          if (!abandoned_) on_message(std::move(frame));
        });
      },
      end);
  if (call_ == nullptr) end({GRPC_STATUS_UNAVAILABLE, "memmond is being stopped; try again", {}});
}

void StrandCall::ReadNext() {
  if (call_ != nullptr) call_->ReadNext();
}

void StrandCall::Abandon() {
  abandoned_ = true;
  if (call_ != nullptr) std::exchange(call_, nullptr)->Cancel();
}

}  // namespace memmon::web
