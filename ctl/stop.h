// SPDX-License-Identifier: Apache-2.0
//
// The wish that memmonctl should end: Ctrl-C, SIGTERM, or a test.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_CTL_STOP_H_
#define MEMMON_CTL_STOP_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

namespace memmon::ctl {

class Stop {
 public:
  // Once it is asked for it stays so.
  void Ask() {
    const std::lock_guard lock(mutex_);
    asked_ = true;
    for (const auto& [id, action] : actions_) action();
    changed_.notify_all();
  }
  bool asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  // Waits for so long, or until it is asked for; says whether it is.
  bool WaitFor(std::chrono::nanoseconds limit) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return asked_; });
  }

 private:
  friend class OnStop;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool asked_ = false;
  int next_ = 0;
  std::map<int, std::function<void()>> actions_;
};

// Does `action` when the end is asked for, at once if it already is; not any
// more once this object is gone. `action` must not touch the Stop itself.
class OnStop {
 public:
  OnStop(Stop* stop, std::function<void()> action) : stop_(stop) {
    const std::lock_guard lock(stop_->mutex_);
    if (stop_->asked_) action();
    id_ = stop_->next_++;
    stop_->actions_.emplace(id_, std::move(action));
  }
  ~OnStop() {
    const std::lock_guard lock(stop_->mutex_);
    stop_->actions_.erase(id_);
  }
  OnStop(const OnStop&) = delete;
  OnStop& operator=(const OnStop&) = delete;

 private:
  Stop* stop_;
  int id_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_STOP_H_
