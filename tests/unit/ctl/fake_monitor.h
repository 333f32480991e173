// SPDX-License-Identifier: Apache-2.0
//
// A memmond made of functions, on a port or socket of its own; and memmonctl run against it.
//
// Functions are called on gRPC's threads, while Ctl runs: what they have of the test is the
// test's before and after it.

#ifndef MEMMON_TESTS_UNIT_CTL_FAKE_MONITOR_H_
#define MEMMON_TESTS_UNIT_CTL_FAKE_MONITOR_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "ctl/program.h"
#include "memmon/v1/memmon.grpc.pb.h"

namespace memmon::ctl {

struct Ran {
  int status;
  std::string out;
  std::string err;
};

using Variables = std::map<std::string, std::string, std::less<>>;

// memmonctl with these arguments; `variables` over an environment that is empty but
// for MEMMON_ADDRESS. `socket_path` is where it looks for a memmond by itself.
inline Ran RunCtl(const std::string& address, const std::vector<std::string>& arguments,
                  Variables variables = {}, Stop* stop = nullptr,
                  const std::string& socket_path = "") {
  variables.try_emplace("MEMMON_ADDRESS", address);
  std::ostringstream out;
  std::ostringstream err;
  Stop own;
  const ExitStatus status =
      RunProgram(arguments, {Environment(std::move(variables)), out, err, false,
                             stop != nullptr ? stop : &own, socket_path});
  return {static_cast<int>(status), out.str(), err.str()};
}

// What is not set answers as a memmond that does not know the call.
class FakeMonitor : public v1::MemoryMonitor::Service {
 public:
  explicit FakeMonitor(const std::string& listen = "127.0.0.1:0") {
    status.mutable_source()->set_state(v1::SourceStatus::STATE_LIVE);
    status.mutable_source()->set_name("device:/dev/memmon");
    status.mutable_totals()->mutable_capture_start_time()->set_seconds(1'700'000'000);
    status.mutable_database()->set_state(v1::DatabaseStatus::STATE_CONNECTED);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeMonitor() override { server_->Shutdown(std::chrono::system_clock::now()); }

  // memmonctl run against it, until no call is being answered: a stream may go on for a moment when
  // its client has gone.
  Ran Ctl(const std::vector<std::string>& arguments, Variables variables = {},
          Stop* stop = nullptr) {
    WaitForCalls();
    Ran ran = RunCtl(address(), arguments, std::move(variables), stop);
    WaitForCalls();
    return ran;
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  v1::GetStatusResponse status;
  v1::GetActivityResponse activity;
  std::function<grpc::Status(const v1::ListEventsRequest&, v1::ListEventsResponse*)> list_events;
  std::function<grpc::Status(const v1::ListProcessesRequest&, v1::ListProcessesResponse*)>
      list_processes;
  std::function<grpc::Status(const v1::GetProcessHistoryRequest&, v1::GetProcessHistoryResponse*)>
      history;
  std::function<grpc::Status(const v1::GetProcessCallsRequest&, v1::GetProcessCallsResponse*)>
      calls;
  std::function<grpc::Status(const v1::StreamEventsRequest&,
                             grpc::ServerWriter<v1::StreamEventsResponse>*, grpc::ServerContext*)>
      stream_events;
  std::function<grpc::Status(const v1::StreamRecordsRequest&,
                             grpc::ServerWriter<v1::StreamRecordsResponse>*, grpc::ServerContext*)>
      stream_records;
  std::function<grpc::Status(const v1::StreamProcessesRequest&,
                             grpc::ServerWriter<v1::StreamProcessesResponse>*,
                             grpc::ServerContext*)>
      stream_processes;
  // Of the last call.
  std::string authorization;

  grpc::Status GetStatus(grpc::ServerContext* context, const v1::GetStatusRequest*,
                         v1::GetStatusResponse* response) override {
    return Answer([&] {
      const auto& metadata = context->client_metadata();
      const auto token = metadata.find("authorization");
      authorization =
          token == metadata.end() ? "" : std::string(token->second.data(), token->second.size());
      *response = status;
      return grpc::Status::OK;
    });
  }
  grpc::Status ListEvents(grpc::ServerContext*, const v1::ListEventsRequest* request,
                          v1::ListEventsResponse* response) override {
    return AnswerBy(list_events, *request, response);
  }
  grpc::Status ListProcesses(grpc::ServerContext*, const v1::ListProcessesRequest* request,
                             v1::ListProcessesResponse* response) override {
    return AnswerBy(list_processes, *request, response);
  }
  grpc::Status GetActivity(grpc::ServerContext*, const v1::GetActivityRequest* request,
                           v1::GetActivityResponse* response) override {
    return Answer([&] {
      if (request->end_time().seconds() <= request->start_time().seconds()) {
        return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                            "end_time must be later than start_time");
      }
      *response = activity;
      return grpc::Status::OK;
    });
  }
  grpc::Status GetProcessHistory(grpc::ServerContext*, const v1::GetProcessHistoryRequest* request,
                                 v1::GetProcessHistoryResponse* response) override {
    return AnswerBy(history, *request, response);
  }
  grpc::Status GetProcessCalls(grpc::ServerContext*, const v1::GetProcessCallsRequest* request,
                               v1::GetProcessCallsResponse* response) override {
    return AnswerBy(calls, *request, response);
  }
  grpc::Status StreamEvents(grpc::ServerContext* context, const v1::StreamEventsRequest* request,
                            grpc::ServerWriter<v1::StreamEventsResponse>* writer) override {
    return AnswerBy(stream_events, *request, writer, context);
  }
  grpc::Status StreamRecords(grpc::ServerContext* context, const v1::StreamRecordsRequest* request,
                             grpc::ServerWriter<v1::StreamRecordsResponse>* writer) override {
    return AnswerBy(stream_records, *request, writer, context);
  }
  grpc::Status StreamProcesses(grpc::ServerContext* context,
                               const v1::StreamProcessesRequest* request,
                               grpc::ServerWriter<v1::StreamProcessesResponse>* writer) override {
    return AnswerBy(stream_processes, *request, writer, context);
  }

 private:
  template <typename Call>
  grpc::Status Answer(const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      ++calls_;
    }
    grpc::Status outcome = call();
    const std::lock_guard lock(mutex_);
    --calls_;
    ended_.notify_all();
    return outcome;
  }
  template <typename Function, typename... Arguments>
  grpc::Status AnswerBy(const Function& function, Arguments&&... arguments) {
    return Answer([&] {
      return function ? function(arguments...) : grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
    });
  }
  void WaitForCalls() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return calls_ == 0; });
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  int calls_ = 0;  // that are being answered; guarded by mutex_
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

inline v1::Event MakeEvent(v1::EventKind kind, uint32_t pid, int64_t seconds,
                           uint64_t length = 4096, int64_t result = 0) {
  v1::Event event;
  event.set_kind(kind);
  event.set_pid(pid);
  event.set_process_name("worker");
  event.mutable_event_time()->set_seconds(seconds);
  event.set_length_bytes(length);
  event.set_result(result);
  event.set_virtual_size_bytes(1 << 20);
  return event;
}

}  // namespace memmon::ctl

#endif  // MEMMON_TESTS_UNIT_CTL_FAKE_MONITOR_H_
