// SPDX-License-Identifier: Apache-2.0

#include "config/settings.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/unix_socket.h"
#include "config/access.h"
#include "config/values.h"
#include "model/names.h"

namespace memmon::config {
namespace {

template <std::string Config::*kField>
absl::Status ApplyString(const std::string& value, Config* config) {
  if (value.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("contains a NUL byte; remove it");
  }
  config->*kField = value;
  return absl::OkStatus();
}

template <std::string Config::*kField>
absl::Status ApplyPath(const std::string& value, Config* config) {
  if (value.empty()) return absl::InvalidArgumentError("is empty; give a path or leave it out");
  return ApplyString<kField>(value, config);
}

absl::Status ApplySocket(const std::string& value, Config* config) {
  if (value.size() > base::kMostSocketPathBytes) {
    return absl::InvalidArgumentError(absl::StrCat("is too long for a socket; give a path of ",
                                                   base::kMostSocketPathBytes, " bytes at most"));
  }
  return ApplyPath<&Config::grpc_socket>(value, config);
}

template <Address Config::*kField>
absl::Status ApplyAddress(const std::string& value, Config* config) {
  absl::StatusOr<Address> address = ParseAddress(value);
  if (!address.ok()) return address.status();
  config->*kField = *address;
  return absl::OkStatus();
}

absl::Status ApplySpeed(const std::string& value, Config* config) {
  double speed = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), speed);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(speed) ||
      speed < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", value, "\" is not a speed; give a number: 1 as recorded, 0 as fast as can be"));
  }
  config->replay_speed = speed;
  return absl::OkStatus();
}

absl::Status ApplyMemory(const std::string& value, Config* config) {
  absl::StatusOr<uint64_t> bytes = ParseBytes(value);
  if (!bytes.ok()) return bytes.status();
  if (*bytes < kLeastMemoryBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(value, " bytes leave no room for clients; give 256M or more"));
  }
  config->memory = *bytes;
  return absl::OkStatus();
}

// A spool below this is full after a second of load.
constexpr uint64_t kLeastSpoolBytes = 16 << 20;

absl::Status ApplySpoolBytes(const std::string& value, Config* config) {
  absl::StatusOr<uint64_t> bytes = ParseBytes(value);
  if (!bytes.ok()) return bytes.status();
  if (*bytes < kLeastSpoolBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(value, " bytes are gone within a second of load; give 16M or more"));
  }
  config->spool_bytes = *bytes;
  return absl::OkStatus();
}

absl::Status ApplySpoolFull(const std::string& value, Config* config) {
  if (value != "drop-oldest" && value != "drop-newest") {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", value, "\" is neither drop-oldest nor drop-newest; give one of them"));
  }
  config->spool_full = value == "drop-oldest" ? SpoolFull::kDropOldest : SpoolFull::kDropNewest;
  return absl::OkStatus();
}

template <std::vector<std::string> Config::*kField,
          absl::StatusOr<std::vector<std::string>> (*kParse)(std::string_view)>
absl::Status ApplyList(const std::string& value, Config* config) {
  absl::StatusOr<std::vector<std::string>> items = kParse(value);
  if (!items.ok()) return items.status();
  config->*kField = *std::move(items);
  return absl::OkStatus();
}

template <bool Config::*kField>
absl::Status ApplySwitch(const std::string& value, Config* config) {
  if (value != "yes" && value != "no") {
    return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is neither yes nor no"));
  }
  config->*kField = value == "yes";
  return absl::OkStatus();
}

absl::Status ApplyStore(const std::string& value, Config* config) {
  if (value != "all" && value != "filtered" && value != "rollups") {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", value, "\" is neither all, filtered nor rollups; give one of them"));
  }
  config->store = value == "all"        ? StoreMode::kAll
                  : value == "filtered" ? StoreMode::kFiltered
                                        : StoreMode::kRollups;
  return absl::OkStatus();
}

