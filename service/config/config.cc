// SPDX-License-Identifier: Apache-2.0

#include "config/config.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "config/access.h"
#include "absl/strings/str_join.h"
#include "config/values.h"
#include "model/names.h"

namespace memmon::config {
namespace {

// A value as somebody wrote it, and where: "--device", "MEMMON_DEVICE",
// "memmond.toml:3: device".
struct Setting {
  std::string value;
  std::string origin;
};
// By key of the file.
using Layer = std::map<std::string, Setting, std::less<>>;

struct Key {
  const char* name;
  const char* metavar;
  const char* help;
  absl::Status (*apply)(const std::string& value, Config* config);
};

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

absl::Status ApplyInsecureListen(const std::string& value, Config* config) {
  if (value != "yes" && value != "no") {
    return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is neither yes nor no"));
  }
  config->insecure_listen = value == "yes";
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

absl::Status ApplyStoreNames(const std::string& value, Config* config) {
  absl::StatusOr<std::vector<std::string>> names = ParseList(value);
  if (names.ok()) config->store_names = *std::move(names);
  return names.status();
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

constexpr Key kKeys[] = {
    {"device", "PATH", "device of memmon.ko (default /dev/memmon)", ApplyPath<&Config::device>},
    {"replay", "FILE", "play a recording instead (made by cat /dev/memmon)",
     ApplyPath<&Config::replay>},
    {"replay_speed", "X", "1 as recorded (default), 2 twice as fast, 0 as fast as can be",
     ApplySpeed},
    {"grpc_address", "ADDRESS:PORT", "where gRPC listens (default 127.0.0.1:50051)",
     ApplyAddress<&Config::grpc_address>},
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
    {"insecure_listen", "yes|no",
     "beyond the loopback without TLS and token: for guests and "
     "containers whose ports nobody else reaches",
     ApplyInsecureListen},
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
     ApplyStoreNames},
    {"store_kinds", "KIND,...", "filtered: of these kinds, such as mmap,munmap,exit",
     ApplyStoreKinds},
    {"keep_days", "N", "drop events after so many days (default 7; 0: never)",
     ApplyDays<&Config::keep_days>},
    {"keep_bytes", "N", "drop the oldest days above this size (default 20G; 0: no limit)",
     ApplyBytes<&Config::keep_bytes>},
    {"keep_rollup_days", "N", "drop the minutes of processes after (default 400; 0: never)",
     ApplyDays<&Config::keep_rollup_days>},
};

const Key* FindKey(std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::string FlagOf(std::string_view key) {
  std::string flag = absl::StrCat("--", std::string(key));
  for (char& c : flag) {
    if (c == '_') c = '-';
  }
  return flag;
}

std::string VariableOf(std::string_view key) {
  std::string variable = absl::StrCat("MEMMON_", std::string(key));
  for (char& c : variable) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
  return variable;
}

// `text` on one line.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string KnownKeys() {
  std::string names;
  for (const Key& key : kKeys) absl::StrAppend(&names, names.empty() ? "" : ", ", key.name);
  return names;
}

// Whole numbers may stand in the file without quotes.
bool TakesNumber(std::string_view key) {
  return key == "spool_bytes" || key == "store_min_length" || key.starts_with("keep_");
}

absl::StatusOr<Layer> ReadFile(const std::string& path) {
  toml::table table;
  try {
    table = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    if (error.source().begin.line == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": cannot be read; name a readable file with --config"));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        path, ":", error.source().begin.line,
        ": not TOML: ", OneLine(std::string(error.description())), "; correct this line"));
  }
  Layer layer;
  for (auto&& [name, node] : table) {
    std::string key(name.str());
    std::string origin = absl::StrCat(path, ":", name.source().begin.line, ": ", key);
    if (FindKey(key) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin, ": unknown key; known are ", KnownKeys()));
    }
    if (key == "replay_speed") {
      std::optional<double> number = node.value<double>();
      if (!node.is_number() || !number) {
        return absl::InvalidArgumentError(absl::StrCat(origin, ": write a number, such as 1.0"));
      }
      layer[key] = {absl::StrCat(*number), origin};
    } else if (TakesNumber(key) && node.is_integer()) {
      layer[key] = {absl::StrCat(*node.value<int64_t>()), origin};
    } else if (node.is_string()) {
      layer[key] = {*node.value<std::string>(), origin};
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat(origin, ": write a string, such as ", key, " = \"...\""));
    }
  }
  return layer;
}

