// SPDX-License-Identifier: Apache-2.0

#include "store/capture_rows.h"

#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "store/name_text.h"
#include "store/query_sql.h"
#include "store/transaction.h"

namespace memmon::store {

int64_t FindHost(Transaction* work, const std::string& machine_id) {
  const pqxx::result rows =
      work->Exec("SELECT host_id FROM memmon.host WHERE machine_id = $1", machine_id);
  return rows.empty() ? 0 : rows[0][0].as<int64_t>();
}

std::vector<StoredCapture> FindCaptures(Transaction* work, int64_t host_id, int64_t boot_row) {
  const pqxx::result rows = work->Exec(
      absl::StrCat("SELECT c.boot_row, c.capture_row, (c.start_ns + c.realtime_offset_ns) / 1000, ",
                   UnixUsSql("c.first_event_time"), ", ", UnixUsSql("c.last_event_time"),
                   ", c.realtime_offset_ns, b.ram_bytes, b.swap_bytes, b.page_size_bytes"
                   " FROM memmon.capture c JOIN memmon.boot b USING (host_id, boot_row)"
                   " WHERE c.host_id = $1 AND (c.boot_row = $2 OR $2 = 0) ORDER BY 3, 2"),
      host_id, boot_row);
  std::vector<StoredCapture> captures;
  for (const auto& row : rows) {
    StoredCapture& capture = captures.emplace_back();
    capture.boot_row = row[0].as<int64_t>();
    capture.capture_row = row[1].as<int64_t>();
    capture.begin_us = row[2].as<int64_t>();
    capture.first_us = row[3].as<int64_t>(capture.begin_us);
    capture.last_us = row[4].as<int64_t>(capture.begin_us);
    capture.realtime_offset_ns = row[5].as<int64_t>();
    capture.ram_bytes = static_cast<uint64_t>(row[6].as<int64_t>());
    capture.swap_bytes = static_cast<uint64_t>(row[7].as<int64_t>());
    capture.page_size_bytes = row[8].as<int64_t>();
  }
  return captures;
}

int64_t FindLastStored(Transaction* work, int64_t host_id) {
  const pqxx::result rows = work->Exec(absl::StrCat("SELECT ", UnixUsSql("max(last_event_time)"),
                                                    " FROM memmon.capture WHERE host_id = $1"),
                                       host_id);
  return rows[0][0].as<int64_t>(0);
}

std::optional<StoredProcess> FindProcess(Transaction* work, int64_t host_id,
                                         const model::ProcessKey& key, int64_t before_us) {
  const pqxx::result rows = work->Exec(
      absl::StrCat(
          "SELECT p.boot_row, p.start_ns, p.name, p.uid, p.namespace_tgid, p.cgroup_id,"
          " (p.start_ns + o.realtime_offset_ns) / 1000, ",
          UnixUsSql("p.end_time"),
          ", o.realtime_offset_ns, g.container FROM memmon.boot b"
          " JOIN memmon.process p USING (host_id, boot_row)"
          " LEFT JOIN memmon.cgroup g USING (host_id, boot_row, cgroup_id),"
          " LATERAL (SELECT c.realtime_offset_ns FROM memmon.capture c"
          " WHERE c.host_id = b.host_id AND c.boot_row = b.boot_row"
          " ORDER BY c.capture_row DESC LIMIT 1) o"
          " WHERE b.host_id = $1 AND p.tgid = $2 AND CASE WHEN $3::bigint <> 0"
          " THEN p.start_ns = $3 ELSE p.start_ns + o.realtime_offset_ns < $4::bigint * 1000 END"
          " ORDER BY p.start_ns + o.realtime_offset_ns DESC LIMIT 1"),
      host_id, static_cast<int32_t>(key.tgid), static_cast<int64_t>(key.start_ns), before_us);
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  StoredProcess found;
  found.boot_row = row[0].as<int64_t>();
  model::Process& process = found.process;
  process.key = {key.tgid, static_cast<uint64_t>(row[1].as<int64_t>())};
  process.name = NameFromText(row[2].as<std::string>());
  process.uid = static_cast<uint32_t>(row[3].as<int32_t>());
  process.namespace_tgid = static_cast<uint32_t>(row[4].as<int32_t>());
  process.cgroup_id = static_cast<uint64_t>(row[5].as<int64_t>());
  process.container = NameFromText(row[9].as<std::string>(""));
  found.begin_us = row[6].as<int64_t>();
  if (!row[7].is_null()) {
    found.end_us = row[7].as<int64_t>();
    process.end_ns = static_cast<uint64_t>(*found.end_us * 1000 - row[8].as<int64_t>());
  }
  return found;
}

}  // namespace memmon::store
