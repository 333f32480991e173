// SPDX-License-Identifier: Apache-2.0
//
// What /proc knows of a process and the stream does not.

#ifndef MEMMON_PROCESSES_PROCFS_H_
#define MEMMON_PROCESSES_PROCFS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "model/event.h"
#include "processes/address_space.h"

namespace memmon::processes {

struct ProcessInfo {
  uint32_t parent_tgid = 0;
  // Valid UTF-8, arguments joined by spaces, at most 256 bytes; empty where
  // the process has none.
  std::string command_line;
  // See container.h.
  std::string container{};
};

// The seam to /proc. Thread safety: all methods, from any thread.
class ProcessInfoReader {
 public:
  virtual ~ProcessInfoReader() = default;
  // NOT_FOUND where the process is gone, or its tgid is another's by now.
  virtual absl::StatusOr<ProcessInfo> Read(const model::ProcessKey& key) = 0;
  // What the process with that id has in RAM, whole pages; 0 where there is none.
  virtual uint64_t ReadResidentBytes(uint32_t tgid) = 0;
  // What its address space is made of, at this moment; put together in pieces, so
  // that what changes meanwhile may be in it or not. start_ns 0: whichever process
  // has the tgid. NOT_FOUND as above, or where it has no address space. Costs the
  // process as much as one that reads its /proc/PID/maps.
  virtual absl::StatusOr<AddressSpace> ReadAddressSpace(const model::ProcessKey& key) = 0;
};

class ProcFs : public ProcessInfoReader {
 public:
  explicit ProcFs(std::string root = "/proc");
  absl::StatusOr<ProcessInfo> Read(const model::ProcessKey& key) override;
  // From statm: a tenth of the cost of status.
  uint64_t ReadResidentBytes(uint32_t tgid) override;
  // From maps, or, where this user may not read them, from status.
  absl::StatusOr<AddressSpace> ReadAddressSpace(const model::ProcessKey& key) override;

 private:
  // Whether the tgid is (still) this process's; with start_ns 0, anybody's.
  bool IsThere(const model::ProcessKey& key, uint32_t* parent_tgid) const;

  const std::string root_;
  const uint64_t ns_per_tick_;  // of start times in /proc/PID/stat
  const uint64_t page_size_bytes_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_PROCFS_H_
