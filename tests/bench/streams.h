// SPDX-License-Identifier: Apache-2.0
//
// What the benchmarks of streams share: memmond's API over a feed, clients of it,
// and figures.

#ifndef MEMMON_TESTS_BENCH_STREAMS_H_
#define MEMMON_TESTS_BENCH_STREAMS_H_

#include <grpcpp/grpcpp.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "api/server.h"
#include "live/feed.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "processes/process_table.h"
#include "store/null_store.h"

namespace memmon::bench {

using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// CPU time of this process, all threads: what a busy machine does not stretch.
inline double CpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

[[noreturn]] inline void Fail(const std::string& what) {
  fprintf(stderr, "benchmark: %s\n", what.c_str());
  exit(1);
}

// The value that `share` of them do not exceed.
inline double Quantile(std::vector<double> values, double share) {
  if (values.empty()) Fail("nothing was measured");
  const size_t at = static_cast<size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(at), values.end());
  return values[at];
}

inline double Median(const std::vector<double>& values) { return Quantile(values, 0.5); }

// A client with a connection of its own.
inline std::unique_ptr<v1::MemoryMonitor::Stub> Connect(int port) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return v1::MemoryMonitor::NewStub(grpc::CreateCustomChannel(
      "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials(), arguments));
}

// memmond without a source. `store`: null: none.
struct Service {
  explicit Service(live::FeedOptions options = {}, store::Store* store = nullptr,
                   const pipeline::PumpStatus& status = {})
      : feed(options) {
    api::ServerOptions shown;
    shown.access.open_details = true;
    auto started = api::Server::Start(shown, {[status] { return status; }, &processes, &feed,
                                              store ? store : &no_store, "bench"});
    if (!started.ok()) Fail(started.status().ToString());
    api = *std::move(started);
  }
  ~Service() { api->Shutdown(std::chrono::milliseconds(100)); }

  live::Feed feed;
  processes::ProcessTable processes;
  store::NullStore no_store;
  std::unique_ptr<api::Server> api;
};

}  // namespace memmon::bench

#endif  // MEMMON_TESTS_BENCH_STREAMS_H_
