// SPDX-License-Identifier: Apache-2.0

#include "store/event_rows.h"

#include <algorithm>
#include <cstring>
#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "store/connection.h"
#include "store/name_text.h"
#include "store/query_sql.h"

namespace memmon::store {

std::string StoredEventColumnsSql() {
  return absl::StrCat(
      UnixUsSql("e.event_time"),
      ", e.event_time_ns, c.realtime_offset_ns, e.kind, e.flags, e.cpu, e.sequence, e.tgid, e.tid,"
      " e.start_ns, e.mm_id, e.ticket, e.virtual_size_bytes, e.cgroup_id, e.address,"
      " e.length_bytes, e.result, e.prot, e.map_flags, e.uid, e.namespace_tgid,"
      " coalesce(e.lost_count, 0), e.process_name");
}

std::string InContainersSql(size_t n, std::string_view host_sql) {
  return absl::StrCat(
      "(e.boot_row, e.cgroup_id) IN (SELECT g.boot_row, g.cgroup_id FROM memmon.cgroup g"
      " WHERE g.host_id = ",
      std::string(host_sql), " AND g.container LIKE ANY ($", n, "::text[]))");
}

std::string ContainerPatterns(const std::vector<std::string>& globs) {
  std::vector<std::string> patterns;
  patterns.reserve(globs.size());
  for (const std::string& glob : globs) patterns.push_back(LikePatternFromGlob(glob));
  return TextArray(patterns);
}

// Columns hold unsigned numbers bit for bit; all but the name fit 64 bits.
StoredEvent StoredEventFrom(const pqxx::row& row, int column) {
  const auto next = [&] { return row[column++].as<int64_t>(); };
  StoredEvent stored;
  model::Event& event = stored.event;
  const int64_t time_us = next();
  stored.time_unix_ns = time_us * 1000 + next();
  event.time_ns = static_cast<uint64_t>(stored.time_unix_ns) - static_cast<uint64_t>(next());
  event.kind = static_cast<model::EventKind>(next());
  event.flags = static_cast<uint16_t>(next());
  event.cpu = static_cast<uint16_t>(next());
  event.sequence = static_cast<uint64_t>(next());
  event.tgid = static_cast<uint32_t>(next());
  event.tid = static_cast<uint32_t>(next());
  event.start_ns = static_cast<uint64_t>(next());
  event.mm_id = static_cast<uint64_t>(next());
  event.ticket = static_cast<uint64_t>(next());
  event.virtual_size_bytes = static_cast<uint64_t>(next());
  event.cgroup_id = static_cast<uint64_t>(next());
  event.address = static_cast<uint64_t>(next());
  event.length_bytes = static_cast<uint64_t>(next());
  event.result = next();
  event.prot = static_cast<uint32_t>(next());
  event.map_flags = static_cast<uint32_t>(next());
  event.uid = static_cast<uint32_t>(next());
  event.namespace_tgid = static_cast<uint32_t>(next());
  event.lost_count = static_cast<uint64_t>(next());
  const std::string name = NameFromText(row[column].as<std::string>());
  std::memcpy(event.comm.data(), name.data(), std::min(name.size(), event.comm.size() - 1));
  return stored;
}

}  // namespace memmon::store
