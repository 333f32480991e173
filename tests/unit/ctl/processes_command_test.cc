// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl ps`, `history` and `top --batch` against a memmond made of functions.

#include <gtest/gtest.h>

#include "fake_monitor.h"

namespace memmon::ctl {
namespace {

v1::Process MakeProcess(uint32_t pid, uint64_t held) {
  v1::Process process;
  process.set_pid(pid);
  process.set_start_ns(pid);
  process.set_name("p" + std::to_string(pid));
  process.set_user_name("root");
  process.set_held_bytes(held);
  process.set_virtual_size_bytes(2 << 20);
  process.set_requested_bytes(8192);
  process.set_mmap_count(3);
  return process;
}

class Processes : public testing::Test {
 protected:
  // In pages of two.
  void Have(std::vector<v1::Process> processes) {
    monitor_.list_processes = [this, processes = std::move(processes)](
                                  const v1::ListProcessesRequest& request,
                                  v1::ListProcessesResponse* response) {
      request_ = request;
      const size_t from = request.page_token().empty() ? 0 : std::stoul(request.page_token());
      for (size_t i = from; i < processes.size() && i < from + 2; ++i) {
        *response->add_processes() = processes[i];
      }
      if (from + 2 < processes.size()) response->set_next_page_token(std::to_string(from + 2));
      if (request.has_as_of_time()) *response->mutable_as_of_time() = request.as_of_time();
      return grpc::Status::OK;
    };
  }
  Ran Ctl(std::vector<std::string> arguments, Variables variables = {}) {
    return monitor_.Ctl(arguments, std::move(variables));
  }

