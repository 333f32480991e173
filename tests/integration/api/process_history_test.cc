// SPDX-License-Identifier: Apache-2.0
//
// Processes and their past through memmond's API: with a PostgreSQL server, while
// it is away, and without one.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"

namespace memmon::integration {
namespace {

// Ten processes map 8,192 bytes and give back 4,096, 20 times a second together.
constexpr int kPairs = 1'200;  // two minutes
constexpr uint64_t kGapNs = 50'000'000;
// When the recording began: see fakes::StreamBuilder.
constexpr int64_t kBeginUnixS = 1'700'000'000;

class ProcessHistory : public testing::Test {
 protected:
  ProcessHistory() : recording_(kPairs, kGapNs) {}

  void Start(bool with_database) {
    std::vector<std::string> flags = {
        "--replay",       recording_.path(), "--replay-speed", "0",
        "--grpc-address", "127.0.0.1:0",     "--web-address",  "127.0.0.1:0"};
    if (with_database) {
      conninfo_ = test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase());
      flags.insert(flags.end(), {"--database", conninfo_});
    }
    memmond_ = std::make_unique<MemmondProcess>(flags);
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(memmond_->grpc(), grpc::InsecureChannelCredentials()));
    ASSERT_TRUE(Until([&](const v1::GetStatusResponse& status) {
      return status.totals().event_count() == 2 * kPairs &&
             (!with_database || status.database().stored_count() == 2 * kPairs);
    }));
  }

