// SPDX-License-Identifier: Apache-2.0
//
// memmond with a PostgreSQL server: what it stored comes back through the API,
// and nothing it accepted is lost when either of them stops.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "memmon/v1/memmon.grpc.pb.h"
#include "memmond_process.h"
#include "shared_cluster.h"

namespace memmon::integration {
namespace {

class History : public testing::Test {
 protected:
  History() : conninfo_(test::SharedCluster().conninfo(test::SharedCluster().CreateDatabase())) {}

  void Start(const Recording& recording, const std::string& speed) {
    memmond_ = std::make_unique<MemmondProcess>(std::vector<std::string>{
        "--replay", recording.path(), "--replay-speed", speed, "--database", conninfo_,
        "--grpc-address", "127.0.0.1:0", "--web-address", "127.0.0.1:0"});
    stub_ = v1::MemoryMonitor::NewStub(
        grpc::CreateChannel(memmond_->grpc(), grpc::InsecureChannelCredentials()));
  }

  v1::GetStatusResponse Status() {
    grpc::ClientContext context;
    v1::GetStatusResponse status;
    EXPECT_TRUE(stub_->GetStatus(&context, {}, &status).ok());
    return status;
  }
  // Waits until the status is as wanted; gives up where it never comes.
  bool Until(const std::function<bool(const v1::GetStatusResponse&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!wanted(Status())) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  bool UntilStored(uint64_t events) {
    return Until([&](const auto& status) { return status.database().stored_count() == events; });
  }

  // Rows of events, having checked that none is there twice.
  uint64_t Rows() {
    PGconn* connection = PQconnectdb(conninfo_.c_str());
    PGresult* result =
        PQexec(connection,
               "SELECT count(*), count(DISTINCT (capture_row, cpu, sequence)) FROM memmon.event");
    EXPECT_EQ(PQresultStatus(result), PGRES_TUPLES_OK) << PQerrorMessage(connection);
    const std::string rows = PQgetvalue(result, 0, 0);
    EXPECT_EQ(rows, PQgetvalue(result, 0, 1)) << "rows are doubled";
    PQclear(result);
    PQfinish(connection);
    return std::stoull(rows);
  }

  grpc::Status List(const v1::ListEventsRequest& request, v1::ListEventsResponse* response) {
    grpc::ClientContext context;
    response->Clear();
    return stub_->ListEvents(&context, request, response);
  }
  // All pages.
  std::vector<v1::Event> ListAll(v1::ListEventsRequest request) {
    std::vector<v1::Event> events;
    v1::ListEventsResponse response;
    do {
      const grpc::Status status = List(request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok()) break;
      EXPECT_LE(response.events_size(), request.page_size());
      events.insert(events.end(), response.events().begin(), response.events().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return events;
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

  const std::string conninfo_;
  std::unique_ptr<MemmondProcess> memmond_;
  std::unique_ptr<v1::MemoryMonitor::Stub> stub_;
};

int64_t UnixNs(const v1::Event& event) {
  return event.event_time().seconds() * 1'000'000'000 + event.event_time().nanos();
}

TEST_F(History, ListsWhatWasStoredInPages) {
  constexpr int kPairs = 1'500;
  Recording recording(kPairs, 1'000'000);
  Start(recording, "0");
  ASSERT_TRUE(UntilStored(2 * kPairs));

  v1::ListEventsRequest request;
  request.set_page_size(700);
  const auto all = ListAll(request);
  ASSERT_EQ(all.size(), 2u * kPairs);
  std::set<std::pair<uint32_t, uint64_t>> different;
  for (size_t i = 0; i < all.size(); ++i) {
    different.emplace(all[i].cpu(), all[i].sequence());
    if (i > 0) {
      EXPECT_LT(UnixNs(all[i]), UnixNs(all[i - 1]));
    }
  }
  EXPECT_EQ(different.size(), all.size());

  request.mutable_filter()->add_pids(103);
  request.mutable_filter()->add_kinds(v1::EVENT_KIND_MUNMAP);
  request.set_page_size(40);
  const auto filtered = ListAll(request);
  EXPECT_EQ(filtered.size(), kPairs / 10u);
  for (const auto& event : filtered) {
    EXPECT_EQ(event.pid(), 103u);
    EXPECT_EQ(event.process_name(), "worker3");
    EXPECT_EQ(event.kind(), v1::EVENT_KIND_MUNMAP);
  }

  // From the 1,000th newest, included, to the newest, left out.
  v1::ListEventsRequest range;
  range.set_page_size(1'000);
  *range.mutable_start_time() = all[999].event_time();
  *range.mutable_end_time() = all[0].event_time();
  const auto in_range = ListAll(range);
  ASSERT_EQ(in_range.size(), 999u);
  EXPECT_EQ(UnixNs(in_range.front()), UnixNs(all[1]));
  EXPECT_EQ(UnixNs(in_range.back()), UnixNs(all[999]));

  v1::ListEventsResponse response;
  std::swap(*range.mutable_start_time(), *range.mutable_end_time());
  EXPECT_EQ(FieldOf(List(range, &response)), "end_time");
  ASSERT_TRUE(List(request, &response).ok());
  ASSERT_NE(response.next_page_token(), "");
  v1::ListEventsRequest other;
  other.set_page_token(response.next_page_token());
  EXPECT_EQ(FieldOf(List(other, &response)), "page_token");
}

TEST_F(History, AStopInMidBurstStoresWhatWasAccepted) {
  constexpr uint64_t kEvents = 400'000;
  Recording recording(kEvents / 2, 1'000);
  Start(recording, "0");
  PGconn* connection = PQconnectdb(conninfo_.c_str());
  ASSERT_TRUE(Until([](const auto& status) { return status.database().stored_count() > 0; }));
  // The server is slow: nothing more is stored until memmond was told to stop.
  PQclear(PQexec(connection, "BEGIN; LOCK TABLE memmon.event IN EXCLUSIVE MODE"));
  ASSERT_EQ(PQtransactionStatus(connection), PQTRANS_INTRANS) << PQerrorMessage(connection);
  const auto last_look = Status();
  EXPECT_LT(last_look.database().stored_count(), kEvents);
  memmond_->Signal(SIGTERM);
  memmond_->WaitForLog("event=stop ");
  // It waits for the server, longer than it would take to end its streams.
  const auto beyond_grace = std::chrono::steady_clock::now() + std::chrono::seconds(6);
  while (std::chrono::steady_clock::now() < beyond_grace) {
    const auto status = Status();
    ASSERT_LT(status.database().stored_count(), kEvents);
    ASSERT_EQ(status.database().lost_count(), 0u);
  }
  PQfinish(connection);
  EXPECT_EQ(memmond_->Wait(), 0) << memmond_->log();
  EXPECT_EQ(memmond_->log().find("not_stored"), std::string::npos) << memmond_->log();

  const auto logged = [&](const std::string& key) {
    const size_t line = memmond_->log().rfind("stopped");
    const size_t at = memmond_->log().find(" " + key + "=", line);
    if (line == std::string::npos || at == std::string::npos) return ~0ULL;
    return std::stoull(memmond_->log().substr(at + key.size() + 2));
  };
  EXPECT_GE(logged("events"), last_look.totals().event_count()) << memmond_->log();
  EXPECT_EQ(logged("stored") + logged("lost"), logged("events")) << memmond_->log();
  EXPECT_EQ(Rows(), logged("stored"));
}

TEST_F(History, ACrashOfPostgresLosesNothingAndLeavesTheLiveStream) {
  constexpr uint64_t kEvents = 300'000;
  Recording recording(kEvents / 2, 40'000);  // twelve seconds
  Start(recording, "1");
  grpc::ClientContext context;
  auto stream = stub_->StreamEvents(&context, {});
  // All the time: who reads later may be told of a gap, and that rightly.
  std::atomic<uint64_t> newest = 0;
  std::atomic<bool> has_gap = false;
  std::thread reader([&] {
    v1::StreamEventsResponse response;
    while (stream->Read(&response)) {
      if (response.has_gap()) has_gap = true;
      for (const auto& event : response.events()) {
        newest = 4 * (event.sequence() / 2) + 2 * event.cpu() + event.sequence() % 2;
      }
    }
    stream->Finish();
  });
  const absl::Cleanup end = [&] {
    context.TryCancel();
    reader.join();
  };
  ASSERT_TRUE(Until([](const auto& status) { return status.database().stored_count() > 0; }));
  test::SharedCluster().Kill();
  ASSERT_TRUE(Until([](const auto& status) {
    return status.database().state() == v1::DatabaseStatus::STATE_DOWN;
  }));
  const auto down = Status();
  EXPECT_NE(down.database().problem(), "");
  // Events that came after it was seen to be down.
  EXPECT_TRUE(Until([&](const auto&) { return newest > down.totals().event_count(); }));
  EXPECT_FALSE(has_gap);
  v1::ListEventsResponse page;
  EXPECT_EQ(List({}, &page).error_code(), grpc::StatusCode::UNAVAILABLE);

  test::SharedCluster().Start();
  ASSERT_TRUE(UntilStored(kEvents));
  const auto healed = Status();
  EXPECT_EQ(healed.database().state(), v1::DatabaseStatus::STATE_CONNECTED);
  EXPECT_EQ(healed.database().lost_count(), 0u);
  EXPECT_EQ(Rows(), kEvents);
}

}  // namespace
}  // namespace memmon::integration
