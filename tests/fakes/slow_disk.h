// SPDX-License-Identifier: Apache-2.0
//
// A disk that does not answer: whoever syncs a certain file waits.
//
// It stands in for the C library's fdatasync in the whole program, so one file of a test
// program may include it. Thread safety: all of it, from any thread; one of them at a time.

#ifndef MEMMON_TESTS_FAKES_SLOW_DISK_H_
#define MEMMON_TESTS_FAKES_SLOW_DISK_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>

namespace memmon::fakes {

class SlowDisk {
 public:
  // `file`: the name, without its folders.
  explicit SlowDisk(std::string file) : file_(std::move(file)) { active_ = this; }
  ~SlowDisk() { active_ = nullptr; }

  void WaitUntilAsked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return asked_; });
  }
  // From now on it answers.
  void Answer() {
    std::lock_guard lock(mutex_);
    answers_ = true;
    changed_.notify_all();
  }

  static int Sync(int fd) {
    if (SlowDisk* const disk = active_) disk->Wait(fd);
    return static_cast<int>(syscall(SYS_fdatasync, fd));
  }

 private:
  void Wait(int fd) {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
    if (path.filename() != file_) return;
    std::unique_lock lock(mutex_);
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return answers_; });
  }

  static inline std::atomic<SlowDisk*> active_ = nullptr;

  const std::string file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool answers_ = false;
};

}  // namespace memmon::fakes

extern "C" int fdatasync(int fd) { return memmon::fakes::SlowDisk::Sync(fd); }

#endif  // MEMMON_TESTS_FAKES_SLOW_DISK_H_