template <uint64_t Config::*kField>
absl::Status ApplyBytes(const std::string& value, Config* config) {
  absl::StatusOr<uint64_t> bytes = ParseBytes(value);
  if (bytes.ok()) config->*kField = *bytes;
  return bytes.status();
}

template <int Config::*kField>
absl::Status ApplyDays(const std::string& value, Config* config) {
  absl::StatusOr<int> days = ParseDays(value);
  if (days.ok()) config->*kField = *days;
  return days.status();
}

absl::Status ApplyStoreKinds(const std::string& value, Config* config) {
  absl::StatusOr<std::vector<std::string>> names = ParseList(value);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::optional<model::EventKind> kind = model::ParseEventKind(name);
    if (!kind) {
      std::string known;
      for (const model::EventKind each : model::AllEventKinds()) {
        absl::StrAppend(&known, known.empty() ? "" : ", ", std::string(model::EventKindName(each)));
      }
      return absl::InvalidArgumentError(
          absl::StrCat("\"", name, "\" is no kind of event; known are ", known));
    }
    config->store_kinds.push_back(*kind);
  }
  return absl::OkStatus();
}

constexpr Setting kSettings[] = {
    {"device", "PATH", "device of memmon.ko (default /dev/memmon)", ApplyPath<&Config::device>},
    {"replay", "FILE", "play a recording instead (made by cat /dev/memmon)",
     ApplyPath<&Config::replay>},
    {"replay_speed", "X", "1 as recorded (default), 2 twice as fast, 0 as fast as can be",
     ApplySpeed},
    {"grpc_address", "ADDRESS:PORT", "where gRPC listens (default 127.0.0.1:50051)",
     ApplyAddress<&Config::grpc_address>},
    {"grpc_socket", "PATH", "Unix socket for gRPC, too; who may open it sees all (default: none)",
     ApplySocket},
    {"web_address", "ADDRESS:PORT", "where the dashboard is (default 127.0.0.1:8080)",
     ApplyAddress<&Config::web_address>},
    {"web_root", "DIR", "the built dashboard (default: found beside the program)",
     ApplyPath<&Config::web_root>},
    {"allow_host", "NAME[,NAME]", "names that browsers reach the dashboard by, beside localhost",
     ApplyList<&Config::allow_host, ParseHosts>},
    {"allow_origin", "ORIGIN[,...]", "other sites whose pages may ask (default: none)",
     ApplyList<&Config::allow_origin, ParseOrigins>},
    {"tls_cert", "FILE", "certificate, PEM: both ports speak TLS", ApplyPath<&Config::tls_cert>},
    {"tls_key", "FILE", "its private key, PEM", ApplyPath<&Config::tls_key>},
    {"tls_client_ca", "FILE", "clients show a certificate that one of these signed",
     ApplyPath<&Config::tls_client_ca>},
    {"token_file", "FILE", "clients send the token in it: Authorization: Bearer TOKEN",
     ApplyPath<&Config::token_file>},
    {"open_details", "yes|no",
     "addresses and command lines for all who may ask, without a token or the socket "
     "(default no)",
     ApplySwitch<&Config::open_details>},
    {"insecure_listen", "yes|no",
     "beyond the loopback without TLS and token: for guests and "
     "containers whose ports nobody else reaches",
     ApplySwitch<&Config::insecure_listen>},
    {"memory", "N", "what its memory stays below, such as 512M or 4G (default 1G)", ApplyMemory},
    {"database", "CONNINFO", "PostgreSQL, as libpq takes it (default: none, live only)",
     ApplyString<&Config::database>},
    {"spool_dir", "DIR", "where events wait while PostgreSQL is away (default: in memory)",
     ApplyPath<&Config::spool_dir>},
    {"spool_bytes", "N", "most that they take there, such as 500M or 4G (default 1G)",
     ApplySpoolBytes},
    {"spool_full", "WHAT", "then: drop-oldest (default) or drop-newest", ApplySpoolFull},
    {"store", "WHAT", "rows for all events (default), for filtered ones, or rollups alone",
     ApplyStore},
    {"store_min_length", "N", "filtered: of requests of so many bytes, such as 64K",
     ApplyBytes<&Config::store_min_length>},
    {"store_names", "NAME,...", "filtered: of these processes; * and ? stand for others",
     ApplyList<&Config::store_names, ParseList>},
    {"store_kinds", "KIND,...", "filtered: of these kinds, such as mmap,munmap,exit",
     ApplyStoreKinds},
    {"keep_days", "N", "drop events after so many days (default 7; 0: never)",
     ApplyDays<&Config::keep_days>},
    {"keep_bytes", "N", "drop the oldest days above this size (default 20G; 0: no limit)",
     ApplyBytes<&Config::keep_bytes>},
    {"keep_rollup_days", "N", "drop the minutes of processes after (default 400; 0: never)",
     ApplyDays<&Config::keep_rollup_days>},
    {"keep_coarse_days", "N", "drop the hours and days of processes after (default 1100; 0: never)",
     ApplyDays<&Config::keep_coarse_days>},
};

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

