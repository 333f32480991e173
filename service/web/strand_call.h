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

#include "web/answer_budget.h"
#include "web/api_channel.h"
#include "web/grpc_web_call.h"

namespace memmon::web {

class StrandCall {
 public:
  StrandCall(boost::asio::any_io_executor strand, std::shared_ptr<const ApiChannel> api,
             std::shared_ptr<AnswerBudget> answers)
      : strand_(std::move(strand)), api_(std::move(api)), answers_(std::move(answers)) {}

  // As GrpcWebCall::Start; `owner` is held until the call has ended. It ends with
  // UNAVAILABLE where the API is closed, and with RESOURCE_EXHAUSTED where its answer has no
  // room: a message has its share until the next is read or the call after it begins. One at a
  // time; none once it was abandoned.
  void Start(CallRequest request, const std::shared_ptr<void>& owner,
             GrpcWebCall::OnMessage on_message, GrpcWebCall::OnEnd on_end);

  // After on_message, when the next one can be taken.
  void ReadNext();

  // Cancels the call, for good: on_end does not come.
  void Abandon();
  bool abandoned() const { return abandoned_; }

 private:
  void OnMessage(std::string frame, bool streams, const GrpcWebCall::OnMessage& on_message);

  const boost::asio::any_io_executor strand_;
  const std::shared_ptr<const ApiChannel> api_;
  const std::shared_ptr<AnswerBudget> answers_;
  std::shared_ptr<GrpcWebCall> call_;  // null: none, or it has ended
  AnswerBudget::Share share_;
  bool refused_ = false;  // for its answer
  bool abandoned_ = false;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_STRAND_CALL_H_
