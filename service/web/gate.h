// SPDX-License-Identifier: Apache-2.0
//
// Whose requests are answered at all. A page of another site can send requests
// here from its visitor's browser; it is known by the browser's Origin, or, where
// it had its own name pointed to this address, by the Host. Programs send neither
// of these in another's name, and are asked for the token, if there is one.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_WEB_GATE_H_
#define MEMMON_WEB_GATE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/token_check.h"
#include "web/replies.h"
#include "web/target.h"

namespace memmon::web {

// What is said to who brings none, or a wrong one.
inline constexpr char kTokenNeeded[] =
    "a token is needed: send \"Authorization: Bearer TOKEN\" with the one in memmond's "
    "--token-file";

struct GateOptions {
  // Beside addresses and localhost, which are nobody else's: "memmon.example.org".
  std::vector<std::string> hosts;
  // Beside the page's own: "https://dashboard.example.org".
  std::vector<std::string> origins;
  std::string token;  // empty: none is asked for
  bool tls = false;   // the page's own origin is https://
  std::shared_ptr<base::TokenCheck> token_check = std::make_shared<base::TokenCheck>();
};

class Gate {
 public:
  explicit Gate(GateOptions options) : options_(std::move(options)) {}

  // The answer to a request that may not pass.
  std::optional<Response> Refuse(const Request& request, const Target& target) const;

  // The same, whatever token it brings. Browsers open WebSockets for any page, and
  // send no header of its choice along: what that page is, is all that is known.
  std::optional<Response> RefuseSite(const Request& request) const;

  // Of an Authorization header; kGood where no token is asked for.
  base::TokenVerdict LookAtToken(std::string_view authorization) const;

  // The answer to a browser that asks whether an allowed site's page may ask:
  // CORS's preflight. Nothing for any other request.
  std::optional<Response> Preflight(const Request& request) const;

  // Lets the browser hand the answer to an allowed site's page.
  void Dress(const Request& request, http::fields* answer) const;

 private:
  bool IsAllowedOrigin(std::string_view origin) const;

  const GateOptions options_;
};

// Whether `host`, a Host header, is an address, localhost or one of `names`.
bool IsOwnHost(std::string_view host, const std::vector<std::string>& names);

}  // namespace memmon::web

#endif  // MEMMON_WEB_GATE_H_
