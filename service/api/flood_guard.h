// SPDX-License-Identifier: Apache-2.0
//
// Looks at what connections over TCP send, and ends those that make gRPC hold more than
// calls can (api/unanswered.h). It has a thread, which sleeps while there is none.
//
// Thread safety: all functions, from any thread.

#ifndef MEMMON_API_FLOOD_GUARD_H_
#define MEMMON_API_FLOOD_GUARD_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "absl/container/flat_hash_map.h"
#include "api/handed_socket.h"
#include "api/unanswered.h"

namespace memmon::api {

class FloodGuard {
 public:
  // Bytes that are unanswered.
  struct Bounds {
    uint64_t call = 0;    // what a call may send until it begins
    uint64_t always = 0;  // a connection with no more is let be
    uint64_t most = 0;    // one with more is ended
    uint64_t all = 0;     // of all together; beyond it those with most are ended
  };

  explicit FloodGuard(const Bounds& bounds);
  ~FloodGuard();  // Stop

  // `fd`: a connection over TCP, before gRPC has it.
  void Watch(int fd);
  // A call begins; `peer` as gRPC names who makes it. Those of nobody here do not count.
  void CallBegins(const std::string& peer);
  // Once it was called nothing is looked at any more.
  void Stop();

 private:
  struct Connection {
    HandedSocket socket;
    Unanswered unanswered;
    uint64_t calls = 0;
  };
  // By the names that gRPC has for them.
  using Connections = absl::flat_hash_map<std::string, Connection>;

  void Run();
  void Look();             // with mutex_
  void End(uint64_t all);  // with mutex_; `all`: unanswered of all of them

  const Bounds bounds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  Connections connections_;
  uint64_t ended_ = 0;  // that nobody was told of
  std::chrono::steady_clock::time_point tell_at_{};
  std::thread thread_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_FLOOD_GUARD_H_
