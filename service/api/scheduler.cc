// SPDX-License-Identifier: Apache-2.0

#include "api/scheduler.h"

#include <utility>

namespace memmon::api {

Scheduler::Scheduler() : thread_([this] { Loop(); }) {}

Scheduler::~Scheduler() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Scheduler::At(Clock::time_point time, std::weak_ptr<Task> task) {
  {
    std::lock_guard lock(mutex_);
    entries_.push({time, next_order_++, std::move(task)});
  }
  changed_.notify_one();
}

void Scheduler::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    // A copy: another thread may push while this one waits.
    Clock::time_point due = entries_.top().time;
    if (due > Clock::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    std::shared_ptr<Task> task = entries_.top().task.lock();
    entries_.pop();
    lock.unlock();
    if (task != nullptr) task->Run();
    task.reset();
    lock.lock();
  }
}

}  // namespace memmon::api
