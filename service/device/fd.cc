// SPDX-License-Identifier: Apache-2.0

#include "device/fd.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace memmon::device {

void Fd::Reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Interrupter::Interrupter() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // Only for want of descriptors or memory, at start: nothing could go on.
  if (!event_.valid()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Interrupter::Interrupt() {
  interrupted_.store(true);
  const uint64_t one = 1;
  // Fails only where 2^64 - 2 interrupts wait already: awake enough.
  [[maybe_unused]] const ssize_t written = write(event_.get(), &one, sizeof(one));
}

bool Interrupter::Consume() {
  if (!interrupted_.load(std::memory_order_relaxed)) return false;
  uint64_t count = 0;
  // The descriptor first: an interrupt between the two lines is seen by the
  // flag, and costs one needless wake-up at most.
  [[maybe_unused]] const ssize_t got = read(event_.get(), &count, sizeof(count));
  return interrupted_.exchange(false);
}

absl::Status Interrupter::WaitReadable(int fd) const {
  pollfd fds[] = {{fd, POLLIN, 0}, {event_.get(), POLLIN, 0}};
  if (poll(fds, 2, -1) < 0 && errno != EINTR) return absl::ErrnoToStatus(errno, "poll");
  return absl::OkStatus();
}

void Interrupter::WaitFor(std::chrono::nanoseconds time) const {
  pollfd event{event_.get(), POLLIN, 0};
  poll(&event, 1, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(time).count()));
}

}  // namespace memmon::device
