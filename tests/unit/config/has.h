// SPDX-License-Identifier: Apache-2.0

#ifndef MEMMON_TESTS_UNIT_CONFIG_HAS_H_
#define MEMMON_TESTS_UNIT_CONFIG_HAS_H_

#include <string>

namespace memmon::config {

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace memmon::config

#endif  // MEMMON_TESTS_UNIT_CONFIG_HAS_H_
