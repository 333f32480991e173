// SPDX-License-Identifier: Apache-2.0
//
// A source that plays a script: what each Open returns, and which bytes it
// then gives.

#ifndef MEMMON_TESTS_FAKES_FAKE_SOURCE_H_
#define MEMMON_TESTS_FAKES_FAKE_SOURCE_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "device/source.h"

namespace memmon::fakes {

// One Open and what follows it.
struct Session {
  absl::Status open = absl::OkStatus();  // not OK: nothing follows
  std::vector<std::byte> bytes = {};     // given at once
  std::vector<std::byte> held = {};      // given after Interrupt alone
  absl::Status end = absl::OkStatus();   // after `bytes`, where the source does not stay
  bool stays = false;                    // after `bytes`, waits for Interrupt
};

class FakeSource : public device::Source {
 public:
  explicit FakeSource(std::vector<Session> script, bool recording = false, size_t piece = 1'000)
      : script_(std::move(script)), recording_(recording), piece_(piece) {}

  std::string name() const override { return "fake"; }
  bool is_recording() const override { return recording_; }

  // After the script's end the device is missing.
  absl::Status Open() override {
    const std::lock_guard lock(mutex_);
    const size_t index = opens_++;
    changed_.notify_all();
    if (index >= script_.size()) return absl::NotFoundError("the script is over");
    session_ = script_[index];
    given_ = 0;
    draining_ = false;
    return session_.open;
  }

  absl::StatusOr<size_t> Read(std::span<std::byte> buffer) override {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (interrupted_) {
        interrupted_ = false;
        draining_ = true;
        session_.bytes.insert(session_.bytes.end(), session_.held.begin(), session_.held.end());
        return absl::CancelledError("interrupted");
      }
      if (given_ < session_.bytes.size()) {
        const size_t size = std::min({buffer.size(), piece_, session_.bytes.size() - given_});
        std::copy_n(session_.bytes.begin() + given_, size, buffer.begin());
        given_ += size;
        return size;
      }
      if (draining_) return 0;
      if (!session_.end.ok()) return session_.end;
      if (!session_.stays) return 0;
      changed_.wait(lock, [this] { return interrupted_; });
    }
  }

  void Close() override {
    const std::lock_guard lock(mutex_);
    ++closes_;
    changed_.notify_all();
  }

  void Interrupt() override {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    changed_.notify_all();
  }

  absl::StatusOr<std::vector<model::KernelCounters>> Counters() override {
    return std::vector<model::KernelCounters>{{.hooked = 3, .delivered = 2, .dropped = 1}};
  }
  uint64_t MissedCount() override { return 4; }

  void WaitForOpens(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return opens_ >= count; });
  }
  size_t closes() const {
    const std::lock_guard lock(mutex_);
    return closes_;
  }

 private:
  const std::vector<Session> script_;
  const bool recording_;
  const size_t piece_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  size_t opens_ = 0;
  size_t closes_ = 0;
  Session session_;
  size_t given_ = 0;
  bool interrupted_ = false;
  bool draining_ = false;
};

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_FAKE_SOURCE_H_
