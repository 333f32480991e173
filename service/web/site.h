// SPDX-License-Identifier: Apache-2.0
//
// What all connections of the web server share; outlives them.
//
// Thread safety: all members, from any thread.

#ifndef MEMMON_WEB_SITE_H_
#define MEMMON_WEB_SITE_H_

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "web/answer_budget.h"
#include "web/api_channel.h"
#include "web/gate.h"
#include "web/limits.h"
#include "web/replies.h"

namespace memmon::web {

struct Site {
  Replies replies;
  std::shared_ptr<ApiChannel> api;
  std::shared_ptr<AnswerBudget> answers;
  Gate gate;
  Limits limits;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain HTTP
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_SITE_H_