// Lays `layer` over `settings`. Which source is used is one decision: a layer
// that names a source replaces the one below.
absl::Status Lay(const Layer& layer, Layer* settings) {
  auto device = layer.find("device");
  auto replay = layer.find("replay");
  if (device != layer.end() && replay != layer.end()) {
    return absl::InvalidArgumentError(absl::StrCat(replay->second.origin, ": contradicts ",
                                                   device->second.origin,
                                                   "; name the device or a recording, not both"));
  }
  if (device != layer.end()) {
    settings->erase("replay");
    settings->erase("replay_speed");
  }
  if (replay != layer.end()) settings->erase("device");
  for (const auto& [key, setting] : layer) (*settings)[key] = setting;
  return absl::OkStatus();
}

absl::StatusOr<Config> Resolve(const Layer& settings) {
  Config config;
  for (const auto& [key, setting] : settings) {
    absl::Status applied = FindKey(key)->apply(setting.value, &config);
    if (!applied.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(setting.origin, ": ", std::string(applied.message())));
    }
  }
  auto speed = settings.find("replay_speed");
  if (speed != settings.end() && config.replay.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        speed->second.origin, ": needs a recording; add --replay FILE or leave it out"));
  }
  for (const char* key : {"spool_bytes", "spool_full"}) {
    auto setting = settings.find(key);
    if (setting != settings.end() && config.spool_dir.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          setting->second.origin, ": needs a spool; add --spool-dir DIR or leave it out"));
    }
  }
  auto spool = settings.find("spool_dir");
  if (spool != settings.end() && config.database.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(spool->second.origin,
                     ": nothing is stored, so nothing waits; add --database or leave it out"));
  }
  for (const char* key : {"store_min_length", "store_names", "store_kinds"}) {
    auto setting = settings.find(key);
    if (setting != settings.end() && config.store != StoreMode::kFiltered) {
      return absl::InvalidArgumentError(absl::StrCat(
          setting->second.origin, ": filters nothing; add --store filtered or leave it out"));
    }
  }
  if (config.store == StoreMode::kFiltered && config.store_min_length == 0 &&
      config.store_names.empty() && config.store_kinds.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(settings.find("store")->second.origin,
                     ": by what? Add --store-min-length, --store-names or --store-kinds"));
  }
  if (!config.replay.empty()) {
    if (!settings.contains("keep_days")) config.keep_days = 0;
    if (!settings.contains("keep_bytes")) config.keep_bytes = 0;
    if (!settings.contains("keep_rollup_days")) config.keep_rollup_days = 0;
  }
  if (config.grpc_address.port != 0 && config.grpc_address.port == config.web_address.port &&
      config.grpc_address.host == config.web_address.host) {
    return absl::InvalidArgumentError(
        absl::StrCat("--web-address: ", config.web_address.ToString(),
                     " is gRPC's address, too; give the two different ports"));
  }
  absl::Status access = CheckAccess(config);
  if (!access.ok()) return access;
  return config;
}

}  // namespace

Environment ReadEnvironment(const char* const* environ) {
  Environment environment;
  for (; *environ != nullptr; ++environ) {
    std::string_view entry = *environ;
    size_t equals = entry.find('=');
    if (entry.starts_with("MEMMON_") && equals != std::string_view::npos) {
      environment[std::string(entry.substr(0, equals))] = std::string(entry.substr(equals + 1));
    }
  }
  return environment;
}

