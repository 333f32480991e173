// SPDX-License-Identifier: Apache-2.0
//
// The service memmon.v1.MemoryMonitor: checks requests and hands each call to
// who answers it.
//
// Thread safety: gRPC's threads. Ownership: outlives the gRPC server that
// serves it.

#ifndef MEMMON_API_MEMORY_MONITOR_H_
#define MEMMON_API_MEMORY_MONITOR_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/backfill.h"
#include "api/callers.h"
#include "api/details.h"
#include "api/event_producer.h"
#include "api/parts.h"
#include "api/process_producer.h"
#include "api/scheduler.h"
#include "api/status_report.h"
#include "api/stream_registry.h"
#include "api/worker_pool.h"
#include "base/access.h"
#include "memmon/v1/memmon.grpc.pb.h"

namespace memmon::api {

// Streams that carry events are written as bytes (api/wire.h).
template <class Service>
using WithRawStreams = v1::MemoryMonitor::WithRawCallbackMethod_StreamEvents<
    v1::MemoryMonitor::WithRawCallbackMethod_StreamRecords<
        v1::MemoryMonitor::WithRawCallbackMethod_Watch<Service>>>;

class MemoryMonitor final : public WithRawStreams<v1::MemoryMonitor::CallbackService> {
 public:
  MemoryMonitor(Parts parts, const base::Access& access);

  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamEvents(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamRecords(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override;
  grpc::ServerWriteReactor<v1::StreamProcessesResponse>* StreamProcesses(
      grpc::CallbackServerContext* context, const v1::StreamProcessesRequest* request) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Watch(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListEvents(grpc::CallbackServerContext* context,
                                       const v1::ListEventsRequest* request,
                                       v1::ListEventsResponse* response) override;
  grpc::ServerUnaryReactor* ListProcesses(grpc::CallbackServerContext* context,
                                          const v1::ListProcessesRequest* request,
                                          v1::ListProcessesResponse* response) override;
  grpc::ServerUnaryReactor* GetProcessHistory(grpc::CallbackServerContext* context,
                                              const v1::GetProcessHistoryRequest* request,
                                              v1::GetProcessHistoryResponse* response) override;
  grpc::ServerUnaryReactor* GetProcessCalls(grpc::CallbackServerContext* context,
                                            const v1::GetProcessCallsRequest* request,
                                            v1::GetProcessCallsResponse* response) override;
  grpc::ServerUnaryReactor* GetAddressSpace(grpc::CallbackServerContext* context,
                                            const v1::GetAddressSpaceRequest* request,
                                            v1::GetAddressSpaceResponse* response) override;
  grpc::ServerUnaryReactor* GetActivity(grpc::CallbackServerContext* context,
                                        const v1::GetActivityRequest* request,
                                        v1::GetActivityResponse* response) override;
  grpc::ServerUnaryReactor* GetSummary(grpc::CallbackServerContext* context,
                                       const v1::GetSummaryRequest* request,
                                       v1::GetSummaryResponse* response) override;
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest* request,
                                      v1::GetStatusResponse* response) override;

  // Ends all streams, and each that comes later, after what waits was sent.
  // Returns when all have ended, or after `limit`.
  void EndStreams(const grpc::Status& status, std::chrono::milliseconds limit) {
    registry_.EndAll(status);
    registry_.WaitUntilEmpty(limit);
  }

  // As /metrics serves it.
  std::string Metrics() const;

 private:
  // `path` stands before the names of fields: "", "events.".
  grpc::Status MakeEvents(const v1::StreamEventsRequest& request, const std::string& path,
                          Details details, std::function<void()> wake,
                          std::unique_ptr<EventProducer>* producer);
  // FAILED_PRECONDITION where it asks for containers and nothing knows which there are.
  template <typename Filter>
  grpc::Status CheckContainers(const Filter& filter) const;
  // What such a stream takes of Parts::max_streams.
  size_t PlacesOf(const ProcessStreamOptions& options) const;
  // Answers on one of those threads.
  grpc::ServerUnaryReactor* Work(WorkerPool* workers, grpc::CallbackServerContext* context,
                                 std::function<grpc::Status()> answer);

  const Parts parts_;
  const Callers callers_;
  const StatusReport report_;
  StreamRegistry registry_;
  Scheduler scheduler_;
  WorkerPool workers_;  // they may wait for the database
  WorkerPool prober_;   // one thread, which may wait for another process's mappings
  // One thread, for calls that copy all processes: there is one such copy at a time, and an
  // answer also while the workers wait.
  WorkerPool looker_;
  mutable std::mutex metrics_mutex_;  // held while /metrics has such a copy
  Backfills backfills_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_MEMORY_MONITOR_H_
