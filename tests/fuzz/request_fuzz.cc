// SPDX-License-Identifier: Apache-2.0
//
// Requests of HTTP from a stranger, as they come in, before a memmond with a token: nobody
// without it is let through to data, nor any other site's page or name; and nothing that
// the stranger wrote begins a line of the answer.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "api/json.h"
#include "web/gate.h"
#include "web/headers.h"
#include "web/limits.h"
#include "web/target.h"

namespace memmon::web {
namespace {

constexpr char kToken[] = "a token of memmond's";

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckAnswer(const Response& answer) {
  std::ostringstream out;
  out << answer.base();
  const std::string text = out.str();
  const std::string_view head = std::string_view(text).substr(0, text.find("\r\n\r\n"));
  Check(head.size() + 4 == text.size());
  const auto lines = std::count(head.begin(), head.end(), '\n');
  Check(lines == std::distance(answer.begin(), answer.end()));
  Check(std::count(head.begin(), head.end(), '\r') == lines);
}

void ReadRequest(std::string_view input) {
  http::request_parser<http::string_body> parser;
  const Limits limits;
  parser.header_limit(limits.header_bytes);
  parser.body_limit(limits.body_bytes);
  parser.eager(true);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(input.data(), input.size()), error);
  if (error || !parser.is_done()) return;
  const Request request = parser.release();
  const std::optional<Target> target = ParseTarget(View(request.target()));
  if (!target) return;

  static const Gate gate({.hosts = {"memmon.example.org"},
                          .origins = {"https://dashboard.example.org"},
                          .token = kToken});
  const std::string_view host = View(request[http::field::host]);
  const std::string_view origin = View(request[http::field::origin]);
  if (auto preflight = gate.Preflight(request)) {
    gate.Dress(request, &*preflight);
    CheckAnswer(*preflight);
    Check(!origin.empty());
  }
  auto refusal = gate.Refuse(request, *target);
  const auto site_refusal = gate.RefuseSite(request);
  Check(!site_refusal || refusal);
  if (refusal) {
    gate.Dress(request, &*refusal);
    CheckAnswer(*refusal);
    return;
  }
  Check(IsOwnHost(host, {"memmon.example.org"}));
  // "http://" and the same host, or the one that may.
  Check(origin.empty() || origin.size() == sizeof("http://") - 1 + host.size() ||
        origin.size() == sizeof("https://dashboard.example.org") - 1);
  // Nobody guesses it: what was let through is the page.
  if (View(request[http::field::authorization]).find(kToken) == std::string_view::npos) {
    Check(request.method() == http::verb::get || request.method() == http::verb::head);
    Check(!target->path.starts_with("/api/") && target->path != "/metrics" &&
          !api::Method::Find(target->path));
  }
}

}  // namespace
}  // namespace memmon::web

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::web::ReadRequest({reinterpret_cast<const char*>(data), size});
  return 0;
}
