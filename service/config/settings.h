// SPDX-License-Identifier: Apache-2.0
//
// Every setting: its name, what it says of itself, and how it is read. What goes
// before what is config.cc's.

#ifndef MEMMON_CONFIG_SETTINGS_H_
#define MEMMON_CONFIG_SETTINGS_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "config/config.h"

namespace memmon::config {

struct Setting {
  std::string_view name;  // as the file has it: "replay_speed"
  const char* metavar;
  const char* help;
  // INVALID_ARGUMENT, to be put behind the setting's name, with the cure.
  absl::Status (*apply)(const std::string& value, Config* config);
};

// In the order of --help.
std::span<const Setting> Settings();

// Null where there is none of that name.
const Setting* FindSetting(std::string_view name);

}  // namespace memmon::config

#endif  // MEMMON_CONFIG_SETTINGS_H_
