// SPDX-License-Identifier: Apache-2.0

#include "device/replay_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "device/decoder.h"
#include "device/layout.h"

namespace memmon::device {
namespace {

constexpr size_t kReadAheadBytes = 512 * kRecordSize;

}  // namespace

absl::Status CheckRecording(const std::string& path) {
  struct stat info {};
  if (access(path.c_str(), R_OK) != 0 || stat(path.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, path);
  }
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return absl::OkStatus();
  ReplaySource source(path);
  if (absl::Status status = source.Open(); !status.ok()) return status;
  std::vector<std::byte> begin(kRecordSize);
  const absl::StatusOr<size_t> got = source.Read(begin);
  if (!got.ok()) return got.status();
  Decoder decoder;
  std::vector<model::SharedBatch> batches;
  absl::Status status = decoder.Decode(std::span(begin).first(*got), &batches);
  if (status.ok()) status = decoder.Finish();
  if (status.ok()) return status;
  return absl::Status(
      status.code(), absl::StrCat(path, " is no recording that can be played: ", status.message()));
}

ReplaySource::ReplaySource(std::string path, ReplayOptions options)
    : path_(std::move(path)),
      options_(options),
      clock_(options.clock != nullptr ? options.clock : &system_clock_) {}

absl::Status ReplaySource::Open() {
  Fd fd(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path_));
  struct stat info {};
  if (fstat(fd.get(), &info) < 0) return absl::ErrnoToStatus(errno, path_);
  if (S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path_, " is a directory, not a recording"));
  }
  may_rewind_ =
      options_.loop && S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size % kRecordSize == 0;
  fd_ = std::move(fd);
  ended_ = false;
  ahead_.clear();
  ahead_begin_ = 0;
  return absl::OkStatus();
}

absl::StatusOr<size_t> ReplaySource::Read(std::span<std::byte> buffer) {
  if (!fd_.valid()) return absl::FailedPreconditionError(absl::StrCat(path_, " is not open"));
  if (ended_) return 0;
  return options_.speed > 0 ? ReadPaced(buffer) : ReadFile(buffer);
}

absl::StatusOr<size_t> ReplaySource::ReadFile(std::span<std::byte> buffer) {
  for (;;) {
    if (interrupter_.Consume()) {
      ended_ = true;
      return absl::CancelledError("interrupted");
    }
    // A pipe that nobody has begun to write reads as ended; poll knows better.
    if (absl::Status status = interrupter_.WaitReadable(fd_.get()); !status.ok()) return status;
    const ssize_t got = read(fd_.get(), buffer.data(), buffer.size());
    if (got > 0) return static_cast<size_t>(got);
    if (got == 0) {
      if (!may_rewind_ || lseek(fd_.get(), 0, SEEK_SET) != 0) return 0;
      continue;
    }
    if (errno != EINTR && errno != EAGAIN) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path_));
    }
  }
}

std::chrono::nanoseconds ReplaySource::DueTime(const std::byte* bytes,
                                               std::chrono::nanoseconds now) {
  const auto record = Load<memmon_event>(bytes);
  // What does not begin as a recording has no times: the decoder is to judge it at once.
  if (origin_ns_ == 0 && record.kind != MEMMON_HEADER) return now;
  if (record.kind == MEMMON_HEADER) {
    // Another recording follows at once, however long ago it was made.
    origin_ = due_ = std::max(now, due_);
    origin_ns_ = record.time_ns;
  }
  if (record.time_ns > origin_ns_) {
    const double elapsed = static_cast<double>(record.time_ns - origin_ns_) / options_.speed;
    // Far enough for any recording, and no overflow for a broken one.
    constexpr double kYear = 365.0 * 86'400 * 1e9;
    // Records of several CPUs are not in order of time: those behind are due.
    due_ = std::max(
        due_, origin_ + std::chrono::nanoseconds(static_cast<int64_t>(std::min(elapsed, kYear))));
  }
  return due_;
}

absl::StatusOr<size_t> ReplaySource::ReadPaced(std::span<std::byte> buffer) {
  for (;;) {
    if (ahead_.size() - ahead_begin_ < kRecordSize) {
      // Keep the part of a record that is there, and read what follows it.
      ahead_.erase(ahead_.begin(), ahead_.begin() + ahead_begin_);
      ahead_begin_ = 0;
      const size_t kept = ahead_.size();
      ahead_.resize(kept + kReadAheadBytes);
      const auto got = ReadFile(std::span(ahead_).subspan(kept));
      ahead_.resize(kept + (got.ok() ? *got : 0));
      if (!got.ok()) return got;
      if (*got == 0) {
        // The end; what is left of a record is given for the decoder to judge.
        const size_t left = std::min(kept, buffer.size());
        std::copy_n(ahead_.begin(), left, buffer.begin());
        ahead_begin_ = left;
        return left;
      }
      continue;
    }

    std::chrono::nanoseconds now = clock_->Now();
    if (const auto due = DueTime(ahead_.data() + ahead_begin_, now); due > now) {
      std::unique_lock lock(mutex_);
      clock_->WaitFor(lock, woken_, due - now, [this] { return interrupter_.pending(); });
    }
    if (interrupter_.Consume()) {
      ended_ = true;
      return absl::CancelledError("interrupted");
    }
    now = clock_->Now();
    size_t bytes = 0;
    while (bytes + kRecordSize <= buffer.size() &&
           ahead_begin_ + bytes + kRecordSize <= ahead_.size() &&
           DueTime(ahead_.data() + ahead_begin_ + bytes, now) <= now) {
      bytes += kRecordSize;
    }
    if (bytes == 0) {
      if (buffer.size() < kRecordSize) {
        return absl::InvalidArgumentError("a buffer smaller than one record");
      }
      continue;
    }
    std::copy_n(ahead_.begin() + ahead_begin_, bytes, buffer.begin());
    ahead_begin_ += bytes;
    return bytes;
  }
}

void ReplaySource::Interrupt() {
  const std::lock_guard lock(mutex_);
  interrupter_.Interrupt();
  woken_.notify_all();
}

}  // namespace memmon::device
