// SPDX-License-Identifier: Apache-2.0

#include "web/gate.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "api/json.h"
#include "base/utf8.h"
#include "web/headers.h"

namespace memmon::web {
namespace {

// A browser remembers so long what a preflight said.
constexpr char kMaxAgeSeconds[] = "7200";

bool SameText(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase({a.data(), a.size()}, {b.data(), b.size()});
}

// What a stranger wrote, as it may stand in a sentence.
std::string Shown(std::string_view text) {
  constexpr size_t kMost = 200;
  return base::ToValidUtf8(text, kMost);
}

// The page, which has to be there before it can ask anybody for a token, and
// whether memmond lives. All else is data.
bool IsOpen(const Request& request, const Target& target) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) return false;
  return target.path != "/metrics" && !target.path.starts_with("/api/") &&
         !api::Method::Find(target.path);
}

}  // namespace

std::optional<Response> Gate::RefuseSite(const Request& request) const {
  if (request.count(http::field::host) != 1 && request.version() == 11) {
    return PlainReply(http::status::bad_request, "a request names one Host", false);
  }
  std::string_view host = View(request[http::field::host]);
  if (!IsOwnHost(host, options_.hosts)) {
    return PlainReply(
        http::status::forbidden,
        absl::StrCat("\"", Shown(host),
                     "\" is no name of this memmond: open it by its address, as 127.0.0.1 or "
                     "localhost, or let memmond know the name with --allow-host"),
        false);
  }
  std::string_view origin = View(request[http::field::origin]);
  const std::string own = absl::StrCat(options_.tls ? "https://" : "http://", std::string(host));
  if (!origin.empty() && !SameText(origin, own) && !IsAllowedOrigin(origin)) {
    return PlainReply(http::status::forbidden,
                      absl::StrCat("pages of \"", Shown(origin),
                                   "\" may not ask here; if they should, start memmond with "
                                   "--allow-origin"),
                      false);
  }
  return std::nullopt;
}

base::TokenVerdict Gate::LookAtToken(std::string_view authorization) const {
  if (options_.token.empty()) return base::TokenVerdict::kGood;
  return options_.token_check->Look(authorization, options_.token);
}

std::optional<Response> Gate::Refuse(const Request& request, const Target& target) const {
  if (auto refusal = RefuseSite(request)) return refusal;
  if (IsOpen(request, target)) return std::nullopt;
  switch (LookAtToken(View(request[http::field::authorization]))) {
    case base::TokenVerdict::kGood:
      return std::nullopt;
    case base::TokenVerdict::kTooMany: {
      Response reply =
          PlainReply(http::status::too_many_requests, base::kTooManyWrongTokens, false);
      reply.set(http::field::retry_after, "1");
      return reply;
    }
    case base::TokenVerdict::kWrong:
      break;
  }
  Response reply = PlainReply(http::status::unauthorized, kTokenNeeded, false);
  reply.set(http::field::www_authenticate, "Bearer realm=\"memmond\"");
  return reply;
}

std::optional<Response> Gate::Preflight(const Request& request) const {
  if (request.method() != http::verb::options ||
      !IsAllowedOrigin(View(request[http::field::origin])) ||
      request.count(http::field::access_control_request_method) == 0) {
    return std::nullopt;
  }
  Response reply{http::status::no_content, 11};
  SetCommonHeaders(&reply);
  reply.set(http::field::access_control_allow_methods, "GET, HEAD, POST");
  reply.set(http::field::access_control_allow_headers,
            "Authorization, Content-Type, Connect-Protocol-Version, Connect-Timeout-Ms, "
            "Grpc-Timeout, X-Grpc-Web, X-User-Agent");
  reply.set(http::field::access_control_max_age, kMaxAgeSeconds);
  reply.keep_alive(request.keep_alive());
  return reply;
}

void Gate::Dress(const Request& request, http::fields* answer) const {
  if (options_.origins.empty()) return;
  answer->insert(http::field::vary, "Origin");
  auto origin = request.find(http::field::origin);
  if (origin == request.end() || !IsAllowedOrigin(View(origin->value()))) return;
  answer->set(http::field::access_control_allow_origin, origin->value());
  answer->set(http::field::access_control_expose_headers,
              "Grpc-Status, Grpc-Message, Grpc-Status-Details-Bin, X-Total-Count");
}

bool Gate::IsAllowedOrigin(std::string_view origin) const {
  return std::any_of(options_.origins.begin(), options_.origins.end(),
                     [&](const std::string& allowed) { return SameText(origin, allowed); });
}

bool IsOwnHost(std::string_view host, const std::vector<std::string>& names) {
  in6_addr scratch;
  if (!host.empty() && host.front() == '[') {
    size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    return inet_pton(AF_INET6, std::string(host.substr(1, end - 1)).c_str(), &scratch) == 1;
  }
  std::string name(host.substr(0, host.find(':')));
  for (char& c : name) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
  return name == "localhost" || name.ends_with(".localhost") ||
         inet_pton(AF_INET, name.c_str(), &scratch) == 1 ||
         std::any_of(names.begin(), names.end(),
                     [&](const std::string& own) { return SameText(name, own); });
}

}  // namespace memmon::web
