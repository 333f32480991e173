// SPDX-License-Identifier: Apache-2.0

#include <arpa/inet.h>

#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "config/config.h"

namespace memmon::config {

std::string Address::ToString() const {
  if (host.find(':') != std::string::npos) return absl::StrCat("[", host, "]:", port);
  return absl::StrCat(host, ":", port);
}

absl::StatusOr<Address> ParseAddress(std::string_view text) {
  absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(text), "\" is not ADDRESS:PORT, such as 127.0.0.1:8080"));
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string host(text.substr(0, colon));
  std::string_view port_text = text.substr(colon + 1);
  bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  in6_addr scratch;
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, host.c_str(), &scratch) != 1) return bad;
  uint16_t port = 0;
  auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size()) return bad;
  return Address{host, port};
}

}  // namespace memmon::config
