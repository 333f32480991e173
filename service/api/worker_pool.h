// SPDX-License-Identifier: Apache-2.0
//
// A few threads for calls that are long, or wait for the database, so that gRPC's own
// threads never do.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_API_WORKER_POOL_H_
#define MEMMON_API_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace memmon::api {

class WorkerPool {
 public:
  WorkerPool(int threads, size_t max_waiting);
  ~WorkerPool();  // runs what was accepted

  // False when max_waiting jobs wait already.
  bool Post(std::function<void()> job);

 private:
  void Loop();

  const size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_WORKER_POOL_H_
