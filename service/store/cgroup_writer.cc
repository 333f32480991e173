// SPDX-License-Identifier: Apache-2.0

#include "store/cgroup_writer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/name_text.h"

namespace memmon::store {
namespace {

// To forget known ones costs a row written again, no more.
constexpr size_t kMostKnown = 65'536;

}  // namespace

void CgroupWriter::Begin(const CaptureRows& rows, const model::Capture& capture, int64_t last_day) {
  if (rows.boot_row != rows_.boot_row || last_day != last_day_ || known_.size() > kMostKnown) {
    known_.clear();
  }
  rows_ = rows;
  last_day_ = last_day;
  is_of_boot_ = names_ != nullptr && names_->IsOfBoot(capture.boot_id);
  last_ = 0;
  met_.clear();
  settled_.clear();
}

void CgroupWriter::Meet(uint64_t cgroup_id) {
  last_ = cgroup_id;
  if (is_of_boot_ && !known_.contains(cgroup_id)) met_.insert(cgroup_id);
}

absl::Status CgroupWriter::Write(Connection* connection) {
  // In one order for every writer, so that two cannot wait for each other.
  std::vector<uint64_t> sorted(met_.begin(), met_.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> ids;
  std::vector<std::string> containers;
  for (const uint64_t id : sorted) {
    const std::optional<std::string> name = names_->NameOf(id);
    if (!name) continue;  // not known yet: the next chunk
    settled_.insert(id);
    if (name->empty()) continue;
    ids.push_back(static_cast<int64_t>(id));
    AppendNameText(*name, &containers.emplace_back());
  }
  if (ids.empty()) return absl::OkStatus();
  return connection
      ->Query(
          "INSERT INTO memmon.cgroup AS c (host_id, boot_row, cgroup_id, container, last_day)"
          " SELECT $1, $2, g.*, date '1970-01-01' + $5::integer"
          " FROM unnest($3::bigint[], $4::text[]) AS g"
          " ON CONFLICT (host_id, boot_row, cgroup_id) DO UPDATE SET last_day = excluded.last_day"
          " WHERE c.last_day < excluded.last_day",
          {absl::StrCat(rows_.host_id), absl::StrCat(rows_.boot_row), NumberArray(ids),
           TextArray(containers), absl::StrCat(last_day_)})
      .status();
}

void CgroupWriter::Commit() { known_.insert(settled_.begin(), settled_.end()); }

void CgroupWriter::Forget() { known_.clear(); }

}  // namespace memmon::store
