// SPDX-License-Identifier: Apache-2.0

#include "api/event_request.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "field_of.h"

namespace memmon::api {
namespace {

using std::chrono::milliseconds;

grpc::Status Filter(const std::function<void(v1::EventFilter*)>& edit, model::Filter* out) {
  v1::EventFilter request;
  edit(&request);
  return ReadFilter(request, "events.filter", out);
}

std::string BadFilter(const std::function<void(v1::EventFilter*)>& edit) {
  model::Filter filter;
  return FieldOf(Filter(edit, &filter));
}

TEST(EventRequest, ReadsAFilter) {
  model::Filter filter;
  ASSERT_TRUE(Filter(
                  [](auto* f) {
                    for (uint32_t pid : {3, 1, 3}) f->add_pids(pid);
                    f->add_process_names("b*");
                    f->add_process_names(std::string(64, 'x'));
                    f->add_kinds(v1::EVENT_KIND_MUNMAP);
                    f->add_kinds(v1::EVENT_KIND_MMAP);
                    f->add_kinds(v1::EVENT_KIND_MMAP);
                    f->set_min_length_bytes(7);
                  },
                  &filter)
                  .ok());
  EXPECT_EQ(filter.tgids, (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(filter.names.size(), 2u);
  EXPECT_EQ(filter.kinds,
            (std::vector<model::EventKind>{model::EventKind::kMmap, model::EventKind::kMunmap}));
  EXPECT_EQ(filter.min_length_bytes, 7u);
}

TEST(EventRequest, NamesTheFilterFieldThatIsWrong) {
  EXPECT_EQ(BadFilter([](auto* f) {
              for (int i = 0; i < 1'001; ++i) f->add_pids(1);
            }),
            "events.filter.pids");
  EXPECT_EQ(BadFilter([](auto* f) {
              for (int i = 0; i < 101; ++i) f->add_process_names("a");
            }),
            "events.filter.process_names");
  EXPECT_EQ(BadFilter([](auto* f) {
              f->add_process_names("a");
              f->add_process_names("");
            }),
            "events.filter.process_names[1]");
  EXPECT_EQ(BadFilter([](auto* f) { f->add_process_names(std::string(65, 'x')); }),
            "events.filter.process_names[0]");
  EXPECT_EQ(BadFilter([](auto* f) { f->add_kinds(v1::EVENT_KIND_UNSPECIFIED); }),
            "events.filter.kinds[0]");
  EXPECT_EQ(BadFilter([](auto* f) {
              f->add_kinds(v1::EVENT_KIND_MMAP);
              f->add_kinds(static_cast<v1::EventKind>(1));  // HEADER is no event
            }),
            "events.filter.kinds[1]");
}

TEST(EventRequest, BoundsTheInterval) {
  v1::StreamProcessesRequest request;
  milliseconds interval{0};
  ASSERT_TRUE(ReadInterval(request, "processes.", &interval).ok());
  EXPECT_EQ(interval, milliseconds(100));
  const auto read = [&](int64_t seconds, int32_t nanos) {
    request.mutable_min_interval()->set_seconds(seconds);
    request.mutable_min_interval()->set_nanos(nanos);
    return ReadInterval(request, "processes.", &interval);
  };
  ASSERT_TRUE(read(0, 20'000'000).ok());
  EXPECT_EQ(interval, milliseconds(20));
  ASSERT_TRUE(read(60, 0).ok());
  EXPECT_EQ(interval, milliseconds(60'000));
  for (const auto& [seconds, nanos] :
       std::vector<std::pair<int64_t, int32_t>>{{0, 19'999'999},
                                                {0, 0},
                                                {-1, 0},
                                                {60, 1'000'000},
                                                {std::numeric_limits<int64_t>::max(), 0},
                                                {std::numeric_limits<int64_t>::min(), 0}}) {
    EXPECT_EQ(FieldOf(read(seconds, nanos)), "processes.min_interval") << seconds << " " << nanos;
  }
}

grpc::Status List(const std::function<void(v1::ListEventsRequest*)>& edit,
                  store::EventQuery* query) {
  v1::ListEventsRequest request;
  edit(&request);
  return ReadListEvents(request, query);
}

TEST(EventRequest, ReadsAListRequest) {
  store::EventQuery query;
  ASSERT_TRUE(List(
                  [](auto* r) {
                    r->mutable_filter()->add_pids(5);
                    r->mutable_start_time()->set_seconds(10);
                    r->mutable_end_time()->set_seconds(10);
                    r->mutable_end_time()->set_nanos(1);
                  },
                  &query)
                  .ok());
  EXPECT_EQ(query.page_size, 100);
  EXPECT_EQ(query.start_unix_ns, 10'000'000'000);
  EXPECT_EQ(query.end_unix_ns, 10'000'000'001);
  EXPECT_EQ(query.filter.tgids, std::vector<uint32_t>{5});
  EXPECT_FALSE(query.before.has_value());
  // More than the most is the most, as the contract says.
  ASSERT_TRUE(List([](auto* r) { r->set_page_size(1'001); }, &query).ok());
  EXPECT_EQ(query.page_size, 1'000);
}

TEST(EventRequest, NamesTheListFieldThatIsWrong) {
  const auto bad = [](const std::function<void(v1::ListEventsRequest*)>& edit) {
    store::EventQuery query;
    return FieldOf(List(edit, &query));
  };
  EXPECT_EQ(bad([](auto* r) { r->mutable_filter()->add_kinds(v1::EVENT_KIND_UNSPECIFIED); }),
            "filter.kinds[0]");
  EXPECT_EQ(bad([](auto* r) { r->set_page_size(-1); }), "page_size");
  EXPECT_EQ(bad([](auto* r) { r->mutable_start_time()->set_nanos(1'000'000'000); }), "start_time");
  EXPECT_EQ(bad([](auto* r) { r->mutable_start_time()->set_seconds(-1); }), "start_time");
  EXPECT_EQ(bad([](auto* r) { r->mutable_end_time()->set_nanos(-1); }), "end_time");
  EXPECT_EQ(bad([](auto* r) { r->mutable_end_time()->set_seconds(253'402'300'799); }), "end_time");
  EXPECT_EQ(bad([](auto* r) {
              r->mutable_start_time()->set_seconds(10);
              r->mutable_end_time()->set_seconds(9);
            }),
            "end_time");
  EXPECT_EQ(bad([](auto* r) {
              r->mutable_start_time()->set_seconds(10);
              r->mutable_end_time()->set_seconds(10);
            }),
            "end_time");
  EXPECT_EQ(bad([](auto* r) { r->set_page_token("x"); }), "page_token");
}

}  // namespace
}  // namespace memmon::api
