// SPDX-License-Identifier: Apache-2.0

#include "store/spool_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace memmon::store {
namespace {

constexpr std::string_view kMarker = "memmon-spool";
constexpr std::string_view kSegmentEnd = ".events";
constexpr size_t kNumberDigits = 16;
constexpr std::string_view kOthers[] = {".", "..", kMarker, "losses", "losses.new", "lost+found"};

std::optional<uint64_t> NumberOf(std::string_view name) {
  if (name.size() != kNumberDigits + kSegmentEnd.size() || !name.ends_with(kSegmentEnd)) {
    return std::nullopt;
  }
  uint64_t number = 0;
  const char* const end = name.data() + kNumberDigits;
  const auto [stop, error] = std::from_chars(name.data(), end, number, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace

absl::Status SpoolError(const std::string& what, const std::string& path, int error) {
  std::string text = absl::StrCat("cannot ", what, " ", path, ": ", strerror(error));
  if (error == ENOSPC || error == EDQUOT) {
    return absl::ResourceExhaustedError(absl::StrCat(
        text, "; make room on that disk (df), or start memmond with a smaller --spool-bytes"));
  }
  if (error == EACCES || error == EPERM || error == EROFS) {
    absl::StrAppend(&text,
                    "; give memmond's user the directory (chown), or name another with "
                    "--spool-dir");
  } else if (error == EFBIG) {
    absl::StrAppend(&text, "; let memmond write larger files (LimitFSIZE= of its unit, ulimit -f)");
  } else if (error == ENOENT || error == ENOTDIR) {
    absl::StrAppend(&text,
                    "; make the directory it is to be in (mkdir -p), or name another with "
                    "--spool-dir");
  } else {
    absl::StrAppend(&text, "; look at that disk (dmesg), or name another with --spool-dir");
  }
  return absl::FailedPreconditionError(text);
}

absl::StatusOr<std::unique_ptr<SpoolDirectory>> SpoolDirectory::Open(
    const std::string& path, const std::string& machine_id) {
  // Whoever reads it sees what every process of the machine does.
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return SpoolError("make", path, errno);
  }
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return SpoolError("open", path, errno);
  std::unique_ptr<SpoolDirectory> directory(new SpoolDirectory(path, fd));
  // Looks before it leaves anything there.
  if (auto segments = directory->Segments(); !segments.ok()) return segments.status();
  if (auto status = directory->Lock(machine_id); !status.ok()) return status;
  return directory;
}

SpoolDirectory::~SpoolDirectory() {
  if (lock_fd_ >= 0) close(lock_fd_);
  close(fd_);
}

absl::Status SpoolDirectory::Lock(const std::string& machine_id) {
  const std::string file = absl::StrCat(path_, "/", std::string(kMarker));
  lock_fd_ = openat(fd_, kMarker.data(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return SpoolError("open", file, errno);
  if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SpoolError("lock", file, errno);
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " is in use by another memmond; stop that one (fuser ", file,
                     "), or give this one a directory of its own with --spool-dir"));
  }
  const std::string wanted = absl::StrCat("memmon spool 1, machine ", machine_id, "\n");
  std::array<char, 512> buffer{};
  const ssize_t size = pread(lock_fd_, buffer.data(), buffer.size(), 0);
  if (size < 0) return SpoolError("read", file, errno);
  const std::string_view there(buffer.data(), static_cast<size_t>(size));
  if (there == wanted) return absl::OkStatus();
  // A memmond that was killed while it wrote this left the beginning of it.
  if (!std::string_view(wanted).starts_with(there)) {
    const bool ours = there.starts_with("memmon spool 1, ");
    return absl::FailedPreconditionError(absl::StrCat(
        path_, ours ? " is the spool of another machine" : " is the spool of another version", " (",
        file, " says so); name another directory with --spool-dir"));
  }
  if (pwrite(lock_fd_, wanted.data(), wanted.size(), 0) != static_cast<ssize_t>(wanted.size()) ||
      fsync(lock_fd_) != 0) {
    return SpoolError("write", file, errno);
  }
  return Sync();
}

std::string SpoolDirectory::SegmentPath(uint64_t number) const {
  return absl::StrFormat("%s/%016x%s", path_, number, std::string(kSegmentEnd));
}

absl::StatusOr<std::vector<uint64_t>> SpoolDirectory::Segments() const {
  DIR* const listing = opendir(path_.c_str());
  if (listing == nullptr) return SpoolError("list", path_, errno);
  std::vector<uint64_t> numbers;
  std::string foreign;
  while (const dirent* entry = readdir(listing)) {
    const std::string_view name = entry->d_name;
    if (const auto number = NumberOf(name)) {
      numbers.push_back(*number);
    } else if (std::find(std::begin(kOthers), std::end(kOthers), name) == std::end(kOthers)) {
      foreign = entry->d_name;
    }
  }
  closedir(listing);
  if (!foreign.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, " is not a spool's alone, it has \"", foreign,
                     "\"; name a directory of memmond's own with --spool-dir"));
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::Status SpoolDirectory::RemoveSegment(uint64_t number) const {
  const std::string path = SegmentPath(number);
  if (unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return SpoolError("remove", path, errno);
}

absl::Status SpoolDirectory::Sync() const {
  return fsync(fd_) == 0 ? absl::OkStatus() : SpoolError("sync", path_, errno);
}

}  // namespace memmon::store