  FakeMonitor monitor_;
  v1::ListProcessesRequest request_;
};

TEST_F(Processes, StandInAlignedColumns) {
  v1::Process uncertain = MakeProcess(12'345, 4096);
  uncertain.set_uncertain(true);
  Have({MakeProcess(7, 3 << 20), uncertain, MakeProcess(9, 0)});
  const Ran ran = Ctl({"ps", "--sort", "virtual", "-n", "9"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(request_.order(), v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES);
  EXPECT_EQ(ran.out,
            "  PID  USER  NAME       HELD   VIRTUAL  IN RAM  REQUESTED  MMAPS  FAILED\n"
            "    7  root  p7      3.0 MiB   2.0 MiB       -    8.0 KiB      3       0\n"
            "12345  root  p12345  4.0 KiB  ~2.0 MiB       -    8.0 KiB      3       0\n"
            "    9  root  p9          0 B   2.0 MiB       -    8.0 KiB      3       0\n"
            "~ may be wrong: records about this process were lost\n");
}

TEST_F(Processes, ComeInBytesAsJsonReversedOrFew) {
  Have({MakeProcess(7, 3 << 20), MakeProcess(8, 4096), MakeProcess(9, 0)});
  EXPECT_NE(Ctl({"ps", "--bytes"}).out.find("3145728"), std::string::npos);
  const std::string json = Ctl({"ps", "--json", "-n", "1"}).out;
  EXPECT_NE(json.find(R"("pid":7)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("heldBytes":"3145728")"), std::string::npos) << json;
  EXPECT_EQ(json.find(R"("pid":8)"), std::string::npos);
  const std::string reversed = Ctl({"ps", "-r", "-n", "2", "--json"}).out;
  EXPECT_LT(reversed.find(R"("pid":9)"), reversed.find(R"("pid":8)"));
  EXPECT_EQ(reversed.find(R"("pid":7)"), std::string::npos);
}

// All of many, while each changes its place from page to page.
TEST_F(Processes, ComeOnceEachWhileTheyMove) {
  Have({MakeProcess(7, 1), MakeProcess(8, 2), MakeProcess(9, 3)});
  auto moving = monitor_.list_processes;
  monitor_.list_processes = [&](const v1::ListProcessesRequest& request,
                                v1::ListProcessesResponse* response) {
    EXPECT_EQ(request.order(), v1::PROCESS_ORDER_PID);
    return moving(request, response);
  };
  for (const std::vector<std::string>& all :
       {std::vector<std::string>{"ps", "--json"}, {"ps", "--json", "-n", "1001"}}) {
    const std::string json = Ctl(all).out;
    EXPECT_LT(json.find(R"("pid":9)"), json.find(R"("pid":8)")) << json;
    EXPECT_LT(json.find(R"("pid":8)"), json.find(R"("pid":7)")) << json;
  }
}

TEST_F(Processes, OfAnEarlierTimeSayOfWhich) {
  Have({MakeProcess(7, 0)});
  const Ran ran = Ctl({"ps", "--at", "2023-11-14 22:13:20", "--utc"});
  EXPECT_EQ(request_.as_of_time().seconds(), 1'700'000'000);
  EXPECT_EQ(ran.out.find("as of 2023-11-14 22:13:20\n"), 0u) << ran.out;
}

TEST_F(Processes, AskAnOlderMemmondInVain) {
  const Ran ran = Ctl({"ps"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("Update it"), std::string::npos) << ran.err;
}

TEST_F(Processes, HaveAHistoryAsAChart) {
  monitor_.history = [](const v1::GetProcessHistoryRequest& request,
                        v1::GetProcessHistoryResponse* response) {
    EXPECT_EQ(request.process().pid(), 7u);
    response->mutable_resolution()->set_seconds(10);
    response->mutable_process()->set_name("worker");
    response->mutable_process()->mutable_start_time()->set_seconds(1'700'000'000);
    response->mutable_process()->mutable_end_time()->set_seconds(1'700'000'045);
    // Nothing happened in the second and the fourth step.
    for (const auto& [step, held] : {std::pair{0, 4096}, {2, 8192}}) {
      v1::HistoryPoint* point = response->add_points();
      point->mutable_time()->set_seconds(1'700'000'000 + 10 * step);
      point->set_held_bytes(held);
      point->set_virtual_size_bytes(1 << 20);
      point->set_requested_bytes(4096);
    }
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"history", "7", "--utc"}, {{"LANG", "C.UTF-8"}});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("HELD        ▅▅███\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("asked for   █▁█▁▁\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("lowest 4.0 KiB, highest 8.0 KiB, at the end 8.0 KiB"), std::string::npos);
  const Ran csv = Ctl({"history", "7", "--csv"});
  EXPECT_EQ(csv.out.find("time,held_bytes,"), 0u);
  EXPECT_NE(csv.out.find("2023-11-14T22:13:40.000000000Z,8192,1048576,0,4096,0,0,0,0\r\n"),
            std::string::npos)
      << csv.out;
  EXPECT_NE(Ctl({"history", "7", "--json"}).out.find(R"("heldBytes":"8192")"), std::string::npos);
}

TEST_F(Processes, OfARecordingHaveAHistoryThatEndsWithIt) {
  monitor_.history = [](const v1::GetProcessHistoryRequest&,
                        v1::GetProcessHistoryResponse* response) {
    response->mutable_resolution()->set_seconds(1);
    response->mutable_process()->mutable_start_time()->set_seconds(1'700'000'000);
    response->add_points()->mutable_time()->set_seconds(1'700'000'000);
    return grpc::Status::OK;
  };
  // Sixty columns of a second, and nobody ended: long before now.
  const Ran ran = Ctl({"history", "1", "--utc"});
  EXPECT_NE(ran.out.find("2023-11-14 22:13:20 to 2023-11-14 22:14:20; a column is 1s"),
            std::string::npos)
      << ran.out;
}

TEST_F(Processes, AreCountedFromOneOn) {
  Have({MakeProcess(7, 4096)});
  for (const char* count : {"-5", "0", "x", "1.5", ""}) {
    const Ran ran = Ctl({"ps", "-n", count});
    EXPECT_EQ(ran.status, 2) << count;
    EXPECT_NE(ran.err.find("is no count; give 1 or more"), std::string::npos) << ran.err;
  }
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"events", "--limit", "0"},
        {"events", "-n", "-3"},
        {"top", "-b", "-n", "-1"},
        {"record", "/nowhere", "--count", "-1"}}) {
    EXPECT_NE(Ctl(arguments).err.find("give 1 or more"), std::string::npos) << arguments[0];
  }
  EXPECT_EQ(Ctl({"ps", "-n", "010"}).status, 0);
}

TEST_F(Processes, AreNamedByANumber) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"ps", "--pid", "abc"},
                                                    {"events", "--pid", "7,abc"},
                                                    {"history", "abc"}}) {
    const Ran english = Ctl(arguments);
    EXPECT_EQ(english.status, 2);
    EXPECT_NE(english.err.find("\"abc\" is no process id; give a number"), std::string::npos)
        << english.err;
    EXPECT_NE(Ctl(arguments, {{"LC_ALL", "es_ES.UTF-8"}}).err.find("\"abc\" no es un"),
              std::string::npos);
  }
}

TEST_F(Processes, TellWhatAHistoryLacks) {
  monitor_.history = [](const v1::GetProcessHistoryRequest&,
                        v1::GetProcessHistoryResponse* response) {
    response->add_gaps()->set_event_count(5);
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"history", "7"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.err.find("5 events (of all processes) are missing"), std::string::npos) << ran.err;
}

TEST_F(Processes, SayUntilWhenTheirHistoryIsStored) {
  int64_t last = 1'700'000'000;
  int64_t end = 0;
  monitor_.history = [&](const v1::GetProcessHistoryRequest&,
                         v1::GetProcessHistoryResponse* response) {
    response->mutable_last_stored_time()->set_seconds(last);
    if (end != 0) response->mutable_process()->mutable_end_time()->set_seconds(end);
    return grpc::Status::OK;
  };
  const std::vector<std::string> arguments = {"history", "7", "--utc", "--until",
                                              "2023-11-14 23:00:00"};
  const Ran ran = Ctl(arguments);
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.err, "memmonctl: nothing is stored after 2023-11-14 22:13:20\n");
  EXPECT_NE(Ctl(arguments, {{"LC_ALL", "es_ES.UTF-8"}}).err.find("no hay nada guardado después"),
            std::string::npos);
  // Nothing is missing of what it did not live, nor of what is on its way.
  end = 1'699'999'990;
  EXPECT_EQ(Ctl(arguments).err, "");
  end = 0;
  last = absl::ToUnixSeconds(absl::Now()) - 2;
  EXPECT_EQ(Ctl({"history", "7"}).err, "");
  EXPECT_EQ(Ctl({"history", "7", "--until", "2100-01-01"}).err, "");
}

TEST_F(Processes, ArePrintedByTopForScripts) {
  monitor_.stream_processes = [](const v1::StreamProcessesRequest& request,
                                 grpc::ServerWriter<v1::StreamProcessesResponse>* writer,
                                 grpc::ServerContext*) {
    EXPECT_EQ(request.order(), v1::PROCESS_ORDER_PID);
    v1::StreamProcessesResponse response;
    response.set_snapshot(true);
    *response.add_processes() = MakeProcess(9, 0);
    *response.add_processes() = MakeProcess(7, 4096);
    response.mutable_totals()->set_event_count(1'234);
    // Until the client has enough.
    while (writer->Write(response)) {
    }
    return grpc::Status::OK;
  };
  const Ran ran = Ctl({"top", "--batch", "--count", "2", "-s", "pid", "-d", "20ms"});
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("1,234 events"), std::string::npos) << ran.out;
  EXPECT_LT(ran.out.find("p7"), ran.out.find("p9"));
  EXPECT_NE(ran.out.find("p7"), ran.out.rfind("p7"));
  EXPECT_EQ(ran.out.find('\033'), std::string::npos);
}

TEST_F(Processes, TopNeedsATerminal) {
  const Ran ran = Ctl({"top"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("--batch"), std::string::npos);
}

}  // namespace
}  // namespace memmon::ctl
