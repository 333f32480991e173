// SPDX-License-Identifier: Apache-2.0
//
// A recording: a file that "cat /dev/memmon" made, or a pipe that carries one.

#ifndef MEMMON_DEVICE_REPLAY_SOURCE_H_
#define MEMMON_DEVICE_REPLAY_SOURCE_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "device/fd.h"
#include "device/source.h"

namespace memmon::device {

// What can be told of a recording before it is played: that `path` may be read and, where it is
// a plain file, that it begins as a recording does. A pipe is not touched. Errors name `path`:
// NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT for a directory, and the Decoder's.
absl::Status CheckRecording(const std::string& path);

struct ReplayOptions {
  // 0: as fast as it can be read. 1: as fast as it was recorded; 2: twice as
  // fast; ...
  double speed = 0;
  // Begin again at the end, for ever: each time a new capture. A recording
  // that is cut short or empty is played once.
  bool loop = false;
  base::Clock* clock = nullptr;  // null: the system's
};

// After Interrupt a recording ends where it is: unlike a device's rings it
// stays to be read another time.
class ReplaySource : public Source {
 public:
  explicit ReplaySource(std::string path, ReplayOptions options = {});

  std::string name() const override { return "replay:" + path_; }
  absl::Status Open() override;
  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override;
  void Close() override { fd_.Reset(); }
  void Interrupt() override;
  bool is_recording() const override { return true; }
  absl::StatusOr<std::vector<model::KernelCounters>> Counters() override {
    return std::vector<model::KernelCounters>();
  }
  uint64_t MissedCount() override { return 0; }

 private:
  absl::StatusOr<size_t> ReadFile(std::span<std::byte> buffer);
  absl::StatusOr<size_t> ReadPaced(std::span<std::byte> buffer);
  // When the record at `bytes` is due, on the clock.
  std::chrono::nanoseconds DueTime(const std::byte* bytes, std::chrono::nanoseconds now);

  const std::string path_;
  const ReplayOptions options_;
  base::SystemClock system_clock_;
  base::Clock* const clock_;

  Fd fd_;
  bool may_rewind_ = false;
  bool ended_ = false;
  Interrupter interrupter_;
  std::mutex mutex_;  // for waits alone
  std::condition_variable woken_;

  // Paced: what was read from the file and is not due yet.
  std::vector<std::byte> ahead_;
  size_t ahead_begin_ = 0;
  std::chrono::nanoseconds origin_{};  // on the clock, of the last HEADER
  uint64_t origin_ns_ = 0;             // in the recording
  std::chrono::nanoseconds due_{};     // of the latest record
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_REPLAY_SOURCE_H_
