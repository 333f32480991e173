// SPDX-License-Identifier: Apache-2.0

#include "api/metrics.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

namespace memmon::api {
namespace {

v1::GetStatusResponse SomeStatus() {
  v1::GetStatusResponse status;
  status.mutable_source()->set_state(v1::SourceStatus::STATE_LIVE);
  status.mutable_database()->set_state(v1::DatabaseStatus::STATE_DOWN);
  for (uint32_t cpu = 0; cpu < 2; ++cpu) {
    auto* counters = status.add_cpus();
    counters->set_cpu(cpu);
    counters->set_hooked_count(100 + cpu);
    counters->set_delivered_count(200 + cpu);
    counters->set_dropped_count(300 + cpu);
    counters->set_filtered_count(400 + cpu);
    counters->set_pending_count(500 + cpu);
    counters->set_received_count(600 + cpu);
    counters->set_lost_count(700 + cpu);
    counters->set_unexplained_count(800 + cpu);
  }
  auto* hop = status.add_hops();
  hop->set_name("store");
  hop->set_in_count(1);
  hop->set_out_count(2);
  hop->set_dropped_count(3);
  hop->set_waiting_count(4);
  hop->set_capacity_count(5);
  status.mutable_service()->set_version("1.2");
  status.mutable_service()->mutable_cpu_time()->set_seconds(3);
  status.mutable_service()->mutable_cpu_time()->set_nanos(250'000'000);
  status.mutable_service()->set_resident_bytes(4'096);
  status.mutable_service()->set_subscriber_count(7);
  status.mutable_service()->set_missed_count(8);
  status.mutable_service()->set_memory_limit_bytes(10);
  status.mutable_totals()->set_untracked_count(9);
  status.mutable_totals()->set_event_count(18'446'744'073'709'551'615U);
  return status;
}

// The line of a sample; empty where there is none.
std::string Sample(const std::string& text, const std::string& name) {
  const size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

TEST(Metrics, GivesEveryCounter) {
  const std::string text = RenderMetrics(SomeStatus(), {});
  for (const char* sample : {"memmon_build_info{version=\"1.2\"} 1",
                             "memmon_source_live 1",
                             "memmon_database_connected 0",
                             "memmon_kernel_hooked_total{cpu=\"0\"} 100",
                             "memmon_kernel_hooked_total{cpu=\"1\"} 101",
                             "memmon_kernel_delivered_total{cpu=\"0\"} 200",
                             "memmon_kernel_dropped_total{cpu=\"0\"} 300",
                             "memmon_kernel_filtered_total{cpu=\"0\"} 400",
                             "memmon_kernel_pending{cpu=\"0\"} 500",
                             "memmon_stream_received_total{cpu=\"0\"} 600",
                             "memmon_stream_lost_total{cpu=\"0\"} 700",
                             "memmon_stream_unexplained_total{cpu=\"1\"} 801",
                             "memmon_kernel_missed_total 8",
                             "memmon_hop_in_total{hop=\"store\"} 1",
                             "memmon_hop_out_total{hop=\"store\"} 2",
                             "memmon_hop_dropped_total{hop=\"store\"} 3",
                             "memmon_hop_waiting{hop=\"store\"} 4",
                             "memmon_hop_capacity{hop=\"store\"} 5",
                             "memmon_events_total 18446744073709551615",
                             "memmon_untracked_events_total 9",
                             "memmon_memory_limit_bytes 10",
                             "memmon_subscribers 7",
                             "process_cpu_seconds_total 3.250000000",
                             "process_resident_memory_bytes 4096"}) {
    const std::string line = sample;
    const std::string name = line.substr(0, line.rfind(' '));
    EXPECT_EQ(Sample(text, name), line);
  }
}

TEST(Metrics, IsTextThatPrometheusReads) {
  v1::GetSummaryResponse summary;
  auto* slice = summary.add_slices();
  slice->set_name("a");
  slice->set_bytes(1);
  std::istringstream text(RenderMetrics(SomeStatus(), summary));
  std::set<std::string> families;
  std::set<std::string> samples;
  std::string line;
  std::string family;
  std::string type;
  while (std::getline(text, line)) {
    if (line.rfind("# HELP ", 0) == 0) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << family << " stands twice";
      ASSERT_TRUE(std::getline(text, line));
      ASSERT_EQ(line.rfind("# TYPE " + family + " ", 0), 0u) << line;
      type = line.substr(line.rfind(' ') + 1);
      EXPECT_EQ(type == "counter", family.ends_with("_total")) << family;
      continue;
    }
    // A sample stands under its family, and only once.
    EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family) << line;
    EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_GT(samples.size(), 30u);
}

TEST(Metrics, AddsProcessesOfOneNameAndEscapesIt) {
  v1::GetSummaryResponse summary;
  for (const char* name : {"worker", "a\"b\\c\nd", "worker"}) {
    auto* slice = summary.add_slices();
    slice->set_name(name);
    slice->set_bytes(10);
  }
  const std::string text = RenderMetrics(SomeStatus(), summary);
  EXPECT_NE(text.find("\nmemmon_process_requested_bytes{name=\"worker\"} 20\n"), std::string::npos);
  EXPECT_NE(text.find("\nmemmon_process_requested_bytes{name=\"a\\\"b\\\\c\\nd\"} 10\n"),
            std::string::npos);
}

}  // namespace
}  // namespace memmon::api
