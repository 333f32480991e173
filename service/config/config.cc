// SPDX-License-Identifier: Apache-2.0

#include "config/config.h"

#include <functional>
#include <optional>

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "config/access.h"
#include "config/settings.h"

namespace memmon::config {
namespace {

// A value as somebody wrote it, and where: "--device", "MEMMON_DEVICE",
// "memmond.toml:3: device".
struct Given {
  std::string value;
  std::string origin;
};
// By key of the file.
using Layer = std::map<std::string, Given, std::less<>>;

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
  for (const Setting& key : Settings())
    absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(key.name));
  return names;
}

// Whole numbers may stand in the file without quotes.
bool TakesNumber(std::string_view key) {
  return key == "memory" || key == "spool_bytes" || key == "store_min_length" ||
         key.starts_with("keep_");
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
    if (FindSetting(key) == nullptr) {
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
    // What no configuration file can hold, and no log line either.
    if (base::ToValidUtf8(setting.value) != setting.value) {
      return absl::InvalidArgumentError(
          absl::StrCat(setting.origin, ": is not UTF-8; write it, or name the file, in UTF-8"));
    }
    absl::Status applied = FindSetting(key)->apply(setting.value, &config);
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
    if (!settings.contains("keep_coarse_days")) config.keep_coarse_days = 0;
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
  std::optional<int> migrate_to;
  bool version = false;
  app.add_option("--config", config_path, "settings in TOML; flags and MEMMON_* go before it")
      ->type_name("FILE");
  for (const Setting& key : Settings()) {
    app.add_option(FlagOf(key.name), given[std::string(key.name)], key.help)
        ->type_name(key.metavar);
  }
  app.add_flag("--print-config", print_config, "print the settings in force, and end");
  app.add_flag("--check", check, "check the settings, and end");
  app.add_flag("--migrate", migrate, "bring the database's schema to this version, and end");
  app.add_option("--migrate-to", migrate_to,
                 "take the schema back to that version, for an older memmond, and end")
      ->type_name("N")
      ->check(CLI::Range(1, 9999).description(""));
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
  const std::string migration = migrate_to ? "--migrate-to" : migrate ? "--migrate" : "";
  if (!migration.empty() && (check || print_config || (migrate && migrate_to))) {
    return absl::InvalidArgumentError(migration +
                                      ": does not go with another action; give it alone");
  }
  if (!migration.empty()) invocation.action = Action::kMigrate;
  invocation.migrate_to = migrate_to;
  if (print_config) invocation.action = Action::kPrintConfig;
  if (check) invocation.action = Action::kCheck;

  Layer flags;
  Layer variables;
  for (const Setting& key : Settings()) {
    if (app.count(FlagOf(key.name)) > 0)
      flags[std::string(key.name)] = {given[std::string(key.name)], FlagOf(key.name)};
    auto variable = environment.find(VariableOf(key.name));
    // Set to nothing is as good as not set.
    if (variable != environment.end() && !variable->second.empty()) {
      variables[std::string(key.name)] = {variable->second, variable->first};
    }
  }
  for (const auto& [name, value] : environment) {
    // The last two are memmonctl's.
    bool known = name == "MEMMON_CONFIG" || name == "MEMMON_ADDRESS" || name == "MEMMON_TLS_CA";
    for (const Setting& key : Settings()) known = known || name == VariableOf(key.name);
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
  if (!migration.empty() && config->database.empty()) {
    return absl::InvalidArgumentError(migration + ": which database? Add --database");
  }
  invocation.config = *std::move(config);
  return invocation;
}

}  // namespace memmon::config