const Setting* FindSetting(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string ToToml(const Config& config) {
  toml::table table;
  if (config.replay.empty()) {
    table.insert("device", config.device);
  } else {
    table.insert("replay", config.replay);
    table.insert("replay_speed", config.replay_speed);
  }
  table.insert("grpc_address", config.grpc_address.ToString());
  if (!config.grpc_socket.empty()) table.insert("grpc_socket", config.grpc_socket);
  table.insert("web_address", config.web_address.ToString());
  if (!config.web_root.empty()) table.insert("web_root", config.web_root);
  for (auto [key, items] : {std::pair("allow_host", &config.allow_host),
                            std::pair("allow_origin", &config.allow_origin)}) {
    if (!items->empty()) table.insert(key, absl::StrJoin(*items, ","));
  }
  for (auto [key, file] :
       {std::pair("tls_cert", &config.tls_cert), std::pair("tls_key", &config.tls_key),
        std::pair("tls_client_ca", &config.tls_client_ca),
        std::pair("token_file", &config.token_file)}) {
    if (!file->empty()) table.insert(key, *file);
  }
  if (config.open_details) table.insert("open_details", "yes");
  if (config.insecure_listen) table.insert("insecure_listen", "yes");
  table.insert("memory", static_cast<int64_t>(config.memory));
  table.insert("database", config.database);
  if (!config.spool_dir.empty()) {
    table.insert("spool_dir", config.spool_dir);
    table.insert("spool_bytes", static_cast<int64_t>(config.spool_bytes));
    table.insert("spool_full",
                 config.spool_full == SpoolFull::kDropOldest ? "drop-oldest" : "drop-newest");
  }
  table.insert("store", config.store == StoreMode::kAll        ? "all"
                        : config.store == StoreMode::kFiltered ? "filtered"
                                                               : "rollups");
  if (config.store == StoreMode::kFiltered) {
    table.insert("store_min_length", static_cast<int64_t>(config.store_min_length));
    if (!config.store_names.empty()) {
      table.insert("store_names", absl::StrJoin(config.store_names, ","));
    }
    std::vector<std::string> kinds;
    for (const auto kind : config.store_kinds) kinds.emplace_back(model::EventKindName(kind));
    if (!kinds.empty()) table.insert("store_kinds", absl::StrJoin(kinds, ","));
  }
  table.insert("keep_days", config.keep_days);
  table.insert("keep_bytes", static_cast<int64_t>(config.keep_bytes));
  table.insert("keep_rollup_days", config.keep_rollup_days);
  table.insert("keep_coarse_days", config.keep_coarse_days);
  std::ostringstream text;
  text << table << '\n';
  return text.str();
}

}  // namespace memmon::config
