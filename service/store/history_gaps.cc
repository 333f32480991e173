// SPDX-License-Identifier: Apache-2.0

#include "store/history_gaps.h"

#include <algorithm>
#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "store/query_sql.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

// Records the kernel found no room for. An index finds these rows alone.
void AddLost(Transaction* work, int64_t host_id, int64_t boot_row, const StepRange& range,
             std::vector<HistoryGap>* gaps) {
  const pqxx::result rows = work->Exec(
      absl::StrCat(
          "SELECT ", UnixUsSql("step"), ", ", UnixUsSql("first"),
          ", count FROM (SELECT date_bin($5::bigint * interval '1 microsecond',"
          " e.event_time, timestamptz 'epoch') AS step, min(e.event_time) AS first,"
          " least(sum(e.lost_count), 9223372036854775807)::bigint AS count FROM memmon.event e"
          " WHERE e.kind = 2 AND e.host_id = $1 AND e.boot_row = $2 AND e.event_time >= ",
          TimeSql(3), " AND e.event_time < ", TimeSql(4), " GROUP BY 1) s ORDER BY 1"),
      host_id, boot_row, range.start_us, range.end_us, range.step_us);
  for (const auto& row : rows) {
    const int64_t end_us = row[0].as<int64_t>() + range.step_us;
    gaps->push_back(
        {row[1].as<int64_t>() * 1000, end_us * 1000, static_cast<uint64_t>(row[2].as<int64_t>())});
  }
}

// Events memmond had no room for.
void AddLosses(Transaction* work, int64_t host_id, int64_t boot_row, const StepRange& range,
               std::vector<HistoryGap>* gaps) {
  const pqxx::result rows = work->Exec(
      absl::StrCat("SELECT ", UnixUsSql("l.after_time"), ", ", UnixUsSql("l.before_time"),
                   ", least(sum(l.event_count), 9223372036854775807)::bigint FROM (SELECT "
                   "l.event_count, c.boot_row,"
                   " coalesce(l.after_time, c.first_event_time) AS after_time,"
                   " coalesce(l.before_time, c.last_event_time) AS before_time"
                   " FROM memmon.loss l JOIN memmon.capture c USING (host_id, capture_row)"
                   " WHERE l.host_id = $1 AND c.boot_row = $2) l"
                   " WHERE l.after_time < ",
                   TimeSql(4), " AND l.before_time >= ", TimeSql(3), " GROUP BY 1, 2"),
      host_id, boot_row, range.start_us, range.end_us);
  for (const auto& row : rows) {
    gaps->push_back({row[0].as<int64_t>() * 1000, row[1].as<int64_t>() * 1000,
                     static_cast<uint64_t>(row[2].as<int64_t>())});
  }
}

}  // namespace

std::vector<HistoryGap> FindGaps(Transaction* work, int64_t host_id,
                                 const std::vector<StoredCapture>& captures,
                                 const StepRange& range) {
  std::vector<HistoryGap> gaps;
  const int64_t boot_row = captures.front().boot_row;
  AddLost(work, host_id, boot_row, range, &gaps);
  AddLosses(work, host_id, boot_row, range, &gaps);
  for (size_t i = 1; i < captures.size(); ++i) {
    const int64_t from_us = captures[i - 1].last_us;
    const int64_t to_us = captures[i].begin_us;
    if (from_us < to_us && from_us < range.end_us && to_us >= range.start_us) {
      gaps.push_back({from_us * 1000, to_us * 1000, 0});
    }
  }
  std::sort(gaps.begin(), gaps.end(), [](const HistoryGap& a, const HistoryGap& b) {
    return a.start_unix_ns != b.start_unix_ns ? a.start_unix_ns < b.start_unix_ns
                                              : a.end_unix_ns < b.end_unix_ns;
  });
  return gaps;
}

}  // namespace memmon::store
