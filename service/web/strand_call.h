// SPDX-License-Identifier: Apache-2.0
//
// The call of a connection: what it says comes on the connection's strand, and
// nothing comes once it was abandoned.
//
// Thread safety: all methods on that strand. Whoever owns this lives until the call
// has ended: see Start.

#ifndef MEMMON_WEB_STRAND_CALL_H_
#define MEMMON_WEB_STRAND_CALL_H_

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "web/api_channel.h"
#include "web/grpc_web_call.h"

namespace memmon::web {

class StrandCall {
 public:
  StrandCall(boost::asio::any_io_executor strand, std::shared_ptr<const ApiChannel> api)
      : strand_(std::move(strand)), api_(std::move(api)) {}

  // As GrpcWebCall::Start; `owner` is held until the call has ended. It ends with
  // UNAVAILABLE where the API is closed. One at a time; none once it was abandoned.
  void Start(CallRequest request, const std::shared_ptr<void>& owner,
             GrpcWebCall::OnMessage on_message, GrpcWebCall::OnEnd on_end);

  // After on_message, when the next one can be taken.
  void ReadNext();

  // Cancels the call, for good: on_end does not come.
  void Abandon();
  bool abandoned() const { return abandoned_; }

 private:
  const boost::asio::any_io_executor strand_;
  const std::shared_ptr<const ApiChannel> api_;
  std::shared_ptr<GrpcWebCall> call_;  // null: none, or it has ended
  bool abandoned_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_STRAND_CALL_H_
