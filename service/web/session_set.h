// SPDX-License-Identifier: Apache-2.0
//
// The connections that are open: how many, and how to reach them when the
// server stops.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_WEB_SESSION_SET_H_
#define MEMMON_WEB_SESSION_SET_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace memmon::web {

class Session;

class SessionSet {
 public:
  // Held by a session as its first member, so that nothing of it is left when
  // it is counted out.
  class Place {
   public:
    Place(SessionSet* set, const std::string& peer) : set_(set), peer_(peer) {
      std::lock_guard lock(set_->mutex_);
      set_->sessions_[this];
      ++set_->by_peer_[peer_];
    }
    ~Place() {
      std::lock_guard lock(set_->mutex_);
      set_->sessions_.erase(this);
      auto count = set_->by_peer_.find(peer_);
      if (--count->second == 0) set_->by_peer_.erase(count);
      set_->gone_.notify_all();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    void Fill(std::weak_ptr<Session> session) {
      std::lock_guard lock(set_->mutex_);
      set_->sessions_[this] = std::move(session);
    }

   private:
    SessionSet* const set_;
    const std::string peer_;
  };

  size_t size() const {
    std::lock_guard lock(mutex_);
    return sessions_.size();
  }

  // Of one address.
  size_t Count(const std::string& peer) const {
    std::lock_guard lock(mutex_);
    auto count = by_peer_.find(peer);
    return count == by_peer_.end() ? 0 : count->second;
  }

  std::vector<std::shared_ptr<Session>> All() const {
    std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Session>> all;
    for (const auto& [place, session] : sessions_) {
      if (auto alive = session.lock()) all.push_back(std::move(alive));
    }
    return all;
  }

  // Whether all are gone before `deadline`.
  bool WaitUntilEmpty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return gone_.wait_until(lock, deadline, [this] { return sessions_.empty(); });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable gone_;
  std::unordered_map<Place*, std::weak_ptr<Session>> sessions_;
  std::unordered_map<std::string, size_t> by_peer_;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_SESSION_SET_H_
