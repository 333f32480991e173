// SPDX-License-Identifier: Apache-2.0

#include "api/status_report.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "api/convert.h"
#include "base/utf8.h"
#include "model/names.h"

namespace memmon::api {
namespace {

int64_t NowUnixNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

v1::SourceStatus::State StateOf(pipeline::SourceState state) {
  switch (state) {
    case pipeline::SourceState::kWaiting:
      return v1::SourceStatus::STATE_WAITING;
    case pipeline::SourceState::kLive:
      return v1::SourceStatus::STATE_LIVE;
    case pipeline::SourceState::kEnded:
      return v1::SourceStatus::STATE_ENDED;
    case pipeline::SourceState::kFailed:
      return v1::SourceStatus::STATE_FAILED;
  }
  return v1::SourceStatus::STATE_UNSPECIFIED;
}

v1::DatabaseStatus::State StateOf(store::StoreState state) {
  switch (state) {
    case store::StoreState::kOff:
      return v1::DatabaseStatus::STATE_OFF;
    case store::StoreState::kConnected:
      return v1::DatabaseStatus::STATE_CONNECTED;
    case store::StoreState::kDown:
      return v1::DatabaseStatus::STATE_DOWN;
  }
  return v1::DatabaseStatus::STATE_UNSPECIFIED;
}

v1::SourceStatus::Cause ToCause(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kNotFound:
      return v1::SourceStatus::CAUSE_MISSING;
    case absl::StatusCode::kPermissionDenied:
      return v1::SourceStatus::CAUSE_NO_PERMISSION;
    case absl::StatusCode::kUnavailable:
      return v1::SourceStatus::CAUSE_BUSY;
    case absl::StatusCode::kFailedPrecondition:
      return v1::SourceStatus::CAUSE_OTHER_VERSION;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kInvalidArgument:
      return v1::SourceStatus::CAUSE_DAMAGED;
    default:
      return v1::SourceStatus::CAUSE_UNSPECIFIED;
  }
}

v1::DatabaseStatus::Cause CauseOf(store::Cause cause) {
  switch (cause) {
    case store::Cause::kOther:
      return v1::DatabaseStatus::CAUSE_UNSPECIFIED;
    case store::Cause::kUnreachable:
      return v1::DatabaseStatus::CAUSE_UNREACHABLE;
    case store::Cause::kRefused:
      return v1::DatabaseStatus::CAUSE_REFUSED;
    case store::Cause::kNoDatabase:
      return v1::DatabaseStatus::CAUSE_NO_DATABASE;
    case store::Cause::kNoPrivilege:
      return v1::DatabaseStatus::CAUSE_NO_PRIVILEGE;
    case store::Cause::kTooManyConnections:
      return v1::DatabaseStatus::CAUSE_TOO_MANY_CONNECTIONS;
    case store::Cause::kReadOnly:
      return v1::DatabaseStatus::CAUSE_READ_ONLY;
    case store::Cause::kDiskFull:
      return v1::DatabaseStatus::CAUSE_DISK_FULL;
    case store::Cause::kForeign:
      return v1::DatabaseStatus::CAUSE_FOREIGN;
    case store::Cause::kOtherVersion:
      return v1::DatabaseStatus::CAUSE_OTHER_VERSION;
    case store::Cause::kTablesFull:
      return v1::DatabaseStatus::CAUSE_TABLES_FULL;
    case store::Cause::kSpoolFull:
      return v1::DatabaseStatus::CAUSE_SPOOL_FULL;
    case store::Cause::kSpoolUnwritable:
      return v1::DatabaseStatus::CAUSE_SPOOL_UNWRITABLE;
    case store::Cause::kPreparing:
      return v1::DatabaseStatus::CAUSE_PREPARING;
    case store::Cause::kClosed:
      return v1::DatabaseStatus::CAUSE_CLOSED;
  }
  return v1::DatabaseStatus::CAUSE_UNSPECIFIED;
}

void FillSource(const pipeline::PumpStatus& pump, v1::SourceStatus* out) {
  out->set_state(StateOf(pump.state));
  out->set_name(base::ToValidUtf8(pump.source_name));
  out->set_problem(base::ToValidUtf8(pump.problem));
  out->set_cause(ToCause(pump.problem_code));
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0) out->set_host_name(base::ToValidUtf8(host));
  if (pump.capture == nullptr) return;
  const model::Capture& capture = *pump.capture;
  out->set_abi_version(capture.abi_version);
  out->set_kernel_release(base::ToValidUtf8(capture.kernel_release));
  out->set_boot_id(model::BootIdHex(capture));
  model::CoverageNames names = model::NameCoverage(capture.coverage);
  for (auto& name : names.covered) out->add_covered(std::string(name));
  for (auto& name : names.not_covered) out->add_not_covered(std::string(name));
  out->set_page_size_bytes(capture.page_size_bytes);
  out->set_cpu_count(capture.cpu_count);
}

