// SPDX-License-Identifier: Apache-2.0

#include "store/conninfo.h"

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace memmon::store {
namespace {

// Ends of a dead network path are noticed after this, not after hours.
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"connect_timeout", "5"},      {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},  {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"}, {"fallback_application_name", "memmond"},
};

struct OptionsDeleter {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, OptionsDeleter>;

// libpq quotes what it did not understand, which may be a piece of a password.
std::string WithoutQuotes(const std::string& why) {
  const size_t first = why.find('"');
  if (first == std::string::npos) return why;
  return absl::StrCat(why.substr(0, first), "...", why.substr(why.rfind('"') + 1));
}

bool MayHavePassword(const std::string& conninfo) {
  return absl::StrContains(conninfo, "password") || absl::StrContains(conninfo, "@");
}

absl::Status Malformed(const std::string& why) {
  return absl::InvalidArgumentError(
      absl::StrCat("the database's connection string is malformed: ", why,
                   "; give it as postgresql://HOST/DATABASE or \"host=HOST dbname=DATABASE\""));
}

// libpq tells only when it connects, in words that quote it. What stands before a "/" in the
// password of an address is taken for one.
bool IsPort(std::string_view text) {
  return text.find_first_not_of("0123456789, ") == std::string_view::npos;
}

void Append(const PQconninfoOption& option, std::string_view value, std::string* conninfo) {
  absl::StrAppend(conninfo, conninfo->empty() ? "" : " ", option.keyword, "='",
                  absl::StrReplaceAll(absl::string_view(value.data(), value.size()),
                                      {{"'", "\\'"}, {"\\", "\\\\"}}),
                  "'");
}

}  // namespace

absl::StatusOr<std::string> CompleteConninfo(const std::string& conninfo) {
  char* error = nullptr;
  const Options options(PQconninfoParse(conninfo.c_str(), &error));
  if (options == nullptr) {
    std::string why = error == nullptr
                          ? "out of memory"
                          : absl::StrReplaceAll(absl::StripSuffix(error, "\n"), {{"\n", " "}});
    PQfreemem(error);
    if (MayHavePassword(conninfo)) why = WithoutQuotes(why);
    return Malformed(why);
  }
  std::string completed;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      if (std::string_view(option->keyword) == "port" && !IsPort(option->val)) {
        return Malformed("its port is no number (the / of a password is written as %2F)");
      }
      Append(*option, option->val, &completed);
      continue;
    }
    for (const auto& [keyword, value] : kDefaults) {
      if (std::string_view(option->keyword) == keyword) Append(*option, value, &completed);
    }
  }
  return completed;
}

std::string LimitConnecting(const std::string& conninfo, std::chrono::seconds limit) {
  const Options options(PQconninfoParse(conninfo.c_str(), nullptr));
  if (options == nullptr) return conninfo;
  int64_t given = 0;  // or less: for ever
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && std::string_view(option->keyword) == "connect_timeout") {
      (void)absl::SimpleAtoi(option->val, &given);
    }
  }
  if (given > 0 && given <= limit.count()) return conninfo;
  // What comes later holds.
  return absl::StrCat(conninfo, " connect_timeout=", limit.count());
}

std::string WithoutPasswords(const std::string& conninfo) {
  const Options options(PQconninfoParse(conninfo.c_str(), nullptr));
  if (options == nullptr) return MayHavePassword(conninfo) ? "" : conninfo;
  std::string shown;
  bool has_user = false;
  bool has_password = false;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "user") has_user = true;
    // As libpq marks what is shown to nobody.
    if (std::string_view(option->dispchar) == "*") {
      has_password = true;
    } else {
      Append(*option, option->val, &shown);
    }
  }
  // A user's password with a "/" ends the host of an address, and is taken for a database.
  const bool is_address = absl::StrContains(conninfo, "://");
  if (is_address && !has_user && absl::StrContains(conninfo, "@")) return "";
  return has_password ? shown : conninfo;
}

}  // namespace memmon::store
