// SPDX-License-Identifier: Apache-2.0
//
// Containers that a test makes up, of one boot. Thread-safe while it is not changed.

#ifndef MEMMON_TESTS_FAKES_FAKE_CONTAINERS_H_
#define MEMMON_TESTS_FAKES_FAKE_CONTAINERS_H_

#include <map>
#include <string>

#include "model/container_names.h"

namespace memmon::fakes {

class FakeContainers : public model::ContainerNames {
 public:
  std::optional<std::string> NameOf(uint64_t cgroup_id) override {
    ++asked;
    if (!answers) return std::nullopt;
    return names[cgroup_id];
  }
  bool IsOfBoot(const std::array<uint8_t, 16>& boot) const override { return boot == boot_id; }

  std::map<uint64_t, std::string> names;
  bool answers = true;
  int asked = 0;
  std::array<uint8_t, 16> boot_id{};
};

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_FAKE_CONTAINERS_H_