void FillCpus(const pipeline::PumpStatus& pump, v1::GetStatusResponse* response) {
  size_t count = std::max(pump.kernel.size(), pump.streams.size());
  for (size_t i = 0; i < count; ++i) {
    v1::CpuCounters* cpu = response->add_cpus();
    cpu->set_cpu(static_cast<uint32_t>(i));
    if (i < pump.kernel.size()) {
      cpu->set_hooked_count(pump.kernel[i].hooked);
      cpu->set_delivered_count(pump.kernel[i].delivered);
      cpu->set_dropped_count(pump.kernel[i].dropped);
      cpu->set_filtered_count(pump.kernel[i].filtered);
      cpu->set_pending_count(pump.kernel[i].pending);
    }
    if (i < pump.streams.size()) {
      cpu->set_received_count(pump.streams[i].received);
      cpu->set_lost_count(pump.streams[i].lost);
      cpu->set_unexplained_count(pump.streams[i].unexplained);
    }
  }
}

void AddHop(const model::HopCounters& hop, const char* name, v1::GetStatusResponse* response) {
  v1::HopCounters* out = response->add_hops();
  out->set_name(name);
  out->set_in_count(hop.in);
  out->set_out_count(hop.out);
  out->set_dropped_count(hop.dropped);
  out->set_waiting_count(hop.waiting);
  out->set_capacity_count(hop.capacity);
}

// The rings of all CPUs. What is filtered never entered them.
model::HopCounters RingHop(const pipeline::PumpStatus& pump) {
  model::HopCounters hop;
  for (const model::KernelCounters& cpu : pump.kernel) {
    hop.in += cpu.hooked - cpu.filtered;
    hop.out += cpu.delivered;
    hop.dropped += cpu.dropped;
    hop.waiting += cpu.pending;
    if (pump.capture != nullptr) hop.capacity += pump.capture->ring_records;
  }
  return hop;
}

void FillService(v1::ServiceStatus* out) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    int64_t us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                 usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    out->mutable_cpu_time()->set_seconds(us / 1'000'000);
    out->mutable_cpu_time()->set_nanos(static_cast<int32_t>(us % 1'000'000 * 1'000));
  }
  if (FILE* statm = fopen("/proc/self/statm", "re")) {
    unsigned long long size = 0;
    unsigned long long resident = 0;
    if (fscanf(statm, "%llu %llu", &size, &resident) == 2) {
      out->set_resident_bytes(resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
    }
    fclose(statm);
  }
}

}  // namespace

StatusReport::StatusReport(Parts parts) : parts_(std::move(parts)), start_unix_ns_(NowUnixNs()) {}

void StatusReport::Fill(Details details, v1::GetStatusResponse* response) const {
  // From the clients back to the source: whatever moves meanwhile, no hop is
  // seen to have taken in more than the one before gave out.
  model::HopCounters subscribers = parts_.feed->counters();
  store::StoreStatus store = parts_.store->status();
  model::HostTotals totals = parts_.processes->Totals();
  pipeline::PumpStatus pump = parts_.pump_status();

  FillSource(pump, response->mutable_source());
  FillCpus(pump, response);
  if (!pump.kernel.empty()) AddHop(RingHop(pump), "ring", response);
  AddHop(pump.decoder, "decoder", response);
  AddHop(store.counters, "store", response);
  if (store.spool) AddHop(*store.spool, "spool", response);
  AddHop(subscribers, "subscribers", response);

  v1::DatabaseStatus* database = response->mutable_database();
  database->set_state(StateOf(store.state));
  database->set_problem(base::ToValidUtf8(store.problem));
  for (const store::Cause cause : store.causes) database->add_causes(CauseOf(cause));
  database->set_stored_count(store.counters.out);
  database->set_lost_count(store.counters.dropped);
  database->set_schema_version(store.schema_version);
  database->set_size_bytes(store.space.size_bytes);
  if (store.space.oldest_event_unix_ns) {
    SetTimestamp(*store.space.oldest_event_unix_ns, database->mutable_oldest_event_time());
  }
  if (store.space.oldest_rollup_unix_ns) {
    SetTimestamp(*store.space.oldest_rollup_unix_ns, database->mutable_oldest_rollup_time());
  }

  v1::ServiceStatus* service = response->mutable_service();
  service->set_version(parts_.version);
  SetTimestamp(start_unix_ns_, service->mutable_start_time());
  FillService(service);
  service->set_subscriber_count(static_cast<uint32_t>(parts_.feed->subscriber_count()));
  service->set_missed_count(pump.missed);
  service->set_memory_limit_bytes(parts_.memory_limit_bytes);

  ToProto(totals, response->mutable_totals());
  response->set_details_hidden(details == Details::kHidden);
}

}  // namespace memmon::api
