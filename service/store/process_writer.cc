// SPDX-License-Identifier: Apache-2.0

#include "store/process_writer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/name_text.h"

namespace memmon::store {
namespace {

// To forget known ones costs a row written again, no more.
constexpr size_t kMostKnownProcesses = 200'000;

}  // namespace

void ProcessWriter::Begin(const CaptureRows& rows) {
  if (rows.boot_row != rows_.boot_row || known_.size() > kMostKnownProcesses) known_.clear();
  rows_ = rows;
  changed_.clear();
}

void ProcessWriter::Note(const model::Event& event, int64_t time_unix_ns) {
  if (event.kind == model::EventKind::kLost || event.tgid == 0 ||
      (event.flags & model::kFlagKernelThread) != 0) {
    return;
  }
  Row row{event.comm, event.uid, event.namespace_tgid, event.cgroup_id, 0};
  const auto changed = changed_.find(event.process());
  const Row* before = changed == changed_.end() ? nullptr : &changed->second;
  if (before == nullptr) {
    const auto known = known_.find(event.process());
    if (known != known_.end()) before = &known->second;
  }
  if (event.kind == model::EventKind::kExit) {
    row.end_unix_ns = time_unix_ns;
  } else if (before != nullptr) {
    row.end_unix_ns = before->end_unix_ns;
  }
  if (before == nullptr || !(*before == row)) changed_[event.process()] = row;
}

absl::Status ProcessWriter::Write(Connection* connection) {
  if (changed_.empty()) return absl::OkStatus();
  // In one order for every writer, so that two cannot wait for each other.
  std::vector<std::pair<model::ProcessKey, const Row*>> sorted;
  for (const auto& [key, row] : changed_) sorted.emplace_back(key, &row);
  std::sort(sorted.begin(), sorted.end());
  std::vector<int32_t> tgids, uids, namespace_tgids;
  std::vector<int64_t> starts, cgroups, ends;
  std::vector<std::string> names;
  for (const auto& [key, row] : sorted) {
    tgids.push_back(static_cast<int32_t>(key.tgid));
    starts.push_back(static_cast<int64_t>(key.start_ns));
    AppendNameText(row->comm.data(), &names.emplace_back());
    uids.push_back(static_cast<int32_t>(row->uid));
    namespace_tgids.push_back(static_cast<int32_t>(row->namespace_tgid));
    cgroups.push_back(static_cast<int64_t>(row->cgroup_id));
    ends.push_back(row->end_unix_ns / 1000);
  }
  return connection
      ->Query(
          "INSERT INTO memmon.process (host_id, boot_row, tgid, start_ns, name, uid,"
          " namespace_tgid, cgroup_id, end_time)"
          " SELECT $1, $2, p.tgid, p.start_ns, p.name, p.uid, p.namespace_tgid, p.cgroup_id,"
          " CASE WHEN p.end_us <> 0 THEN"
          " timestamptz 'epoch' + p.end_us * interval '1 microsecond' END"
          " FROM unnest($3::integer[], $4::bigint[], $5::text[], $6::integer[], $7::integer[],"
          " $8::bigint[], $9::bigint[])"
          " AS p (tgid, start_ns, name, uid, namespace_tgid, cgroup_id, end_us)"
          " ON CONFLICT (host_id, boot_row, tgid, start_ns) DO UPDATE SET"
          " name = excluded.name, uid = excluded.uid, namespace_tgid = excluded.namespace_tgid,"
          " cgroup_id = excluded.cgroup_id,"
          " end_time = coalesce(excluded.end_time, process.end_time)",
          {absl::StrCat(rows_.host_id), absl::StrCat(rows_.boot_row), NumberArray(tgids),
           NumberArray(starts), TextArray(names), NumberArray(uids), NumberArray(namespace_tgids),
           NumberArray(cgroups), NumberArray(ends)})
      .status();
}

void ProcessWriter::Commit() {
  for (const auto& [key, row] : changed_) known_[key] = row;
}

void ProcessWriter::Forget() { known_.clear(); }

}  // namespace memmon::store
