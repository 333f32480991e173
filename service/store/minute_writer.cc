// SPDX-License-Identifier: Apache-2.0

#include "store/minute_writer.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"

namespace memmon::store {
namespace {

// A sum that is not below 0 stops at the largest number there is; an error
// would keep the chunk from ever being stored.
std::string AddedSql(const std::string& column) {
  return absl::StrCat(column, " = least(r.", column, ", 9223372036854775807 - excluded.", column,
                      ") + excluded.", column);
}

// Which of two has the later size; see the table.
constexpr char kNewer[] =
    "CASE WHEN excluded.last_mm_id = 0 THEN false WHEN r.last_mm_id = 0 THEN true"
    " WHEN excluded.last_mm_id = r.last_mm_id THEN excluded.last_ticket > r.last_ticket"
    " ELSE excluded.last_ns > r.last_ns END";

std::string LaterSql(const std::string& column) {
  return absl::StrCat(column, " = CASE WHEN ", kNewer, " THEN excluded.", column, " ELSE r.",
                      column, " END");
}

const std::string& Statement() {
  static const auto* const statement = new std::string(absl::StrCat(
      "INSERT INTO memmon.process_minute AS r (minute, start_ns, requested_bytes, released_bytes,"
      " held_change_bytes, virtual_size_bytes, max_virtual_size_bytes, last_ns, last_mm_id,"
      " last_ticket, exec_ns, mmap_count, munmap_count, failed_count, host_id, boot_row,"
      " capture_row, tgid)"
      " SELECT timestamptz 'epoch' + p.minute * interval '1 minute', p.start_ns, p.requested,"
      " p.released, p.held, p.size, p.max_size, p.last_ns, p.last_mm_id, p.last_ticket,"
      " nullif(p.exec_ns, 0), p.mmaps, p.munmaps, p.failed, $1, $2, $3, p.tgid"
      " FROM unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],"
      " $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],"
      " $15::integer[], $16::integer[], $17::integer[], $18::integer[])"
      " AS p (minute, start_ns, requested, released, held, size, max_size, last_ns, last_mm_id,"
      " last_ticket, exec_ns, mmaps, munmaps, failed, tgid)"
      " ON CONFLICT (host_id, boot_row, tgid, capture_row, start_ns, minute) DO UPDATE SET ",
      AddedSql("requested_bytes"), ", ", AddedSql("released_bytes"), ", ",
      // An exec leaves nothing of what was held before it.
      "held_change_bytes = CASE"
      " WHEN excluded.exec_ns > coalesce(r.exec_ns, 0) THEN excluded.held_change_bytes"
      " WHEN r.exec_ns > coalesce(excluded.exec_ns, nullif(excluded.last_ns, 0))"
      " THEN r.held_change_bytes"
      " WHEN excluded.held_change_bytes >= 0 THEN least(r.held_change_bytes,"
      " 9223372036854775807 - excluded.held_change_bytes) + excluded.held_change_bytes"
      " ELSE greatest(r.held_change_bytes,"
      " -9223372036854775807 - excluded.held_change_bytes) + excluded.held_change_bytes END,"
      " exec_ns = greatest(r.exec_ns, excluded.exec_ns),"
      " max_virtual_size_bytes ="
      " greatest(r.max_virtual_size_bytes, excluded.max_virtual_size_bytes), ",
      LaterSql("virtual_size_bytes"), ", ", LaterSql("last_mm_id"), ", ", LaterSql("last_ticket"),
      ", ", LaterSql("last_ns"),
      ", mmap_count = r.mmap_count + excluded.mmap_count,"
      " munmap_count = r.munmap_count + excluded.munmap_count,"
      " failed_count = r.failed_count + excluded.failed_count"));
  return *statement;
}

}  // namespace

absl::Status AddProcessMinutes(Connection& connection, const CaptureRows& capture,
                               const std::vector<ProcessMinute>& rows) {
  if (rows.empty()) return absl::OkStatus();
  // In one order for every writer, so that two cannot wait for each other.
  std::vector<const ProcessMinute*> sorted;
  sorted.reserve(rows.size());
  for (const ProcessMinute& row : rows) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(), [](const ProcessMinute* a, const ProcessMinute* b) {
    return std::tie(a->minute, a->process) < std::tie(b->minute, b->process);
  });
  // Of each field an array.
  const auto array = [&sorted](auto field) {
    std::vector<decltype(field(*sorted[0]))> values;
    values.reserve(sorted.size());
    for (const ProcessMinute* row : sorted) values.push_back(field(*row));
    return NumberArray(values);
  };
  const auto bits = [&array](uint64_t ProcessMinute::*field) {
    return array([field](const ProcessMinute& row) { return static_cast<int64_t>(row.*field); });
  };
  const auto count = [&array](uint32_t ProcessMinute::*field) {
    return array([field](const ProcessMinute& row) { return row.*field; });
  };
  return connection
      .Query(
          Statement(),
          {absl::StrCat(capture.host_id), absl::StrCat(capture.boot_row),
           absl::StrCat(capture.capture_row),
           array([](const ProcessMinute& row) { return row.minute; }),
           array(
               [](const ProcessMinute& row) { return static_cast<int64_t>(row.process.start_ns); }),
           bits(&ProcessMinute::requested_bytes), bits(&ProcessMinute::released_bytes),
           array([](const ProcessMinute& row) { return row.held_change_bytes; }),
           bits(&ProcessMinute::virtual_size_bytes), bits(&ProcessMinute::max_virtual_size_bytes),
           bits(&ProcessMinute::last_ns), bits(&ProcessMinute::last_mm_id),
           bits(&ProcessMinute::last_ticket), bits(&ProcessMinute::exec_ns),
           count(&ProcessMinute::mmap_count), count(&ProcessMinute::munmap_count),
           count(&ProcessMinute::failed_count),
           array([](const ProcessMinute& row) { return static_cast<int32_t>(row.process.tgid); })})
      .status();
}

}  // namespace memmon::store
