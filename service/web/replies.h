// SPDX-License-Identifier: Apache-2.0
//
// Answers that are known at once: everything but gRPC-Web.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_WEB_REPLIES_H_
#define MEMMON_WEB_REPLIES_H_

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <string_view>

#include "web/answer_body.h"
#include "web/handlers.h"
#include "web/static_files.h"
#include "web/target.h"

namespace memmon::web {

namespace http = boost::beast::http;
using Request = http::request<http::string_body>;
using Response = http::response<AnswerBody>;

// The headers that every response has: what the page may do, and that nobody
// may guess types or frame it.
void SetCommonHeaders(http::fields* fields);

// A sentence for people. Closes the connection unless `keep_alive`.
Response PlainReply(http::status status, std::string_view text, bool keep_alive);

class Replies {
 public:
  Replies(Handlers handlers, const std::string& web_root);

  // For a request that is not gRPC-Web's.
  Response Answer(const Request& request, const Target& target) const;

 private:
  Response AnswerFile(const Request& request, const Target& target) const;
  Response AnswerMemoryLogs(const Request& request, const Target& target) const;

  const Handlers handlers_;
  const StaticFiles files_;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_REPLIES_H_
