// SPDX-License-Identifier: Apache-2.0
//
// The environment's variables, as a value that tests can make up.

#ifndef MEMMON_CTL_ENVIRONMENT_H_
#define MEMMON_CTL_ENVIRONMENT_H_

#include <map>
#include <string>
#include <string_view>

namespace memmon::ctl {

class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}
  explicit Environment(const char* const* entries) {
    for (; *entries != nullptr; ++entries) {
      const std::string_view entry = *entries;
      const size_t equals = entry.find('=');
      if (equals == std::string_view::npos) continue;
      variables_.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
  }

  // Empty where it is not set: to set one to nothing is as good as not to.
  std::string Get(std::string_view name) const {
    const auto at = variables_.find(name);
    return at == variables_.end() ? "" : at->second;
  }

  // The locale that counts for `category`, such as "LC_MESSAGES".
  std::string Locale(std::string_view category) const {
    for (const std::string_view name : {std::string_view("LC_ALL"), category}) {
      if (std::string value = Get(name); !value.empty()) return value;
    }
    return Get("LANG");
  }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_ENVIRONMENT_H_
