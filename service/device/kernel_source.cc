// SPDX-License-Identifier: Apache-2.0

#include "device/kernel_source.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "device/layout.h"
#include "device/load_command.h"

namespace memmon::device {

absl::Status DescribeOpenError(const std::string& path, int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
      return absl::NotFoundError(absl::StrCat(
          path,
          " is not there: the module is not loaded. Type: ", LoadCommand(ModulesDirectory())));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(absl::StrCat(
          "no permission to read ", path,
          ". Type: sudo usermod -aG memmon $USER (and log in again), or run memmond with sudo"));
    case EBUSY:
      return absl::UnavailableError(absl::StrCat("another program reads ", path,
                                                 ". To see which, type: sudo fuser -v ", path));
    default:
      // Of no kind that clients know.
      return absl::UnknownError(absl::StrCat("cannot open ", path, ": ", strerror(error_number)));
  }
}

KernelSource::KernelSource(std::string path) : path_(std::move(path)) {}

absl::Status KernelSource::Open() {
  Fd fd(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return DescribeOpenError(path_, errno);
  draining_ = false;
  const std::lock_guard lock(mutex_);
  fd_ = std::move(fd);
  counters_.clear();
  missed_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<size_t> KernelSource::Read(std::span<std::byte> buffer) {
  if (!fd_.valid()) return absl::FailedPreconditionError(absl::StrCat(path_, " is not open"));
  for (;;) {
    if (interrupter_.Consume()) {
      draining_ = true;
      drain_until_ = std::chrono::steady_clock::now() + kDrainLimit;
      return absl::CancelledError("interrupted");
    }
    if (draining_ && std::chrono::steady_clock::now() >= drain_until_) return 0;
    const ssize_t got = read(fd_.get(), buffer.data(), buffer.size());
    if (got > 0) return static_cast<size_t>(got);
    if (got == 0) {
      return absl::DataLossError(absl::StrCat(path_, " came to an end, which a device never does"));
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
    if (draining_) return 0;
    if (absl::Status status = interrupter_.WaitReadable(fd_.get()); !status.ok()) return status;
  }
}

void KernelSource::Close() {
  const std::lock_guard lock(mutex_);
  if (!fd_.valid()) return;
  // What the module counted until now stays visible; a device that gives no
  // figures leaves the ones of the last time.
  Refresh().IgnoreError();
  fd_.Reset();
}

absl::Status KernelSource::Refresh() {
  memmon_info info{};
  info.size = sizeof(info);
  if (ioctl(fd_.get(), MEMMON_GET_INFO, &info) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("MEMMON_GET_INFO of ", path_));
  }
  std::vector<model::KernelCounters> counters(info.cpu_count);
  uint64_t missed = 0;
  for (uint32_t cpu = 0; cpu < info.cpu_count; ++cpu) {
    memmon_counters one{};
    one.cpu = cpu;
    if (ioctl(fd_.get(), MEMMON_GET_COUNTERS, &one) < 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat("MEMMON_GET_COUNTERS of ", path_));
    }
    counters[cpu] = {.hooked = one.hooked,
                     .delivered = one.delivered,
                     .dropped = one.dropped,
                     .filtered = one.filtered,
                     .pending = one.pending};
    missed = one.missed;
  }
  counters_ = std::move(counters);
  missed_ = missed;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<model::KernelCounters>> KernelSource::Counters() {
  const std::lock_guard lock(mutex_);
  if (fd_.valid()) {
    if (absl::Status status = Refresh(); !status.ok()) return status;
  }
  return counters_;
}

uint64_t KernelSource::MissedCount() {
  const std::lock_guard lock(mutex_);
  if (fd_.valid()) Refresh().IgnoreError();
  return missed_;
}

}  // namespace memmon::device
