// SPDX-License-Identifier: Apache-2.0

#include "api/metrics.h"

#include <cstdio>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace memmon::api {
namespace {

std::string LabelValue(std::string_view value) {
  std::string escaped;
  for (char c : value) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string Label(const char* name, std::string_view value) {
  return absl::StrCat("{", name, "=\"", LabelValue(value), "\"}");
}

class Text {
 public:
  void Family(const char* name, const char* type, const char* help) {
    name_ = name;
    absl::StrAppend(&text_, "# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
  }
  void Sample(uint64_t value, const std::string& labels = "") {
    absl::StrAppend(&text_, name_, labels, " ", value, "\n");
  }
  void Seconds(double value) {
    char number[48];
    snprintf(number, sizeof(number), "%.9f", value);
    absl::StrAppend(&text_, name_, " ", number, "\n");
  }
  std::string Take() { return std::move(text_); }

 private:
  const char* name_ = "";
  std::string text_;
};

using CpuField = uint64_t (v1::CpuCounters::*)() const;
using HopField = uint64_t (v1::HopCounters::*)() const;

void CpuFamily(const v1::GetStatusResponse& status, const char* name, const char* type,
               const char* help, CpuField field, Text* text) {
  text->Family(name, type, help);
  for (const v1::CpuCounters& cpu : status.cpus()) {
    text->Sample((cpu.*field)(), Label("cpu", absl::StrCat(cpu.cpu())));
  }
}

void HopFamily(const v1::GetStatusResponse& status, const char* name, const char* type,
               const char* help, HopField field, Text* text) {
  text->Family(name, type, help);
  for (const v1::HopCounters& hop : status.hops()) {
    text->Sample((hop.*field)(), Label("hop", hop.name()));
  }
}

}  // namespace

std::string RenderMetrics(const v1::GetStatusResponse& status,
                          const v1::GetSummaryResponse& summary) {
  Text text;
  text.Family("memmon_build_info", "gauge", "Always 1; the version is in the label.");
  text.Sample(1, Label("version", status.service().version()));
  text.Family("memmon_source_live", "gauge", "1 while events come from the source.");
  text.Sample(status.source().state() == v1::SourceStatus::STATE_LIVE ? 1 : 0);
  text.Family("memmon_database_connected", "gauge", "1 while events are stored.");
  text.Sample(status.database().state() == v1::DatabaseStatus::STATE_CONNECTED ? 1 : 0);

  CpuFamily(status, "memmon_kernel_hooked_total", "counter",
            "Probe hits: delivered + dropped + filtered + pending.", &v1::CpuCounters::hooked_count,
            &text);
  CpuFamily(status, "memmon_kernel_delivered_total", "counter", "Records handed to memmond.",
            &v1::CpuCounters::delivered_count, &text);
  CpuFamily(status, "memmon_kernel_dropped_total", "counter", "Records that found no room.",
            &v1::CpuCounters::dropped_count, &text);
  CpuFamily(status, "memmon_kernel_filtered_total", "counter", "Left out on purpose.",
            &v1::CpuCounters::filtered_count, &text);
  CpuFamily(status, "memmon_kernel_pending", "gauge", "Records in the ring.",
            &v1::CpuCounters::pending_count, &text);
  CpuFamily(status, "memmon_stream_received_total", "counter", "Records decoded by memmond.",
            &v1::CpuCounters::received_count, &text);
  CpuFamily(status, "memmon_stream_lost_total", "counter", "Records that LOST records stand for.",
            &v1::CpuCounters::lost_count, &text);
  CpuFamily(status, "memmon_stream_unexplained_total", "counter",
            "Holes that no LOST record explains: a defect.", &v1::CpuCounters::unexplained_count,
            &text);
  text.Family("memmon_kernel_missed_total", "counter", "Times a probe could not fire.");
  text.Sample(status.service().missed_count());

  HopFamily(status, "memmon_hop_in_total", "counter", "Events taken in.",
            &v1::HopCounters::in_count, &text);
  HopFamily(status, "memmon_hop_out_total", "counter", "Events handed on.",
            &v1::HopCounters::out_count, &text);
  HopFamily(status, "memmon_hop_dropped_total", "counter", "Events lost here.",
            &v1::HopCounters::dropped_count, &text);
  HopFamily(status, "memmon_hop_waiting", "gauge", "Events that wait here.",
            &v1::HopCounters::waiting_count, &text);
  HopFamily(status, "memmon_hop_capacity", "gauge", "Most events that may wait; 0: none do.",
            &v1::HopCounters::capacity_count, &text);

  text.Family("memmon_events_total", "counter", "Events since the capture began.");
  text.Sample(status.totals().event_count());
  text.Family("memmon_untracked_events_total", "counter",
              "Events of processes that --memory has no room to list.");
  text.Sample(status.totals().untracked_count());
  text.Family("memmon_requested_bytes_total", "counter",
              "Lengths of all successful requests since the capture began.");
  text.Sample(status.totals().requested_bytes());
  text.Family("memmon_ram_bytes", "gauge", "RAM of the host.");
  text.Sample(status.totals().ram_bytes());
  text.Family("memmon_swap_bytes", "gauge", "Swap of the host.");
  text.Sample(status.totals().swap_bytes());

  // Processes of one name together: a pid as a label never ends.
  std::map<std::string, uint64_t> by_name;
  for (const v1::SummarySlice& slice : summary.slices()) by_name[slice.name()] += slice.bytes();
  text.Family("memmon_process_requested_bytes", "gauge",
              "Requested by the processes that asked for most, by name.");
  for (const auto& [name, bytes] : by_name) text.Sample(bytes, Label("name", name));

  text.Family("memmon_subscribers", "gauge", "Clients that receive events.");
  text.Sample(status.service().subscriber_count());
  text.Family("process_cpu_seconds_total", "counter", "CPU time used by memmond.");
  text.Seconds(static_cast<double>(status.service().cpu_time().seconds()) +
               status.service().cpu_time().nanos() * 1e-9);
  text.Family("process_resident_memory_bytes", "gauge", "Resident memory of memmond.");
  text.Sample(status.service().resident_bytes());
  text.Family("memmon_memory_limit_bytes", "gauge",
              "What memmond's memory is bounded by; --memory.");
  text.Sample(status.service().memory_limit_bytes());
  text.Family("process_start_time_seconds", "gauge", "When memmond started, since 1970.");
  text.Seconds(static_cast<double>(status.service().start_time().seconds()) +
               status.service().start_time().nanos() * 1e-9);
  return text.Take();
}

}  // namespace memmon::api
