// SPDX-License-Identifier: Apache-2.0
//
// Which container each cgroup of the running kernel is of, read off the unified
// hierarchy, where a directory's inode number is the cgroup's id. Asked for an id that it
// has not met, it looks through the hierarchy: a cgroup that is not there has gone, and
// will not come again, since its id is not given twice.
//
// /proc/PID/cgroup would be cheaper to read, and wrong: a process may have been moved
// since its event, as every container's first one is.
//
// Cost: a hash look-up; for an id that is new, a look at each directory. Who may make
// cgroups could keep it looking: so it looks 100 times a second at most, once it has done
// so 100 times at once, and, where there are many directories, a tenth of the time.
//
// Thread safety: all methods, from any thread; a look through the hierarchy keeps others
// waiting.

#ifndef MEMMON_PROCESSES_CGROUPS_H_
#define MEMMON_PROCESSES_CGROUPS_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/pace.h"
#include "model/container_names.h"

namespace memmon::processes {

// Where the unified hierarchy is mounted; "" where it is not.
std::string UnifiedHierarchy();

struct CgroupsOptions {
  std::string root = UnifiedHierarchy();
  std::string boot_id_file = "/proc/sys/kernel/random/boot_id";
  // Looks through the hierarchy that are had at once, and how soon there is one more: a
  // look that takes long is counted as more than one.
  size_t most_looks = 100;
  std::chrono::milliseconds between_looks{10};
  // Ids that are remembered. With more of them than that, those that have gone are
  // forgotten.
  size_t max_known = 65'536;
};

class Cgroups : public model::ContainerNames {
 public:
  explicit Cgroups(CgroupsOptions options = {});
  std::optional<std::string> NameOf(uint64_t cgroup_id) override;
  bool IsOfBoot(const std::array<uint8_t, 16>& boot_id) const override;

 private:
  // False where not all could be read.
  bool Look();

  const CgroupsOptions options_;
  const std::string boot_id_;  // its bytes
  std::mutex mutex_;
  absl::flat_hash_map<uint64_t, std::string> names_;
  base::Pace looks_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_CGROUPS_H_
