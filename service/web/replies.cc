// SPDX-License-Identifier: Apache-2.0

#include "web/replies.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "web/headers.h"
#include "web/memory_logs.h"

namespace memmon::web {
namespace {

// Everything from here and nothing inline. (Scripts may set styles through the
// DOM, as charts do for their tool tips: that is no style attribute.)
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

Response TextReply(const Request& request, std::string type, std::string body) {
  Response response{http::status::ok, 11};
  SetCommonHeaders(&response);
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(request.keep_alive());
  response.body().own = std::move(body);
  response.prepare_payload();
  return response;
}

// ETag lists of If-None-Match, compared weakly.
bool Matches(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

void SetCommonHeaders(http::fields* fields) {
  fields->set(http::field::server, "memmond");
  fields->set("Content-Security-Policy", kPolicy);
  fields->set("X-Content-Type-Options", "nosniff");
  fields->set("X-Frame-Options", "DENY");
  fields->set("Referrer-Policy", "no-referrer");
  fields->set("Cross-Origin-Opener-Policy", "same-origin");
  fields->set("Cross-Origin-Resource-Policy", "same-origin");
  fields->set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
}

Response PlainReply(http::status status, std::string_view text, bool keep_alive) {
  Response response{status, 11};
  SetCommonHeaders(&response);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(keep_alive);
  response.body().own = absl::StrCat(std::string(text), "\n");
  response.prepare_payload();
  return response;
}

Replies::Replies(Handlers handlers, const std::string& web_root)
    : handlers_(std::move(handlers)), files_(web_root) {}

Response Replies::Answer(const Request& request, const Target& target) const {
  bool head = request.method() == http::verb::head;
  if (!head && request.method() != http::verb::get) {
    Response response = PlainReply(http::status::method_not_allowed,
                                   "only GET and HEAD here; gRPC-Web calls are POSTs of "
                                   "application/grpc-web+proto",
                                   request.keep_alive());
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  Response response;
  if (target.path == "/healthz") {
    response = TextReply(request, "text/plain; charset=utf-8", "ok\n");
  } else if (target.path == "/metrics") {
    response = TextReply(request, "text/plain; version=0.0.4; charset=utf-8", handlers_.metrics());
  } else if (target.path == "/api/memorylogs") {
    response = AnswerMemoryLogs(request, target);
  } else {
    response = AnswerFile(request, target);
  }
  // Content-Length stays that of the body a GET would have.
  if (head) response.body() = {};
  return response;
}

Response Replies::AnswerMemoryLogs(const Request& request, const Target& target) const {
  absl::StatusOr<PageRequest> page = ParsePageRequest(target.query);
  if (!page.ok()) {
    return PlainReply(http::status::bad_request, std::string(page.status().message()),
                      request.keep_alive());
  }
  live::RecentPage recent =
      handlers_.memory_logs((page->page - 1) * page->page_size, page->page_size);
  Response response = TextReply(request, "application/json", RenderMemoryLogs(recent));
  response.set("X-Total-Count", absl::StrCat(recent.total));
  return response;
}

Response Replies::AnswerFile(const Request& request, const Target& target) const {
  std::optional<StaticFile> file =
      files_.Find(target.path, View(request[http::field::accept_encoding]));
  if (!file) {
    if (!files_.available()) {
      return PlainReply(http::status::not_found,
                        "the dashboard is not there: build it (npm ci && npm run build in "
                        "webui/) or name its folder with --web-root",
                        request.keep_alive());
    }
    return PlainReply(http::status::not_found, "no such page", request.keep_alive());
  }
  Response response{http::status::ok, 11};
  SetCommonHeaders(&response);
  response.set(http::field::etag, file->etag);
  response.set(http::field::cache_control, file->cache_control);
  response.set(http::field::vary, "Accept-Encoding");
  response.keep_alive(request.keep_alive());
  if (Matches(View(request[http::field::if_none_match]), file->etag)) {
    response.result(http::status::not_modified);
    return response;
  }
  response.set(http::field::content_type, file->content_type);
  if (!file->content_encoding.empty()) {
    response.set(http::field::content_encoding, file->content_encoding);
  }
  response.body().file = std::move(file->body);
  response.prepare_payload();
  return response;
}

}  // namespace memmon::web
