// SPDX-License-Identifier: Apache-2.0
//
// StreamProcesses on a thread of its own, opened again when it breaks or when
// something else is asked for. Who shows it takes a view when there is a new one.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_CTL_PROCESS_FEED_H_
#define MEMMON_CTL_PROCESS_FEED_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ctl/connection.h"
#include "ctl/process_set.h"
#include "ctl/stop.h"
#include "memmon/v1/memmon.pb.h"

namespace memmon::ctl {

struct ProcessView {
  uint64_t version = 0;  // grows with every change
  std::vector<ProcessRow> rows;
  v1::HostTotals totals;
  double events_per_second = 0;
  std::string trouble;             // why there is nothing new; empty while all is well
  std::optional<Failure> failure;  // there will never be anything new
};

class ProcessFeed {
 public:
  // `connection` must outlive this. Nothing is asked before Ask.
  explicit ProcessFeed(const Connection* connection);
  ~ProcessFeed();
  ProcessFeed(const ProcessFeed&) = delete;
  ProcessFeed& operator=(const ProcessFeed&) = delete;

  // From now on this. What is shown stays until the answer comes.
  void Ask(const v1::StreamProcessesRequest& request);
  // Waits for a view that is newer than `version`; false where there is none in time.
  bool Take(uint64_t version, std::chrono::nanoseconds limit, ProcessView* view);

 private:
  void Run();
  // One stream, to its end. The lock is not held.
  grpc::Status Read(grpc::ClientContext* context, const v1::StreamProcessesRequest& request);
  // A new view, of what is known. The lock is held.
  void Publish();

  const Connection* const connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<v1::StreamProcessesRequest> request_;
  uint64_t asked_ = 0;  // grows with every Ask
  grpc::ClientContext* call_ = nullptr;
  bool ending_ = false;
  ProcessSet processes_;
  ProcessView view_;
  std::thread thread_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_PROCESS_FEED_H_
