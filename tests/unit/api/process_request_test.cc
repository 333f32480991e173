// SPDX-License-Identifier: Apache-2.0

#include "api/process_request.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "api/process_token.h"
#include "field_of.h"

namespace memmon::api {
namespace {

grpc::Status ListProcesses(const std::function<void(v1::ListProcessesRequest*)>& edit,
                           ProcessListQuery* query) {
  v1::ListProcessesRequest request;
  edit(&request);
  return ReadListProcesses(request, query);
}

TEST(ProcessRequest, ReadsAListRequest) {
  ProcessListQuery query;
  ASSERT_TRUE(ListProcesses(
                  [](auto* r) {
                    for (uint32_t pid : {3, 1, 3}) r->mutable_filter()->add_pids(pid);
                    r->mutable_filter()->add_process_names("b*");
                    r->mutable_filter()->add_uids(5);
                    r->mutable_filter()->add_cgroup_ids(~0ULL);
                    r->mutable_filter()->add_containers("docker-*");
                    r->set_order(v1::PROCESS_ORDER_NAME);
                    r->mutable_as_of_time()->set_seconds(10);
                    r->mutable_as_of_time()->set_nanos(1);
                    r->set_page_size(1'001);
                  },
                  &query)
                  .ok());
  EXPECT_EQ(query.filter.tgids, (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(query.filter.names, std::vector<std::string>{"b*"});
  EXPECT_EQ(query.filter.uids, std::vector<uint32_t>{5});
  EXPECT_EQ(query.filter.cgroup_ids, std::vector<uint64_t>{~0ULL});
  EXPECT_EQ(query.filter.containers, std::vector<std::string>{"docker-*"});
  EXPECT_EQ(query.order, model::ProcessOrder::kName);
  EXPECT_EQ(query.as_of_unix_ns, 10'000'000'001);
  EXPECT_EQ(query.page_size, 1'000);
  ProcessListQuery empty;
  ASSERT_TRUE(ListProcesses([](auto*) {}, &empty).ok());
  EXPECT_EQ(empty.page_size, 100);
  EXPECT_EQ(empty.order, model::ProcessOrder::kHeld);
  EXPECT_FALSE(empty.as_of_unix_ns);
  EXPECT_FALSE(empty.after);
}

TEST(ProcessRequest, NamesTheListFieldThatIsWrong) {
  const auto bad = [](const std::function<void(v1::ListProcessesRequest*)>& edit) {
    ProcessListQuery query;
    return FieldOf(ListProcesses(edit, &query));
  };
  const auto many = [](int count, const auto& add) {
    return [count, add](v1::ListProcessesRequest* r) {
      for (int i = 0; i < count; ++i) add(r->mutable_filter());
    };
  };
  EXPECT_EQ(bad(many(1'001, [](auto* f) { f->add_pids(1); })), "filter.pids");
  EXPECT_EQ(bad(many(101, [](auto* f) { f->add_process_names("a"); })), "filter.process_names");
  EXPECT_EQ(bad(many(101, [](auto* f) { f->add_uids(1); })), "filter.uids");
  EXPECT_EQ(bad(many(101, [](auto* f) { f->add_cgroup_ids(1); })), "filter.cgroup_ids");
  EXPECT_EQ(bad([](auto* r) { r->mutable_filter()->add_process_names(""); }),
            "filter.process_names[0]");
  EXPECT_EQ(bad([](auto* r) { r->set_order(static_cast<v1::ProcessOrder>(7)); }), "order");
  EXPECT_EQ(bad([](auto* r) { r->set_page_size(-1); }), "page_size");
  EXPECT_EQ(bad([](auto* r) { r->mutable_as_of_time()->set_seconds(-1); }), "as_of_time");
  EXPECT_EQ(bad([](auto* r) { r->set_page_token("x"); }), "page_token");
}

TEST(ProcessRequest, ReadsAHistoryRequest) {
  v1::GetProcessHistoryRequest request;
  store::HistoryQuery query;
  EXPECT_EQ(FieldOf(ReadProcessHistory(request, &query)), "process.pid");
  request.mutable_process()->set_pid(7);
  request.mutable_process()->set_start_ns(8);
  ASSERT_TRUE(ReadProcessHistory(request, &query).ok());
  EXPECT_EQ(query.process, (model::ProcessKey{7, 8}));
  EXPECT_EQ(query.max_points, 300);
  request.set_max_points(2'001);
  request.mutable_start_time()->set_seconds(5);
  request.mutable_end_time()->set_seconds(6);
  ASSERT_TRUE(ReadProcessHistory(request, &query).ok());
  EXPECT_EQ(query.max_points, 2'000);
  EXPECT_EQ(query.start_unix_ns, 5'000'000'000);
  EXPECT_EQ(query.end_unix_ns, 6'000'000'000);
  request.mutable_end_time()->set_seconds(5);
  EXPECT_EQ(FieldOf(ReadProcessHistory(request, &query)), "end_time");
  request.mutable_end_time()->set_nanos(-1);
  EXPECT_EQ(FieldOf(ReadProcessHistory(request, &query)), "end_time");
  request.mutable_start_time()->set_seconds(-1);
  EXPECT_EQ(FieldOf(ReadProcessHistory(request, &query)), "start_time");
  request.clear_start_time();
  request.clear_end_time();
  request.set_max_points(-1);
  EXPECT_EQ(FieldOf(ReadProcessHistory(request, &query)), "max_points");
}

TEST(ProcessRequest, AnActivityHasASpanAndABoundedNumberOfPoints) {
  v1::GetActivityRequest request;
  store::ActivityQuery query;
  ASSERT_TRUE(ReadActivity(request, &query).ok());
  EXPECT_EQ(query.max_points, 300);
  EXPECT_EQ(query.start_unix_ns, 0);
  request.set_max_points(2'001);
  request.mutable_start_time()->set_seconds(5);
  request.mutable_end_time()->set_seconds(6);
  ASSERT_TRUE(ReadActivity(request, &query).ok());
  EXPECT_EQ(query.max_points, 2'000);
  EXPECT_EQ(query.start_unix_ns, 5'000'000'000);
  EXPECT_EQ(query.end_unix_ns, 6'000'000'000);
  request.mutable_end_time()->set_seconds(5);
  EXPECT_EQ(FieldOf(ReadActivity(request, &query)), "end_time");
  request.clear_end_time();
  request.set_max_points(-1);
  EXPECT_EQ(FieldOf(ReadActivity(request, &query)), "max_points");
}

TEST(ProcessRequest, ASummaryHasASpanWhereOneIsAskedFor) {
  constexpr int64_t kNow = 100'000'000'000;
  v1::GetSummaryRequest request;
  std::optional<store::RequestedQuery> span;
  ASSERT_TRUE(ReadSummarySpan(request, kNow, &span).ok());
  EXPECT_FALSE(span);
  request.mutable_start_time()->set_seconds(7);
  ASSERT_TRUE(ReadSummarySpan(request, kNow, &span).ok());
  ASSERT_TRUE(span);
  EXPECT_EQ(span->start_unix_ns, 7'000'000'000);
  EXPECT_EQ(span->end_unix_ns, kNow);
  EXPECT_EQ(span->count, 10);
  request.mutable_end_time()->set_seconds(8);
  request.set_slice_count(3);
  ASSERT_TRUE(ReadSummarySpan(request, kNow, &span).ok());
  EXPECT_EQ(span->end_unix_ns, 8'000'000'000);
  EXPECT_EQ(span->count, 3);
  request.mutable_end_time()->set_seconds(7);
  EXPECT_EQ(FieldOf(ReadSummarySpan(request, kNow, &span)), "end_time");
  request.clear_end_time();
  request.mutable_start_time()->set_seconds(100);
  EXPECT_EQ(FieldOf(ReadSummarySpan(request, kNow, &span)), "start_time");
}

model::ProcessPlace SomePlace() { return {~5ULL, std::string("a\0b", 3), {0xfffffffe, ~3ULL}}; }

TEST(ProcessToken, KeepsThePlace) {
  const std::string token = EncodeProcessToken(SomePlace(), 42);
  const auto back = DecodeProcessToken(token, 42);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, SomePlace());
  EXPECT_FALSE(DecodeProcessToken(token, 43).ok());
  EXPECT_FALSE(DecodeProcessToken("", 42).ok());
  EXPECT_FALSE(DecodeProcessToken("garbage", 42).ok());
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    const auto read = DecodeProcessToken(damaged, 42);
    EXPECT_TRUE(!read.ok() || *read == SomePlace()) << i;
  }
}

TEST(ProcessToken, BelongsToOneQuery) {
  using Edit = std::function<void(ProcessListQuery*)>;
  const Edit edits[] = {
      [](auto*) {},
      [](auto* q) { q->filter.tgids = {1}; },
      [](auto* q) {
        q->filter.names = {"a", "bc"};
      },
      [](auto* q) {
        q->filter.names = {"ab", "c"};
      },
      [](auto* q) { q->filter.uids = {1}; },
      [](auto* q) { q->filter.cgroup_ids = {1}; },
      [](auto* q) {
        q->filter.containers = {"ab", "c"};
      },
      [](auto* q) { q->order = model::ProcessOrder::kTgid; },
      [](auto* q) { q->as_of_unix_ns = 0; },
      [](auto* q) { q->as_of_unix_ns = 1; },
  };
  std::set<uint64_t> hashes;
  for (const Edit& edit : edits) {
    ProcessListQuery query;
    edit(&query);
    hashes.insert(QueryHash(query));
    query.page_size = 7;
    query.after = SomePlace();
    hashes.insert(QueryHash(query));
  }
  EXPECT_EQ(hashes.size(), std::size(edits));
  // The next page of a request whose order was changed.
  v1::ListProcessesRequest request;
  ProcessListQuery query;
  ASSERT_TRUE(ReadListProcesses(request, &query).ok());
  request.set_page_token(EncodeProcessToken(SomePlace(), QueryHash(query)));
  ASSERT_TRUE(ReadListProcesses(request, &query).ok());
  EXPECT_EQ(query.after, SomePlace());
  request.set_order(v1::PROCESS_ORDER_PID);
  ProcessListQuery other;
  EXPECT_EQ(FieldOf(ReadListProcesses(request, &other)), "page_token");
}

}  // namespace
}  // namespace memmon::api