absl::StatusOr<Invocation> Parse(int argc, const char* const* argv,
                                 const Environment& environment) {
  CLI::App app("memmond: which process asks the kernel for memory, how much, when.", "memmond");
  std::string config_path;
  std::map<std::string, std::string> given;
  bool print_config = false;
  bool check = false;
  bool migrate = false;
  bool version = false;
  app.add_option("--config", config_path, "settings in TOML; flags and MEMMON_* go before it")
      ->type_name("FILE");
  for (const Key& key : kKeys) {
    app.add_option(FlagOf(key.name), given[key.name], key.help)->type_name(key.metavar);
  }
  app.add_flag("--print-config", print_config, "print the settings in force, and end");
  app.add_flag("--check", check, "check the settings, and end");
  app.add_flag("--migrate", migrate, "bring the database's schema to this version, and end");
  app.add_flag("--version", version, "print the version, and end");

  Invocation invocation;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    invocation.action = Action::kHelp;
    invocation.help = app.help();
    return invocation;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(absl::StrCat(OneLine(error.what()), "; see memmond --help"));
  }
  if (version) {
    invocation.action = Action::kVersion;
    return invocation;
  }
  if (print_config && check) {
    return absl::InvalidArgumentError("--check: contradicts --print-config; give one of them");
  }
  if (migrate && (check || print_config)) {
    return absl::InvalidArgumentError("--migrate: does not go with another action; give it alone");
  }
  if (migrate) invocation.action = Action::kMigrate;
  if (print_config) invocation.action = Action::kPrintConfig;
  if (check) invocation.action = Action::kCheck;

  Layer flags;
  Layer variables;
  for (const Key& key : kKeys) {
    if (app.count(FlagOf(key.name)) > 0) flags[key.name] = {given[key.name], FlagOf(key.name)};
    auto variable = environment.find(VariableOf(key.name));
    // Set to nothing is as good as not set.
    if (variable != environment.end() && !variable->second.empty()) {
      variables[key.name] = {variable->second, variable->first};
    }
  }
  for (const auto& [name, value] : environment) {
    bool known = name == "MEMMON_CONFIG";
    for (const Key& key : kKeys) known = known || name == VariableOf(key.name);
    if (!known) invocation.warnings.push_back(absl::StrCat(name, ": no such setting; ignored"));
  }
  if (app.count("--config") == 0) {
    auto variable = environment.find("MEMMON_CONFIG");
    if (variable != environment.end()) config_path = variable->second;
  }

  Layer settings;
  if (!config_path.empty()) {
    absl::StatusOr<Layer> file = ReadFile(config_path);
    if (!file.ok()) return file.status();
    absl::Status laid = Lay(*file, &settings);
    if (!laid.ok()) return laid;
  }
  for (const Layer* layer : {&variables, &flags}) {
    absl::Status laid = Lay(*layer, &settings);
    if (!laid.ok()) return laid;
  }
  absl::StatusOr<Config> config = Resolve(settings);
  if (!config.ok()) return config.status();
  if (migrate && config->database.empty()) {
    return absl::InvalidArgumentError("--migrate: which database? Add --database");
  }
  invocation.config = *std::move(config);
  return invocation;
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
  table.insert("web_address", config.web_address.ToString());
  if (!config.web_root.empty()) table.insert("web_root", config.web_root);
  for (auto [key, items] : {std::pair("allow_host", &config.allow_host),
                            std::pair("allow_origin", &config.allow_origin)}) {
    std::string text;
    for (const std::string& item : *items) absl::StrAppend(&text, text.empty() ? "" : ",", item);
    if (!text.empty()) table.insert(key, text);
  }
  for (auto [key, file] :
       {std::pair("tls_cert", &config.tls_cert), std::pair("tls_key", &config.tls_key),
        std::pair("tls_client_ca", &config.tls_client_ca),
        std::pair("token_file", &config.token_file)}) {
    if (!file->empty()) table.insert(key, *file);
  }
  if (config.insecure_listen) table.insert("insecure_listen", "yes");
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
  std::ostringstream text;
  text << table << '\n';
  return text.str();
}

}  // namespace memmon::config
