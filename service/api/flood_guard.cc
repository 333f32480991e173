// SPDX-License-Identifier: Apache-2.0

#include "api/flood_guard.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/thread_name.h"

namespace memmon::api {
namespace {

// Between two looks at what connections sent: two system calls each.
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::minutes kTellAgain{1};

}  // namespace

FloodGuard::FloodGuard(const Bounds& bounds) : bounds_(bounds) {
  thread_ = std::thread([this] {
    base::NameThisThread("grpc-guard");
    Run();
  });
}

FloodGuard::~FloodGuard() { Stop(); }

void FloodGuard::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void FloodGuard::Watch(int fd) {
  const Connection connection{HandedSocket(fd), Unanswered(bounds_.call)};
  {
    const std::lock_guard lock(mutex_);
    // In the place of one that had the same name, and is over.
    connections_.insert_or_assign(HandedSocket::PeerOf(fd), connection);
  }
  changed_.notify_one();
}

void FloodGuard::CallBegins(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(peer);
  if (found != connections_.end()) ++found->second.calls;
}

void FloodGuard::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    // Without a connection nothing wakes.
    changed_.wait(lock, [this] { return stopped_ || !connections_.empty(); });
    changed_.wait_for(lock, kLook, [this] { return stopped_; });
    if (!stopped_) Look();
  }
}

void FloodGuard::Look() {
  uint64_t all = 0;
  absl::erase_if(connections_, [&all](auto& named) {
    Connection& connection = named.second;
    std::optional<Traffic> traffic = connection.socket.SeeTraffic();
    if (!traffic) return true;
    traffic->calls = connection.calls;
    connection.unanswered.See(*traffic);
    all += connection.unanswered.bytes();
    return false;
  });
  End(all);
}

void FloodGuard::End(uint64_t all) {
  std::vector<std::pair<uint64_t, const Connections::value_type*>> large;
  for (const auto& named : connections_) {
    const uint64_t bytes = named.second.unanswered.bytes();
    if (bytes > bounds_.always) large.emplace_back(bytes, &named);
  }
  std::ranges::sort(large, std::greater());
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [bytes, named] : large) {
    if (bytes <= bounds_.most && all <= bounds_.all) break;
    named->second.socket.Abort();
    all -= bytes;
    ++ended_;
    // Not each: whoever brings this about could fill the log.
    if (now < tell_at_) continue;
    base::LogWarning("connections_ended",
                     {{"service", "grpc"},
                      {"connections", std::to_string(ended_)},
                      {"peer", named->first},
                      {"bytes", std::to_string(bytes)},
                      {"reason",
                       "what it sends becomes no call, and would fill memory; let nobody reach "
                       "--grpc-address who does that"}});
    tell_at_ = now + kTellAgain;
    ended_ = 0;
  }
}

}  // namespace memmon::api
