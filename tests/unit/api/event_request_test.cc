// SPDX-License-Identifier: Apache-2.0

#include "api/event_request.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "api/process_request.h"
#include "api/resume_token.h"
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
                    for (uint32_t uid : {9, 8, 9}) f->add_uids(uid);
                    for (uint64_t id : {5, 4, 5}) f->add_cgroup_ids(id);
                    f->add_containers("ssh.*");
                    f->add_containers("3f2a9d1e5c7b");
                    f->add_containers("3f2a9d1e5c7");
                    f->add_containers("3f2a9d1e5c7*");
                    f->set_outcome(v1::EVENT_OUTCOME_FAILED);
                  },
                  &filter)
                  .ok());
  EXPECT_EQ(filter.tgids, (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(filter.names.size(), 2u);
  EXPECT_EQ(filter.kinds,
            (std::vector<model::EventKind>{model::EventKind::kMmap, model::EventKind::kMunmap}));
  EXPECT_EQ(filter.min_length_bytes, 7u);
  EXPECT_EQ(filter.uids, (std::vector<uint32_t>{8, 9}));
  EXPECT_EQ(filter.cgroup_ids, (std::vector<uint64_t>{4, 5}));
  // Twelve digits of an id stand for the name they are in.
  EXPECT_EQ(filter.containers,
            (std::vector<std::string>{"ssh.*", "*3f2a9d1e5c7b*", "3f2a9d1e5c7", "3f2a9d1e5c7*"}));
  EXPECT_EQ(filter.outcome, model::Outcome::kFailed);
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
  EXPECT_EQ(BadFilter([](auto* f) {
              for (int i = 0; i < 101; ++i) f->add_uids(1);
            }),
            "events.filter.uids");
  EXPECT_EQ(BadFilter([](auto* f) {
              for (int i = 0; i < 101; ++i) f->add_cgroup_ids(1);
            }),
            "events.filter.cgroup_ids");
  EXPECT_EQ(BadFilter([](auto* f) {
              for (int i = 0; i < 101; ++i) f->add_containers("a");
            }),
            "events.filter.containers");
  EXPECT_EQ(BadFilter([](auto* f) { f->add_containers(""); }), "events.filter.containers[0]");
  EXPECT_EQ(BadFilter([](auto* f) {
              f->add_containers(std::string(256, 'x'));
              f->add_containers(std::string(257, 'x'));
            }),
            "events.filter.containers[1]");
  EXPECT_EQ(BadFilter([](auto* f) { f->set_outcome(static_cast<v1::EventOutcome>(3)); }),
            "events.filter.outcome");
}

constexpr char kMachine[] = "this machine";

grpc::Status Stream(const std::function<void(v1::StreamEventsRequest*)>& edit,
                    EventStreamOptions* out) {
  v1::StreamEventsRequest request;
  edit(&request);
  *out = {};
  return ReadStreamEvents(request, "events.", kMachine, Details::kShown, out);
}

TEST(EventRequest, ReadsAMask) {
  EventStreamOptions options;
  ASSERT_TRUE(Stream([](auto*) {}, &options).ok());
  EXPECT_TRUE(options.fields.Has(v1::Event::kMmIdFieldNumber));
  ASSERT_TRUE(Stream([](auto* r) { r->mutable_field_mask(); }, &options).ok());
  EXPECT_TRUE(options.fields.Has(v1::Event::kMmIdFieldNumber));
  ASSERT_TRUE(Stream(
                  [](auto* r) {
                    for (const char* path : {"pid", "length_bytes", "pid"}) {
                      r->mutable_field_mask()->add_paths(path);
                    }
                  },
                  &options)
                  .ok());
  EXPECT_TRUE(options.fields.Has(v1::Event::kPidFieldNumber));
  EXPECT_TRUE(options.fields.Has(v1::Event::kLengthBytesFieldNumber));
  EXPECT_FALSE(options.fields.Has(v1::Event::kMmIdFieldNumber));
  for (const char* bad : {"comm", "", "pids", "event_time.seconds", "*", "lengthBytes"}) {
    const auto status = Stream(
        [&](auto* r) {
          r->mutable_field_mask()->add_paths("pid");
          r->mutable_field_mask()->add_paths(bad);
        },
        &options);
    EXPECT_EQ(FieldOf(status), "events.field_mask.paths[1]") << bad;
    EXPECT_NE(status.error_message().find("kind, cpu, sequence,"), std::string::npos);
    EXPECT_NE(status.error_message().find("namespace_pid"), std::string::npos);
  }
}

TEST(EventRequest, BoundsTheDelay) {
  EventStreamOptions options;
  ASSERT_TRUE(Stream([](auto*) {}, &options).ok());
  EXPECT_EQ(options.max_delay, milliseconds(5));
  const auto read = [&](int64_t seconds, int32_t nanos) {
    return Stream(
        [&](auto* r) {
          r->mutable_max_delay()->set_seconds(seconds);
          r->mutable_max_delay()->set_nanos(nanos);
        },
        &options);
  };
  ASSERT_TRUE(read(0, 0).ok());
  EXPECT_EQ(options.max_delay.count(), 0);
  ASSERT_TRUE(read(10, 0).ok());
  EXPECT_EQ(options.max_delay, milliseconds(10'000));
  ASSERT_TRUE(read(1, 2).ok());
  EXPECT_EQ(options.max_delay.count(), 1'000'000'002);
  for (const auto& [seconds, nanos] :
       std::vector<std::pair<int64_t, int32_t>>{{10, 1},
                                                {11, 0},
                                                {0, -1},
                                                {-1, 0},
                                                {0, 1'000'000'000},
                                                {std::numeric_limits<int64_t>::max(), 0},
                                                {std::numeric_limits<int64_t>::min(), 0}}) {
    EXPECT_EQ(FieldOf(read(seconds, nanos)), "events.max_delay") << seconds << " " << nanos;
  }
}

TEST(EventRequest, TakesATokenOfThisHostAlone) {
  model::Position position;
  position.next = {1, 55};
  EventStreamOptions options;
  const auto read = [&](const std::string& token) {
    return Stream([&](auto* r) { r->set_resume_token(token); }, &options);
  };
  ASSERT_TRUE(read(EncodeResumeToken(position, kMachine)).ok());
  ASSERT_TRUE(options.resume.has_value());
  EXPECT_EQ(options.resume->next, position.next);
  EXPECT_EQ(options.machine_id, kMachine);
  const grpc::Status status = read(EncodeResumeToken(position, "another"));
  EXPECT_EQ(FieldOf(status), "events.resume_token");
  EXPECT_NE(status.error_message().find("begin without one"), std::string::npos);
  EXPECT_EQ(FieldOf(read("garbage")), "events.resume_token");
}

TEST(EventRequest, BoundsTheInterval) {
  v1::StreamProcessesRequest request;
  ProcessStreamOptions options;
  const milliseconds& interval = options.interval;
  ASSERT_TRUE(ReadStreamProcesses(request, "processes.", Details::kShown, &options).ok());
  EXPECT_EQ(interval, milliseconds(100));
  const auto read = [&](int64_t seconds, int32_t nanos) {
    request.mutable_min_interval()->set_seconds(seconds);
    request.mutable_min_interval()->set_nanos(nanos);
    return ReadStreamProcesses(request, "processes.", Details::kShown, &options);
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

grpc::Status ListEvents(const std::function<void(v1::ListEventsRequest*)>& edit,
                        store::EventQuery* query) {
  v1::ListEventsRequest request;
  edit(&request);
  return ReadListEvents(request, query);
}

TEST(EventRequest, ReadsWhichProcesses) {
  v1::StreamProcessesRequest request;
  request.mutable_filter()->add_pids(2);
  request.mutable_filter()->add_pids(1);
  request.mutable_filter()->add_process_names("a*");
  request.mutable_filter()->add_uids(5);
  request.mutable_filter()->add_cgroup_ids(6);
  request.set_limit(7);
  request.set_order(v1::PROCESS_ORDER_NAME);
  ProcessStreamOptions options;
  ASSERT_TRUE(ReadStreamProcesses(request, "", Details::kShown, &options).ok());
  EXPECT_EQ(options.filter.tgids, (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(options.filter.names, std::vector<std::string>{"a*"});
  EXPECT_EQ(options.filter.uids, std::vector<uint32_t>{5});
  EXPECT_EQ(options.filter.cgroup_ids, std::vector<uint64_t>{6});
  EXPECT_EQ(options.limit, 7u);
  EXPECT_EQ(options.order, model::ProcessOrder::kName);

  request.set_order(static_cast<v1::ProcessOrder>(99));
  EXPECT_EQ(FieldOf(ReadStreamProcesses(request, "processes.", Details::kShown, &options)),
            "processes.order");
  request.mutable_filter()->add_process_names("");
  EXPECT_EQ(FieldOf(ReadStreamProcesses(request, "processes.", Details::kShown, &options)),
            "processes.filter.process_names[1]");
}

TEST(EventRequest, ReadsAListRequest) {
  store::EventQuery query;
  ASSERT_TRUE(ListEvents(
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
  ASSERT_TRUE(ListEvents([](auto* r) { r->set_page_size(1'001); }, &query).ok());
  EXPECT_EQ(query.page_size, 1'000);
}

TEST(EventRequest, NamesTheListFieldThatIsWrong) {
  const auto bad = [](const std::function<void(v1::ListEventsRequest*)>& edit) {
    store::EventQuery query;
    return FieldOf(ListEvents(edit, &query));
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
