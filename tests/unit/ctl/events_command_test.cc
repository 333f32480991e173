// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl events` and `export` against a memmond made of functions.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "fake_monitor.h"

namespace memmon::ctl {
namespace {

using Writer = grpc::ServerWriter<v1::StreamEventsResponse>;

v1::StreamEventsResponse Batch(std::vector<uint32_t> pids, const std::string& token = "") {
  v1::StreamEventsResponse response;
  for (const uint32_t pid : pids) {
    *response.add_events() = MakeEvent(v1::EVENT_KIND_MMAP, pid, 1'700'000'000);
  }
  response.set_resume_token(token);
  return response;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class Events : public testing::Test {
 protected:
  Events() {
    char path[] = "/tmp/memmonctl-test-XXXXXX";
    directory_ = mkdtemp(path);
  }
  ~Events() override { std::filesystem::remove_all(directory_); }

  // Stored ones, as the API lists them: newest first, in pages of two.
  void Store(std::vector<v1::Event> events) {
    monitor_.list_events = [this, events = std::move(events)](const v1::ListEventsRequest& request,
                                                              v1::ListEventsResponse* response) {
      ++calls_;
      filter_ = request.filter();
      std::vector<v1::Event> found;
      for (const v1::Event& event : events) {
        const int64_t at = event.event_time().seconds();
        if (at >= request.start_time().seconds() && at < request.end_time().seconds()) {
          found.insert(found.begin(), event);
        }
      }
      const size_t from = request.page_token().empty() ? 0 : std::stoul(request.page_token());
      for (size_t i = from; i < found.size() && i < from + 2; ++i) {
        *response->add_events() = found[i];
      }
      if (from + 2 < found.size()) response->set_next_page_token(std::to_string(from + 2));
      return grpc::Status::OK;
    };
  }
  Ran Ctl(const std::vector<std::string>& arguments, Stop* stop = nullptr) {
    return monitor_.Ctl(arguments, {}, stop);
  }

  FakeMonitor monitor_;
  std::string directory_;
  std::atomic<int> calls_ = 0;
  v1::EventFilter filter_;
};

TEST_F(Events, HaveTitlesOnATerminalAlone) {
  Store({MakeEvent(v1::EVENT_KIND_MMAP, 1, 1'700'000'000)});
  const auto shown = [&](bool terminal, std::vector<std::string> more) {
    std::ostringstream out;
    Stop stop;
    std::vector<std::string> arguments = {"events", "--utc", "--since", "@1600000000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    RunProgram(arguments,
               {Environment({{"MEMMON_ADDRESS", monitor_.address()}}), out, out, terminal, &stop});
    return out.str();
  };
  const std::string line =
      "2023-11-14 22:13:20.000000  mmap              1  worker              4.0 KiB     1.0 MiB  "
      "0x0\n";
  EXPECT_EQ(shown(false, {}), line);
  EXPECT_EQ(shown(true, {}),
            "TIME                        KIND            PID  NAME                 LENGTH     "
            "VIRTUAL  RESULT\n" +
                line);
  EXPECT_EQ(shown(true, {"--json"}).find("TIME"), std::string::npos);
  Store({});
  EXPECT_EQ(shown(true, {}), "");
}

TEST_F(Events, FollowsUntilTheLimit) {
  monitor_.stream_events = [](const v1::StreamEventsRequest&, Writer* writer,
                              grpc::ServerContext*) {
    writer->Write(Batch({1, 2, 3}));
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"events", "--follow", "--limit", "2", "--utc"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "22:13:20.000000  mmap              1  worker              4.0 KiB     1.0 MiB  0x0\n"
            "22:13:20.000000  mmap              2  worker              4.0 KiB     1.0 MiB  0x0\n");
}

TEST_F(Events, SendsTheFilter) {
  monitor_.stream_events = [this](const v1::StreamEventsRequest& request, Writer* writer,
                                  grpc::ServerContext*) {
    filter_ = request.filter();
    writer->Write(Batch({1}));
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"events",  "-f",       "-n",         "1",           "--pid",
                       "7,8",     "--name",   "post*",      "--kind",      "mmap",
                       "--kind",  "brk",      "--min-size", "4MiB",        "--uid",
                       "1000",    "--cgroup", "42",         "--container", "docker-*,ssh.service",
                       "--failed"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(filter_.pids_size(), 2);
  EXPECT_EQ(filter_.process_names(0), "post*");
  ASSERT_EQ(filter_.kinds_size(), 2);
  EXPECT_EQ(filter_.kinds(1), v1::EVENT_KIND_BRK);
  EXPECT_EQ(filter_.min_length_bytes(), 4u << 20);
  EXPECT_EQ(filter_.uids(0), 1000u);
  EXPECT_EQ(filter_.cgroup_ids(0), 42u);
  ASSERT_EQ(filter_.containers_size(), 2);
  EXPECT_EQ(filter_.containers(0), "docker-*");
  EXPECT_EQ(filter_.outcome(), v1::EVENT_OUTCOME_FAILED);
}

TEST_F(Events, SaysAGapAsALineAndOnTheErrorStream) {
  monitor_.stream_events = [](const v1::StreamEventsRequest&, Writer* writer,
                              grpc::ServerContext*) {
    v1::StreamEventsResponse response = Batch({1});
    response.mutable_gap()->set_event_count(1'200);
    response.mutable_gap()->set_reason("the client was too slow");
    writer->Write(response);
    return grpc::Status::OK;
  };
  const Ran text = Ctl({"events", "-f", "-n", "1"});
  EXPECT_EQ(text.status, 1);
  EXPECT_NE(text.out.find("-- gap: 1,200 events are missing here"), std::string::npos) << text.out;
  EXPECT_NE(text.err.find("1,200"), std::string::npos);
  const Ran json = Ctl({"events", "-f", "-n", "1", "--json"});
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(json.out.find(R"({"gap":{"eventCount":"1200")"), 0u) << json.out;
  EXPECT_NE(json.out.find(R"("kind":"EVENT_KIND_MMAP")"), std::string::npos);
}

TEST_F(Events, GoesOnWhereItStoodWhenTheStreamBreaks) {
  std::vector<std::string> tokens;
  monitor_.stream_events = [&](const v1::StreamEventsRequest& request, Writer* writer,
                               grpc::ServerContext*) -> grpc::Status {
    tokens.push_back(request.resume_token());
    if (tokens.size() == 1) {
      writer->Write(Batch({1, 2}, "after-2"));
      return {grpc::StatusCode::UNAVAILABLE, "memmond is stopping"};
    }
    writer->Write(Batch({3}, "after-3"));
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"events", "-f", "-n", "3"});
  // What could be resumed has no gap.
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "after-2"}));
  EXPECT_EQ(Count(ran.out, "mmap"), 3u);
  EXPECT_NE(ran.err.find("memmond is stopping"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("Trying again in 1 s"), std::string::npos) << ran.err;
}

TEST_F(Events, SaysThatSomethingMayBeMissingWhereItCannotGoOn) {
  int streams = 0;
  monitor_.stream_events = [&](const v1::StreamEventsRequest&, Writer* writer,
                               grpc::ServerContext*) -> grpc::Status {
    writer->Write(Batch({1}));
    if (++streams == 1) return {grpc::StatusCode::UNAVAILABLE, "gone"};
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"events", "-f", "-n", "2"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("-- gap: events may be missing here"), std::string::npos) << ran.out;
}

TEST_F(Events, KeepsWhereItStandsInAFile) {
  const std::string file = directory_ + "/resume";
  std::vector<std::string> tokens;
  Stop stop;
  monitor_.stream_events = [&](const v1::StreamEventsRequest& request, Writer* writer,
                               grpc::ServerContext*) -> grpc::Status {
    tokens.push_back(request.resume_token());
    writer->Write(Batch({1}, "first"));
    writer->Write(Batch({2}, "second"));
    return {grpc::StatusCode::PERMISSION_DENIED, "not any more"};
  };
  const Ran first = Ctl({"events", "-f", "--resume-file", file});
  EXPECT_EQ(first.status, 4) << first.err;
  std::string kept;
  std::getline(std::ifstream(file), kept);
  EXPECT_EQ(kept, "second");
  Ctl({"events", "-f", "--resume-file", file});
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "second"}));
}

// memmond says where the stream stands before anything that is asked for happens.
TEST_F(Events, KeepsWhereItStandsBeforeAnyEvent) {
  const std::string file = directory_ + "/resume";
  monitor_.stream_events = [](const v1::StreamEventsRequest&, Writer* writer,
                              grpc::ServerContext*) -> grpc::Status {
    writer->Write(Batch({}, "the beginning"));
    return {grpc::StatusCode::PERMISSION_DENIED, "not any more"};
  };
  const Ran ran = Ctl({"events", "-f", "--json", "--resume-file", file});
  EXPECT_EQ(ran.out, "");
  std::string kept;
  std::getline(std::ifstream(file), kept);
  EXPECT_EQ(kept, "the beginning");
}

TEST_F(Events, NamesTheCureForAFileOfAnotherBoot) {
  const std::string file = directory_ + "/resume";
  std::ofstream(file) << "of-old\n";
  monitor_.stream_events = [](const v1::StreamEventsRequest&, Writer*,
                              grpc::ServerContext*) -> grpc::Status {
    return {grpc::StatusCode::INVALID_ARGUMENT, "resume_token: of another boot"};
  };
  const Ran ran = Ctl({"events", "-f", "--resume-file", file});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find(file), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("remove it"), std::string::npos);
}

TEST_F(Events, EndsWhenAskedTo) {
  Stop stop;
  monitor_.stream_events = [&](const v1::StreamEventsRequest&, Writer* writer,
                               grpc::ServerContext*) {
    writer->Write(Batch({1}));
    stop.Ask();
    // Until the client has gone.
    while (writer->Write(Batch({2}))) {
    }
    return grpc::Status::OK;
  };
  EXPECT_EQ(Ctl({"events", "-f"}, &stop).status, 0);
}

TEST_F(Events, SaysWhyNothingComes) {
  monitor_.status.mutable_source()->set_state(v1::SourceStatus::STATE_WAITING);
  monitor_.status.mutable_source()->set_problem("no module. Type: sudo insmod it");
  monitor_.stream_events = [](const v1::StreamEventsRequest&, Writer* writer,
                              grpc::ServerContext*) {
    writer->Write(Batch({1}));
    return grpc::Status::OK;
  };
  EXPECT_NE(Ctl({"events", "-f", "-n", "1"}).err.find("sudo insmod it"), std::string::npos);
}

TEST_F(Events, ListsTheLastOnesOldestFirst) {
  std::vector<v1::Event> events;
  for (uint32_t pid = 1; pid <= 5; ++pid) {
    events.push_back(MakeEvent(v1::EVENT_KIND_MUNMAP, pid, 1'700'000'000 + pid));
  }
  Store(events);
  const Ran ran = Ctl({"events", "-n", "3", "--utc"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "2023-11-14 22:13:23.000000  munmap            3  worker              4.0 KiB     "
            "1.0 MiB  ok\n"
            "2023-11-14 22:13:24.000000  munmap            4  worker              4.0 KiB     "
            "1.0 MiB  ok\n"
            "2023-11-14 22:13:25.000000  munmap            5  worker              4.0 KiB     "
            "1.0 MiB  ok\n");
}

TEST_F(Events, ReadsALongTimeInFewCallsOldestFirst) {
  std::vector<v1::Event> events;
  for (uint32_t pid = 1; pid <= 5; ++pid) {
    events.push_back(MakeEvent(v1::EVENT_KIND_MMAP, pid, 1'700'000'000 + pid * 86'400));
  }
  Store(events);
  const Ran ran = Ctl({"export", "--format", "json", "--until", "2023-12-01"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  std::vector<size_t> at;
  for (uint32_t pid = 1; pid <= 5; ++pid) {
    at.push_back(ran.out.find("\"pid\":" + std::to_string(pid) + ","));
    EXPECT_NE(at.back(), std::string::npos) << pid;
  }
  EXPECT_TRUE(std::is_sorted(at.begin(), at.end()));
  EXPECT_EQ(Count(ran.out, "\n"), 5u);
  // 54 years from the epoch on, doubled each time.
  EXPECT_LT(calls_, 50);
}

TEST_F(Events, ExportsCsvWithUnits) {
  v1::Event odd = MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000, 8192, -12);
  odd.set_process_name("a,\"b\"");
  Store({odd});
  const Ran ran =
      Ctl({"export", "--since", "2023-11-14T22:00:00Z", "--until", "2023-11-14T23:00:00Z"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.out,
            "event_time,kind,pid,tid,process_name,uid,cpu,sequence,start_ns,cgroup_id,address,"
            "length_bytes,prot,map_flags,result,virtual_size_bytes,lost_count,mm_id,"
            "namespace_pid\r\n"
            "2023-11-14T22:13:20.000000000Z,mmap,7,0,\"a,\"\"b\"\"\",0,0,0,0,0,0,8192,0,0,-12,"
            "1048576,0,0,0\r\n");
}

TEST_F(Events, AHiddenAddressIsNoZero) {
  std::vector<v1::Event> events = {MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000),
                                   MakeEvent(v1::EVENT_KIND_MUNMAP, 7, 1'700'000'001)};
  for (v1::Event& event : events) event.set_details_hidden(true);
  Store(events);
  const Ran exported = Ctl({"export", "--until", "2023-12-01"});
  EXPECT_NE(exported.out.find(",0,0,0,0,0,,4096,0,0,,1048576,0,0,0\r\n"), std::string::npos)
      << exported.out;
  // Of munmap 0 is what came of it.
  EXPECT_NE(exported.out.find(",0,0,0,0,0,,4096,0,0,0,1048576,0,0,0\r\n"), std::string::npos)
      << exported.out;
  EXPECT_EQ(Count(Ctl({"events", "--until", "2023-12-01"}).out, "  ok\n"), 2u);
}

// Also where none of the rows says so: what memmond lost has no row.
TEST_F(Events, WhatIsMissingFromStoredOnesIsTold) {
  Store({MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000)});
  for (const uint64_t count : {1'200, 0}) {
    v1::HistoryGap* gap = monitor_.activity.add_gaps();
    gap->set_event_count(count);
    gap->mutable_start_time()->set_seconds(1'700'000'010);
    gap->mutable_end_time()->set_seconds(1'700'000'020);
  }
  for (const char* command : {"export", "events"}) {
    const Ran ran = Ctl({command, "--until", "2023-12-01"});
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.err,
              "memmonctl: 1,200 events (of all processes) are missing between 2023-11-14 22:13:30 "
              "and 2023-11-14 22:13:40\n"
              "memmonctl: nothing was captured between 2023-11-14 22:13:30 and 2023-11-14 "
              "22:13:40\n");
  }
}

TEST_F(Events, SaysUntilWhenTheyAreStored) {
  Store({MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000)});
  monitor_.activity.mutable_last_stored_time()->set_seconds(1'700'000'020);
  for (const char* command : {"export", "events"}) {
    const Ran ran = Ctl({command, "--until", "2023-12-01"});
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.err, "memmonctl: nothing is stored after 2023-11-14 22:13:40\n");
    EXPECT_EQ(Ctl({command, "--until", "2023-11-14 22:14:00"}).err, "");
  }
}

TEST_F(Events, AnExportOfNothingIsATable) {
  Store({});
  const Ran ran = Ctl({"export"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(Count(ran.out, "\r\n"), 1u);
}

TEST_F(Events, AnExportOfBeforeAnythingWasStoredIsATable) {
  Store({});
  monitor_.status.mutable_database()->mutable_oldest_event_time()->set_seconds(1'700'000'000);
  const Ran ran = Ctl({"export", "--until", "2020-01-01"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(Count(ran.out, "\r\n"), 1u);
}

// What is missing behind the last line that is shown is missing from none.
TEST_F(Events, AGapBehindTheLimitIsNotOfWhatIsShown) {
  Store({MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000),
         MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'010),
         MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'030)});
  v1::HistoryGap* gap = monitor_.activity.add_gaps();
  gap->set_event_count(5);
  gap->mutable_start_time()->set_seconds(1'700'000'015);
  gap->mutable_end_time()->set_seconds(1'700'000'020);
  const std::vector<std::string> shown = {"events",  "--since",    "2023-11-14",
                                          "--until", "2023-11-15", "-n"};
  auto with = [&](const char* limit) {
    std::vector<std::string> arguments = shown;
    arguments.emplace_back(limit);
    return Ctl(arguments).status;
  };
  EXPECT_EQ(with("3"), 1);
  EXPECT_EQ(with("1"), 0);
}

TEST_F(Events, ShowsFailuresByName) {
  Store({MakeEvent(v1::EVENT_KIND_MMAP, 7, 1'700'000'000, 8192, -12)});
  EXPECT_NE(Ctl({"events", "--until", "2023-12-01"}).out.find("ENOMEM"), std::string::npos);
}

TEST_F(Events, RefusesWhatContradictsItself) {
  EXPECT_EQ(Ctl({"events", "-f", "--since", "10m"}).status, 2);
  EXPECT_EQ(Ctl({"events", "--resume-file", "x"}).status, 2);
  EXPECT_EQ(Ctl({"events", "-f", "--resume-file", "x", "-n", "5"}).status, 2);
  EXPECT_EQ(Ctl({"events", "--since", "10m", "--until", "20m"}).status, 2);
  for (const auto& [option, value] : {std::pair{"--kind", "map"},
                                      {"--min-size", "big"},
                                      {"--uid", "no such user"},
                                      {"--cgroup", "/no/such/cgroup"},
                                      {"--since", "whenever"},
                                      {"--pid", "x"}}) {
    const Ran ran = Ctl({"events", option, value});
    EXPECT_EQ(ran.status, 2) << option;
    EXPECT_NE(ran.err.find(option), std::string::npos) << ran.err;
  }
}

}  // namespace
}  // namespace memmon::ctl
