// SPDX-License-Identifier: Apache-2.0
//
// A store in memory, for what reads it: keeps what it takes, some batches later,
// and may lose some of it.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_TESTS_FAKES_FAKE_STORE_H_
#define MEMMON_TESTS_FAKES_FAKE_STORE_H_

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "store/null_store.h"

namespace memmon::fakes {

class FakeStore : public store::NullStore {
 public:
  // The newest `lag` batches are not stored yet.
  explicit FakeStore(size_t lag = 0) : lag_(lag) {}

  void Take(const model::SharedBatch& batch) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(batch);
    Store();
  }
  void SetLag(size_t lag) {
    const std::lock_guard lock(mutex_);
    lag_ = lag;
    Store();
  }
  // Of what is stored from now on, this alone is kept.
  void KeepOnly(std::function<bool(const model::Event&)> keeps) {
    const std::lock_guard lock(mutex_);
    keeps_ = std::move(keeps);
  }
  void Fail(absl::Status error) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  // Asked for a page or for activity, it says nothing until it is told to go on.
  void SetStandsStill(bool stands_still) {
    {
      const std::lock_guard lock(mutex_);
      stands_still_ = stands_still;
    }
    moves_.notify_all();
  }
  size_t backfills() const {
    const std::lock_guard lock(mutex_);
    return backfills_;
  }

  // Questions that it has not answered.
  size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  absl::StatusOr<store::Activity> GetActivity(const store::ActivityQuery&) override {
    std::unique_lock lock(mutex_);
    WaitToGoOn(&lock);
    return store::Activity();
  }

  absl::StatusOr<store::BackfillPage> Backfill(const store::BackfillQuery& query) override {
    std::unique_lock lock(mutex_);
    ++backfills_;
    WaitToGoOn(&lock);
    if (!error_.ok()) return error_;
    store::BackfillPage page;
    page.after = query.from;
    const auto captured = std::find_if(captures_.begin(), captures_.end(), [&](const auto& c) {
      return c.books.capture == query.from.capture;
    });
    page.at_end = true;
    if (captured == captures_.end()) return page;
    // What is past came first.
    const auto& events = captured->events;
    auto event = std::partition_point(events.begin(), events.end(), [&](const auto& stored) {
      return query.from.IsPast(stored.event);
    });
    const auto end =
        !query.until ? events.end() : std::partition_point(event, events.end(), [&](const auto& e) {
          return query.until->IsPast(e.event);
        });
    for (; event != end && page.events.size() < query.max_events; ++event) {
      page.events.push_back(*event);
      page.after.Pass(event->event);
    }
    page.at_end = event == end;
    if (page.at_end) {
      for (size_t slot = 0; slot < captured->books.next.size(); ++slot) {
        const uint16_t cpu = model::Position::Cpu(slot);
        const uint64_t known = captured->books.Next(cpu);
        page.after.SkipTo(cpu, query.until ? std::min(known, query.until->Next(cpu)) : known);
      }
      if (captured + 1 != captures_.end()) page.next = (captured + 1)->books.capture;
    }
    return page;
  }

  store::StoreStatus status() const override {
    const std::lock_guard lock(mutex_);
    store::StoreStatus status;
    for (const auto& batch : waiting_) status.counters.waiting += batch->events.size();
    return status;
  }

 private:
  struct Captured {
    model::Position books;  // behind all that was stored, or left out
    std::vector<store::StoredEvent> events;
  };

  void WaitToGoOn(std::unique_lock<std::mutex>* lock) {
    ++asked_;
    moves_.wait(*lock, [this] { return !stands_still_; });
    --asked_;
  }

  void Store() {
    for (; waiting_.size() > lag_; waiting_.pop_front()) {
      const model::Batch& batch = *waiting_.front();
      const model::CaptureId id = model::IdOf(*batch.capture);
      if (captures_.empty() || captures_.back().books.capture != id) {
        captures_.push_back({model::Position(id), {}});
      }
      for (const model::Event& event : batch.events) {
        captures_.back().books.Pass(event);
        if (keeps_ != nullptr && !keeps_(event)) continue;
        captures_.back().events.push_back(
            {event, static_cast<int64_t>(event.time_ns) + batch.capture->realtime_offset_ns});
      }
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable moves_;
  bool stands_still_ = false;
  size_t asked_ = 0;
  size_t lag_;
  std::deque<model::SharedBatch> waiting_;
  std::function<bool(const model::Event&)> keeps_;
  absl::Status error_;
  std::vector<Captured> captures_;
  size_t backfills_ = 0;
};

}  // namespace memmon::fakes

#endif  // MEMMON_TESTS_FAKES_FAKE_STORE_H_
