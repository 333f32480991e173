// SPDX-License-Identifier: Apache-2.0

#include "api/convert.h"

#include "base/utf8.h"

namespace memmon::api {

void SetTimestamp(int64_t ns, google::protobuf::Timestamp* timestamp) {
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t seconds = ns / kSecond;
  int64_t nanos = ns % kSecond;
  if (nanos < 0) {
    nanos += kSecond;
    --seconds;
  }
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(static_cast<int32_t>(nanos));
}

void ToProto(const model::Event& event, int64_t unix_ns, v1::Event* out,
             const EventFields& fields) {
  using Field = v1::Event;
  if (event.kind == model::EventKind::kLost) {
    out->set_kind(v1::EVENT_KIND_LOST);
    out->set_cpu(event.cpu);
    out->set_sequence(event.sequence);
    SetTimestamp(unix_ns, out->mutable_event_time());
    out->set_lost_count(event.lost_count);
    return;
  }
  if (fields.Has(Field::kKindFieldNumber)) out->set_kind(static_cast<v1::EventKind>(event.kind));
  if (fields.Has(Field::kCpuFieldNumber)) out->set_cpu(event.cpu);
  if (fields.Has(Field::kSequenceFieldNumber)) out->set_sequence(event.sequence);
  if (fields.Has(Field::kEventTimeFieldNumber)) {
    SetTimestamp(unix_ns, out->mutable_event_time());
  }
  if (fields.Has(Field::kPidFieldNumber)) out->set_pid(event.tgid);
  if (fields.Has(Field::kTidFieldNumber)) out->set_tid(event.tid);
  if (fields.Has(Field::kStartNsFieldNumber)) out->set_start_ns(event.start_ns);
  if (fields.Has(Field::kProcessNameFieldNumber)) {
    out->set_process_name(base::ToValidUtf8(event.name()));
  }
  if (fields.Has(Field::kUidFieldNumber)) out->set_uid(event.uid);
  if (fields.Has(Field::kCgroupIdFieldNumber)) out->set_cgroup_id(event.cgroup_id);
  if (fields.Has(Field::kAddressFieldNumber)) out->set_address(event.address);
  if (fields.Has(Field::kLengthBytesFieldNumber)) out->set_length_bytes(event.length_bytes);
  if (fields.Has(Field::kProtFieldNumber)) out->set_prot(event.prot);
  if (fields.Has(Field::kMapFlagsFieldNumber)) out->set_map_flags(event.map_flags);
  if (fields.Has(Field::kResultFieldNumber)) out->set_result(event.result);
  if (fields.Has(Field::kVirtualSizeBytesFieldNumber))
    out->set_virtual_size_bytes(event.virtual_size_bytes);
  if (fields.Has(Field::kMmIdFieldNumber)) out->set_mm_id(event.mm_id);
  if (fields.Has(Field::kNamespacePidFieldNumber)) out->set_namespace_pid(event.namespace_tgid);
}

void ToProto(const model::ProcessKey& key, v1::ProcessKey* out) {
  out->set_pid(key.tgid);
  out->set_start_ns(key.start_ns);
}

void ToProto(const model::Process& process, int64_t realtime_offset_ns, v1::Process* out) {
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
  out->set_uncertain(process.uncertain);
  out->set_command_line(base::ToValidUtf8(process.command_line));
  out->set_user_name(process.user_name);
  out->set_container(process.container);
  out->set_resident_bytes(process.resident_bytes);
  out->set_mm_id(process.mm_id);
  out->set_namespace_pid(process.namespace_tgid);
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
