// SPDX-License-Identifier: Apache-2.0

#include "api/convert.h"

#include "base/utf8.h"

namespace memmon::api {

UnixTime ToUnixTime(int64_t ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  UnixTime time{ns / kSecond, static_cast<int32_t>(ns % kSecond)};
  if (time.nanos < 0) {
    time.nanos += kSecond;
    --time.seconds;
  }
  return time;
}

void SetTimestamp(int64_t ns, google::protobuf::Timestamp* timestamp) {
  const UnixTime time = ToUnixTime(ns);
  timestamp->set_seconds(time.seconds);
  timestamp->set_nanos(time.nanos);
}

void ToProto(const model::Event& event, int64_t unix_ns, Details details, v1::Event* out) {
  out->set_kind(static_cast<v1::EventKind>(event.kind));
  out->set_cpu(event.cpu);
  out->set_sequence(event.sequence);
  SetTimestamp(unix_ns, out->mutable_event_time());
  if (event.kind == model::EventKind::kLost) {
    out->set_lost_count(event.lost_count);
    return;
  }
  out->set_pid(event.tgid);
  out->set_tid(event.tid);
  out->set_start_ns(event.start_ns);
  out->set_process_name(base::ToValidUtf8(event.name()));
  out->set_uid(event.uid);
  out->set_cgroup_id(event.cgroup_id);
  const bool hidden = details == Details::kHidden;
  out->set_details_hidden(hidden);
  if (!hidden) out->set_address(event.address);
  out->set_length_bytes(event.length_bytes);
  out->set_prot(event.prot);
  out->set_map_flags(event.map_flags);
  if (!hidden || !event.result_is_address()) out->set_result(event.result);
  out->set_virtual_size_bytes(event.virtual_size_bytes);
  out->set_mm_id(event.mm_id);
  out->set_namespace_pid(event.namespace_tgid);
}

void ToProto(const model::ProcessKey& key, v1::ProcessKey* out) {
  out->set_pid(key.tgid);
  out->set_start_ns(key.start_ns);
}

void ToProto(const model::Process& process, int64_t realtime_offset_ns, Details details,
             v1::Process* out) {
  out->set_pid(process.key.tgid);
  out->set_start_ns(process.key.start_ns);
  out->set_parent_pid(process.parent_tgid);
  out->set_name(base::ToValidUtf8(process.name));
  out->set_uid(process.uid);
  out->set_cgroup_id(process.cgroup_id);
  SetTimestamp(static_cast<int64_t>(process.key.start_ns) + realtime_offset_ns,
               out->mutable_start_time());
  if (process.end_ns != 0) {
    SetTimestamp(static_cast<int64_t>(process.end_ns) + realtime_offset_ns,
                 out->mutable_end_time());
  }
  out->set_held_bytes(process.held_bytes);
  out->set_virtual_size_bytes(process.virtual_size_bytes);
  out->set_requested_bytes(process.requested_bytes);
  out->set_mmap_count(process.mmap_count);
  out->set_munmap_count(process.munmap_count);
  out->set_failed_count(process.failed_count);
  out->set_no_memory_count(process.no_memory_count);
  out->set_no_memory_largest_bytes(process.no_memory_largest_bytes);
  out->set_uncertain(process.uncertain);
  if (details == Details::kHidden) {
    out->set_details_hidden(true);
  } else {
    out->set_command_line(base::ToValidUtf8(process.command_line));
  }
  out->set_user_name(process.user_name);
  out->set_container(process.container);
  out->set_resident_bytes(process.resident_bytes);
  out->set_mm_id(process.mm_id);
  out->set_namespace_pid(process.namespace_tgid);
}

void ToProto(const model::ProcessCalls& calls, v1::GetProcessCallsResponse* out) {
  for (const auto& [kind, count] : calls.counts) {
    v1::KindCount* kind_count = out->add_counts();
    kind_count->set_kind(static_cast<v1::EventKind>(kind));
    kind_count->set_count(count);
  }
  for (const auto& [error, count, largest_bytes] : calls.failures) {
    v1::FailureCount* failure = out->add_failures();
    failure->set_error(error);
    failure->set_count(count);
    failure->set_largest_bytes(largest_bytes);
  }
  for (const auto& [exponent, succeeded, failed] : calls.sizes) {
    v1::SizeCount* size = out->add_sizes();
    size->set_exponent(exponent);
    size->set_succeeded(succeeded);
    size->set_failed(failed);
  }
  for (const auto& [time_ns, comm] : calls.execs) {
    v1::Exec* exec = out->add_execs();
    SetTimestamp(static_cast<int64_t>(time_ns) + calls.realtime_offset_ns, exec->mutable_time());
    exec->set_name(base::ToValidUtf8(comm.data()));
  }
  for (const auto& [kind, bytes] : calls.size_changes) {
    v1::SizeChange* change = out->add_size_changes();
    change->set_kind(static_cast<v1::EventKind>(kind));
    change->set_bytes(bytes);
  }
  out->set_size_began(static_cast<v1::EventKind>(calls.size_began));
  out->set_size_began_bytes(calls.size_began_bytes);
  if (calls.missed_since_ns != 0) {
    SetTimestamp(static_cast<int64_t>(calls.missed_since_ns) + calls.realtime_offset_ns,
                 out->mutable_missed_since());
  }
}

void ToProto(const model::HostTotals& totals, v1::HostTotals* out) {
  out->set_ram_bytes(totals.ram_bytes);
  out->set_swap_bytes(totals.swap_bytes);
  out->set_event_count(totals.event_count);
  out->set_requested_bytes(totals.requested_bytes);
  out->set_lost_count(totals.lost_count);
  out->set_untracked_count(totals.untracked_count);
  if (totals.capture_start_unix_ns != 0) {
    SetTimestamp(totals.capture_start_unix_ns, out->mutable_capture_start_time());
  }
}

}  // namespace memmon::api
