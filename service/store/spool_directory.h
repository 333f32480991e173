// SPDX-License-Identifier: Apache-2.0
//
// The directory of a spool: held by one memmond at a time, and holding nothing
// but a spool. In it are
//
//   memmon-spool   locked while the directory is in use; says whose it is
//   N.events       segment files, N in 16 hexadecimal digits, growing
//   losses         the ledger (loss_ledger.h)
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_STORE_SPOOL_DIRECTORY_H_
#define MEMMON_STORE_SPOOL_DIRECTORY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace memmon::store {

// `error`, an errno of doing `what` to `path`, in words that name the cure.
// RESOURCE_EXHAUSTED where there is no room, else FAILED_PRECONDITION.
absl::Status SpoolError(const std::string& what, const std::string& path, int error);

class SpoolDirectory {
 public:
  // Makes the directory where there is none (its parent must be there), and
  // locks it. FAILED_PRECONDITION, naming the cure: another memmond has it, it
  // holds other things, it is another machine's or a newer memmond's, or it
  // cannot be written.
  static absl::StatusOr<std::unique_ptr<SpoolDirectory>> Open(const std::string& path,
                                                              const std::string& machine_id);
  ~SpoolDirectory();
  SpoolDirectory(const SpoolDirectory&) = delete;
  SpoolDirectory& operator=(const SpoolDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string SegmentPath(uint64_t number) const;
  std::string LedgerPath() const { return path_ + "/losses"; }

  // The numbers of the segments that are there, growing.
  absl::StatusOr<std::vector<uint64_t>> Segments() const;
  // No error where it is not there.
  absl::Status RemoveSegment(uint64_t number) const;
  // Makes names that were made or taken away outlive a crash of the machine.
  absl::Status Sync() const;

 private:
  SpoolDirectory(std::string path, int directory_fd) : path_(std::move(path)), fd_(directory_fd) {}
  absl::Status Lock(const std::string& machine_id);

  const std::string path_;
  const int fd_;
  int lock_fd_ = -1;
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SPOOL_DIRECTORY_H_
