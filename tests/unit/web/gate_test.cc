// SPDX-License-Identifier: Apache-2.0

#include "web/gate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>

namespace memmon::web {
namespace {

Request Get(const std::string& path, const std::string& host = "127.0.0.1:8080") {
  Request request{http::verb::get, path, 11};
  request.set(http::field::host, host);
  return request;
}

// The status of the refusal; 0 where the request may pass.
unsigned Refusal(const Gate& gate, const Request& request) {
  auto target = ParseTarget(std::string(request.target()));
  auto reply = gate.Refuse(request, target.value());
  return reply ? reply->result_int() : 0;
}

TEST(Host, OfTheMachineItselfIsAnAddressOrLocalhost) {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080",
                           "[::1]", "memmon.localhost:80", "10.0.2.15:8080"}) {
    EXPECT_TRUE(IsOwnHost(host, {})) << host;
  }
  for (const char* host : {"", "example.org", "localhost.example.org", "127.0.0.1.example.org",
                           "[::1", "[x]", "evillocalhost"}) {
    EXPECT_FALSE(IsOwnHost(host, {})) << host;
  }
}

TEST(Host, ThatWasAllowedIsOwn) {
  EXPECT_TRUE(IsOwnHost("Memmon.Example.Org:8080", {"memmon.example.org"}));
  EXPECT_FALSE(IsOwnHost("a.memmon.example.org", {"memmon.example.org"}));
  EXPECT_FALSE(IsOwnHost("memmon.example.org.evil", {"memmon.example.org"}));
}

TEST(Gate, RefusesNamesThatWerePointedHere) {
  Gate gate({});
  EXPECT_EQ(Refusal(gate, Get("/", "localhost")), 0u);
  EXPECT_EQ(Refusal(gate, Get("/", "rebound.example.org")), 403u);
  EXPECT_EQ(Refusal(gate, Get("/metrics", "rebound.example.org:8080")), 403u);
  Request nameless{http::verb::get, "/", 11};
  EXPECT_EQ(Refusal(gate, nameless), 400u);
  Request twice = Get("/");
  twice.insert(http::field::host, "rebound.example.org");
  EXPECT_EQ(Refusal(gate, twice), 400u);
}

TEST(Gate, RefusesPagesOfOtherSites) {
  Gate gate({{}, {"https://dashboard.example.org"}, "", false});
  auto with = [](const char* origin) {
    Request request = Get("/metrics");
    request.set(http::field::origin, origin);
    return request;
  };
  EXPECT_EQ(Refusal(gate, with("http://127.0.0.1:8080")), 0u);
  EXPECT_EQ(Refusal(gate, with("https://dashboard.example.org")), 0u);
  for (const char* origin :
       {"https://127.0.0.1:8080", "http://127.0.0.1:8081", "http://127.0.0.1", "null",
        "https://evil.example.org", "https://dashboard.example.org.evil", "http://localhost:8080",
        "http://dashboard.example.org"}) {
    EXPECT_EQ(Refusal(gate, with(origin)), 403u) << origin;
  }
}

TEST(Gate, ThroughTlsThePagesOwnOriginIsHttps) {
  Gate gate({{}, {}, "", true});
  Request request = Get("/metrics");
  request.set(http::field::origin, "https://127.0.0.1:8080");
  EXPECT_EQ(Refusal(gate, request), 0u);
  request.set(http::field::origin, "http://127.0.0.1:8080");
  EXPECT_EQ(Refusal(gate, request), 403u);
}

TEST(Gate, AsksForTheTokenForAllButThePage) {
  Gate gate({{}, {}, "0123456789abcdef", false});
  for (const char* path : {"/", "/assets/index-B2x9_aQ1.js", "/favicon.svg", "/healthz"}) {
    EXPECT_EQ(Refusal(gate, Get(path)), 0u) << path;
  }
  for (const char* path :
       {"/metrics", "/api/memorylogs?page=2", "/memmon.v1.MemoryMonitor/GetStatus"}) {
    Request request = Get(path);
    EXPECT_EQ(Refusal(gate, request), 401u) << path;
    for (const char* wrong :
         {"", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdeg",
          "Bearer 0123456789abcdef0", "0123456789abcdef", "Basic 0123456789abcdef"}) {
      request.set(http::field::authorization, wrong);
      EXPECT_EQ(Refusal(gate, request), 401u) << path << wrong;
    }
    request.set(http::field::authorization, "bearer 0123456789abcdef");
    EXPECT_EQ(Refusal(gate, request), 0u) << path;
  }
  Request post = Get("/");
  post.method(http::verb::post);
  EXPECT_EQ(Refusal(gate, post), 401u);
}

TEST(Gate, LooksAtNoTokenOnceTooManyWereWrong) {
  const auto check = std::make_shared<base::TokenCheck>();
  const Gate gate({{}, {}, "0123456789abcdef", false, check});
  for (int i = 0; i < base::TokenCheck::kMostWrong; ++i) {
    check->Look("Bearer wrong", "0123456789abcdef",
                std::chrono::steady_clock::now() + std::chrono::hours(1));
  }
  Request request = Get("/metrics");
  request.set(http::field::authorization, "Bearer 0123456789abcdef");
  EXPECT_EQ(Refusal(gate, request), 429u);
  EXPECT_EQ((*gate.Refuse(request, *ParseTarget("/metrics")))[http::field::retry_after], "1");
  // Who brings none guesses nothing; the page is for all.
  EXPECT_EQ(Refusal(gate, Get("/metrics")), 401u);
  EXPECT_EQ(Refusal(gate, Get("/")), 0u);
}

TEST(Gate, TellsBrowsersWhichSitesMayAsk) {
  Gate gate({{}, {"https://dashboard.example.org"}, "0123456789abcdef", false});
  Request ask = Get("/memmon.v1.MemoryMonitor/GetStatus");
  ask.method(http::verb::options);
  ask.set(http::field::origin, "https://dashboard.example.org");
  EXPECT_FALSE(gate.Preflight(ask).has_value()) << "no preflight";
  ask.set(http::field::access_control_request_method, "POST");
  auto answer = gate.Preflight(ask);
  ASSERT_TRUE(answer.has_value());
  gate.Dress(ask, &*answer);
  EXPECT_EQ(answer->result_int(), 204u);
  EXPECT_EQ((*answer)[http::field::access_control_allow_origin], "https://dashboard.example.org");
  EXPECT_EQ((*answer)[http::field::vary], "Origin");
  EXPECT_NE(std::string((*answer)[http::field::access_control_allow_headers]).find("Authorization"),
            std::string::npos);

  ask.set(http::field::origin, "https://evil.example.org");
  EXPECT_FALSE(gate.Preflight(ask).has_value());
  Response plain = PlainReply(http::status::ok, "", true);
  gate.Dress(ask, &plain);
  EXPECT_EQ(plain.count(http::field::access_control_allow_origin), 0u);
}

}  // namespace
}  // namespace memmon::web