  bool Until(const std::function<bool(const v1::GetStatusResponse&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    for (;;) {
      grpc::ClientContext context;
      v1::GetStatusResponse status;
      EXPECT_TRUE(stub_->GetStatus(&context, {}, &status).ok());
      if (wanted(status)) return true;
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
  }

  grpc::Status List(const v1::ListProcessesRequest& request, v1::ListProcessesResponse* response) {
    grpc::ClientContext context;
    response->Clear();
    return stub_->ListProcesses(&context, request, response);
  }
  grpc::Status History(const v1::GetProcessHistoryRequest& request,
                       v1::GetProcessHistoryResponse* response) {
    grpc::ClientContext context;
    response->Clear();
    return stub_->GetProcessHistory(&context, request, response);
  }
  grpc::Status Summary(const v1::GetSummaryRequest& request, v1::GetSummaryResponse* response) {
    grpc::ClientContext context;
    response->Clear();
    return stub_->GetSummary(&context, request, response);
  }
  // All pages.
  std::vector<v1::Process> ListAll(v1::ListProcessesRequest request) {
    std::vector<v1::Process> processes;
    v1::ListProcessesResponse response;
    do {
      const grpc::Status status = List(request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok()) break;
      EXPECT_LE(response.processes_size(), request.page_size());
      processes.insert(processes.end(), response.processes().begin(), response.processes().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return processes;
  }

  static v1::GetProcessHistoryRequest HistoryOf(uint32_t pid) {
    v1::GetProcessHistoryRequest request;
    request.mutable_process()->set_pid(pid);
    return request;
  }

  static std::string FieldOf(const grpc::Status& status) {
    google::rpc::Status details;
    google::rpc::BadRequest bad_request;
    if (!details.ParseFromString(status.error_details()) || details.details_size() != 1 ||
        !details.details(0).UnpackTo(&bad_request) || bad_request.field_violations_size() != 1) {
      return "";
    }
    return bad_request.field_violations(0).field();
  }

  Recording recording_;
  std::string conninfo_;
  std::unique_ptr<MemmondProcess> memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

TEST_F(ProcessHistory, WithoutADatabaseThereIsNow) {
  Start(/*with_database=*/false);
  v1::ListProcessesRequest request;
  request.set_page_size(3);
  request.set_order(v1::PROCESS_ORDER_PID);
  const auto all = ListAll(request);
  ASSERT_EQ(all.size(), 10u);
  for (uint32_t i = 0; i < 10; ++i) {
    EXPECT_EQ(all[i].pid(), 100 + i);
    EXPECT_EQ(all[i].requested_bytes(), kPairs / 10 * 8'192u);
    EXPECT_EQ(all[i].held_bytes(), kPairs / 10 * 4'096u);
  }
  request.mutable_filter()->add_process_names("worker[3");
  request.mutable_filter()->add_process_names("*r7");
  request.mutable_filter()->add_pids(107);
  const auto filtered = ListAll(request);
  ASSERT_EQ(filtered.size(), 1u);
  EXPECT_EQ(filtered[0].name(), "worker7");
  v1::ListProcessesResponse page;
  ASSERT_TRUE(List({}, &page).ok());
  EXPECT_GT(page.as_of_time().seconds(), kBeginUnixS);
  EXPECT_EQ(page.next_page_token(), "");

  v1::ListProcessesRequest then;
  then.mutable_as_of_time()->set_seconds(kBeginUnixS);
  EXPECT_EQ(List(then, &page).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  v1::GetProcessHistoryResponse history;
  EXPECT_EQ(History(HistoryOf(103), &history).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  v1::GetSummaryRequest span;
  span.mutable_start_time()->set_seconds(kBeginUnixS);
  v1::GetSummaryResponse summary;
  EXPECT_EQ(Summary(span, &summary).error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(Summary({}, &summary).ok());
}

TEST_F(ProcessHistory, TellsOfOneProcessThroughTime) {
  Start(/*with_database=*/true);
  v1::GetProcessHistoryResponse history;
  grpc::Status status = History(HistoryOf(103), &history);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(history.process().pid(), 103u);
  EXPECT_EQ(history.process().start_ns(), 203u);
  EXPECT_EQ(history.process().name(), "worker3");
  EXPECT_EQ(history.resolution().seconds(), 1);
  EXPECT_FALSE(history.from_rollups());
  EXPECT_EQ(history.gaps_size(), 0);
  EXPECT_GE(history.points_size(), 110);
  uint64_t requested = 0;
  uint64_t released = 0;
  for (const auto& point : history.points()) {
    requested += point.requested_bytes();
    released += point.released_bytes();
    EXPECT_EQ(point.held_bytes(), requested - released) << point.time().seconds();
    EXPECT_EQ(point.virtual_size_bytes(), 40'960u);
  }
  EXPECT_EQ(requested, kPairs / 10 * 8'192u);
  EXPECT_EQ(history.process().held_bytes(), kPairs / 10 * 4'096u);

  // From the middle on, in few steps.
  auto coarse = HistoryOf(103);
  coarse.set_max_points(5);
  coarse.mutable_start_time()->set_seconds(kBeginUnixS + 60);
  ASSERT_TRUE(History(coarse, &history).ok());
  EXPECT_LE(history.points_size(), 5);
  EXPECT_EQ(history.points(history.points_size() - 1).held_bytes(), kPairs / 10 * 4'096u);

  EXPECT_EQ(History(HistoryOf(99), &history).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(FieldOf(History({}, &history)), "process.pid");
  std::swap(*coarse.mutable_start_time(), *coarse.mutable_end_time());
  coarse.mutable_start_time()->set_seconds(kBeginUnixS + 61);
  EXPECT_EQ(FieldOf(History(coarse, &history)), "end_time");
}

TEST_F(ProcessHistory, ListsProcessesOfAnEarlierTime) {
  Start(/*with_database=*/true);
  v1::ListProcessesRequest request;
  request.set_page_size(3);
  request.set_order(v1::PROCESS_ORDER_REQUESTED_BYTES);
  request.mutable_as_of_time()->set_seconds(kBeginUnixS + 75);
  const auto all = ListAll(request);
  ASSERT_EQ(all.size(), 10u);
  std::set<uint32_t> pids;
  uint64_t requested = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    pids.insert(all[i].pid());
    requested += all[i].requested_bytes();
    if (i > 0) {
      EXPECT_GE(all[i - 1].requested_bytes(), all[i].requested_bytes());
    }
  }
  EXPECT_EQ(pids.size(), 10u);
  // Ten mmaps a second, for 75 seconds.
  EXPECT_NEAR(static_cast<double>(requested), 750 * 8'192.0, 8'192);
  v1::ListProcessesResponse page;
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_EQ(page.as_of_time().seconds(), kBeginUnixS + 75);
  // The token of one time is not that of another.
  request.set_page_token(page.next_page_token());
  request.mutable_as_of_time()->set_seconds(kBeginUnixS + 76);
  EXPECT_EQ(FieldOf(List(request, &page)), "page_token");
}

TEST_F(ProcessHistory, SumsUpASpan) {
  Start(/*with_database=*/true);
  v1::GetSummaryRequest request;
  request.set_slice_count(4);
  request.mutable_start_time()->set_seconds(kBeginUnixS + 30);
  request.mutable_end_time()->set_seconds(kBeginUnixS + 100);
  v1::GetSummaryResponse summary;
  grpc::Status status = Summary(request, &summary);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(summary.total_bytes(), 700 * 8'192u);
  ASSERT_EQ(summary.slices_size(), 4);
  EXPECT_EQ(summary.slices(0).bytes(), 70 * 8'192u);
  EXPECT_NE(summary.slices(0).name(), "");
  EXPECT_EQ(summary.others().process_count(), 6u);
  EXPECT_EQ(summary.others().bytes(), 420 * 8'192u);
  EXPECT_EQ(summary.totals().ram_bytes(), 8ULL << 30);

  request.set_measure(v1::SUMMARY_MEASURE_HELD_BYTES);
  ASSERT_TRUE(Summary(request, &summary).ok());
  EXPECT_NEAR(static_cast<double>(summary.total_bytes()), 1'000 * 4'096.0, 8'192);
  request.set_measure(v1::SUMMARY_MEASURE_VIRTUAL_SIZE_BYTES);
  ASSERT_TRUE(Summary(request, &summary).ok());
  EXPECT_EQ(summary.total_bytes(), 10 * 40'960u);
}

TEST_F(ProcessHistory, WhileTheServerIsAwayOnlyThePastIs) {
  Start(/*with_database=*/true);
  test::SharedCluster().Stop();
  v1::GetProcessHistoryResponse history;
  EXPECT_EQ(History(HistoryOf(103), &history).error_code(), grpc::StatusCode::UNAVAILABLE);
  v1::ListProcessesResponse page;
  v1::ListProcessesRequest then;
  then.mutable_as_of_time()->set_seconds(kBeginUnixS + 75);
  EXPECT_EQ(List(then, &page).error_code(), grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(List({}, &page).ok());
  EXPECT_EQ(page.processes_size(), 10);
  test::SharedCluster().Start();
  EXPECT_TRUE(History(HistoryOf(103), &history).ok());
}

// A server that does not answer keeps nobody longer than they asked for, and none
// that need no server at all.
TEST_F(ProcessHistory, ADeadlineHolds) {
  Start(/*with_database=*/true);
  PGconn* holder = PQconnectdb(conninfo_.c_str());
  PQclear(PQexec(holder, "BEGIN; LOCK TABLE memmon.process_minute IN ACCESS EXCLUSIVE MODE"));
  ASSERT_EQ(PQtransactionStatus(holder), PQTRANS_INTRANS) << PQerrorMessage(holder);
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
      v1::GetProcessHistoryResponse history;
      EXPECT_EQ(stub_->GetProcessHistory(&context, HistoryOf(103), &history).error_code(),
                grpc::StatusCode::DEADLINE_EXCEEDED);
    });
  }
  v1::ListProcessesResponse page;
  EXPECT_TRUE(List({}, &page).ok());
  for (auto& asker : askers) asker.join();
  // The statements ended, too: the workers are free long before their own limit.
  PQfinish(holder);
  v1::GetProcessHistoryResponse history;
  EXPECT_TRUE(History(HistoryOf(103), &history).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace memmon::integration
