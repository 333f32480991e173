// SPDX-License-Identifier: Apache-2.0
//
// File descriptors: an owner, and a way to wake who waits.

#ifndef MEMMON_DEVICE_FD_H_
#define MEMMON_DEVICE_FD_H_

#include <atomic>
#include <chrono>
#include <utility>

#include "absl/status/status.h"

namespace memmon::device {

// Owns a file descriptor, or none. Not thread-safe.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) Reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Fd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Reset(int fd = -1);
  // The caller's from here on.
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// Wakes one thread that waits for a descriptor. Interrupt is remembered until
// it is consumed. Interrupt and pending, from any thread; all else, from the one
// that waits.
class Interrupter {
 public:
  Interrupter();

  void Interrupt();
  bool pending() const { return interrupted_.load(); }
  // Whether there was an interrupt since the last time that this was true.
  bool Consume();
  // Waits until `fd` can be read, is hung up, or there was an interrupt.
  absl::Status WaitReadable(int fd) const;
  // Waits so long, or until there was an interrupt; a signal may end it, too.
  void WaitFor(std::chrono::nanoseconds time) const;

 private:
  Fd event_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace memmon::device

#endif  // MEMMON_DEVICE_FD_H_
