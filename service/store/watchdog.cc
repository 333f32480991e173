// SPDX-License-Identifier: Apache-2.0

#include "store/watchdog.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "base/thread_name.h"

namespace memmon::store {

Watchdog::Watchdog() : thread_([this] { Loop(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::ShutAll() {
  const std::lock_guard lock(mutex_);
  shut_all_ = true;
  for (const Watch* watch : watches_) shutdown(watch->fd_, SHUT_RDWR);
}

void Watchdog::Loop() {
  base::NameThisThread("memmon-watchdog");
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const Clock::time_point now = Clock::now();
    looks_at_ = Clock::time_point::max();
    for (Watch* watch : watches_) {
      if (watch->ran_out_) continue;
      if (watch->due_ <= now) {
        watch->ran_out_ = true;
        shutdown(watch->fd_, SHUT_RDWR);
      } else {
        looks_at_ = std::min(looks_at_, watch->due_);
      }
    }
    if (looks_at_ == Clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, Clock::time_point(looks_at_));
    }
  }
}

// A descriptor of its own, since libpq closes what breaks, and others get the number.
Watchdog::Watch::Watch(Watchdog* watchdog, int socket, std::chrono::milliseconds limit)
    : watchdog_(watchdog), limit_(limit), fd_(fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  const std::lock_guard lock(watchdog_->mutex_);
  watchdog_->watches_.push_back(this);
  if (watchdog_->shut_all_) shutdown(fd_, SHUT_RDWR);
  Begin();
}

void Watchdog::Watch::Renew() {
  const std::lock_guard lock(watchdog_->mutex_);
  Begin();
}

void Watchdog::Watch::Begin() {
  due_ = Clock::now() + limit_;
  // Most often it looks earlier, for what was asked before.
  if (due_ < watchdog_->looks_at_) watchdog_->changed_.notify_one();
}

bool Watchdog::Watch::End() {
  const std::lock_guard lock(watchdog_->mutex_);
  if (std::erase(watchdog_->watches_, this) != 0) close(fd_);
  return ran_out_;
}

}  // namespace memmon::store
