// SPDX-License-Identifier: Apache-2.0
//
// The seam to what knows which container a cgroup is of. Cgroups have ids that are not
// used twice while the host is up; events and processes carry them.

#ifndef MEMMON_MODEL_CONTAINER_NAMES_H_
#define MEMMON_MODEL_CONTAINER_NAMES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace memmon::model {

// Thread safety: all methods, from any thread.
class ContainerNames {
 public:
  virtual ~ContainerNames() = default;
  // The container, or systemd unit, as model::Process has it; empty where the cgroup is
  // of none, or gone. Nothing where it is not known yet: ask again.
  virtual std::optional<std::string> NameOf(uint64_t cgroup_id) = 0;
  // Whether its cgroups are those of that boot: others have the same ids.
  virtual bool IsOfBoot(const std::array<uint8_t, 16>& boot_id) const = 0;
};

}  // namespace memmon::model

#endif  // MEMMON_MODEL_CONTAINER_NAMES_H_
