// SPDX-License-Identifier: Apache-2.0

#include "store/host_activity.h"

#include <algorithm>
#include <iterator>
#include <pqxx/pqxx>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/capture_rows.h"
#include "store/history_gaps.h"
#include "store/history_step.h"
#include "store/query_sql.h"
#include "store/rollup_rows.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

// When the oldest day begins of which minutes or hours are kept; 0 where none is.
// Days of minutes are partitions: their names tell, without a look into them.
int64_t OldestDayUs(Transaction* work, int64_t host_id) {
  const pqxx::result rows = work->Exec(
      absl::StrCat("SELECT ",
                   UnixUsSql("least(memmon.oldest_partition('memmon.process_minute')::timestamp"
                             " AT TIME ZONE 'UTC',"
                             " (SELECT min(hour) FROM memmon.host_hour WHERE host_id = $1))")),
      host_id);
  return rows[0][0].as<int64_t>(0);
}

std::vector<ActivityPoint> ReadPoints(Transaction* work, int64_t host_id,
                                      const RollupCoverage& coverage, const StepRange& range) {
  const auto runs =
      DivideIntoRuns(coverage, range.start_us, range.end_us, UnitOfSteps(range.step_us));
  std::vector<RollupRun> minutes;
  for (const RollupRun& run : runs) {
    if (run.unit_us == kMinuteUs) minutes.push_back(run);
  }
  const pqxx::result rows = work->Exec(
      absl::StrCat(
          "SELECT ", UnixUsSql("step"),
          ", bytes, calls FROM (SELECT date_bin($2::bigint * interval '1 microsecond', time,"
          " timestamptz 'epoch') AS step, sum(bytes) AS bytes, sum(calls) AS calls FROM (",
          "SELECT * FROM ",
          ProcessRowsSql(minutes,
                         "%time AS time, r.requested_bytes AS bytes,"
                         " r.mmap_count::bigint + r.munmap_count + r.failed_count AS calls",
                         "r.host_id = $1"),
          " p UNION ALL SELECT * FROM ",
          HostRowsSql(runs, "%time, r.requested_bytes, r.call_count", "r.host_id = $1"),
          " h) part GROUP BY 1) s WHERE calls > 0 ORDER BY 1"),
      host_id, range.step_us);
  std::vector<ActivityPoint> points;
  points.reserve(rows.size());
  for (const auto& row : rows) {
    points.push_back({row[0].as<int64_t>() * 1000, ModuloFrom(row[1]), ModuloFrom(row[2])});
  }
  return points;
}

// Of every boot, and between them: nobody looked while the host was down.
std::vector<HistoryGap> ReadGaps(Transaction* work, int64_t host_id,
                                 const std::vector<StoredCapture>& captures,
                                 const StepRange& range) {
  std::vector<HistoryGap> gaps;
  auto first = captures.begin();
  while (first != captures.end()) {
    const auto next = std::find_if(first, captures.end(), [&](const StoredCapture& capture) {
      return capture.boot_row != first->boot_row;
    });
    const std::vector<StoredCapture> boot(first, next);
    const std::vector<HistoryGap> of_boot = FindGaps(work, host_id, boot, range);
    gaps.insert(gaps.end(), of_boot.begin(), of_boot.end());
    if (next != captures.end()) {
      const int64_t from_us = std::prev(next)->last_us;
      if (from_us < next->begin_us && from_us < range.end_us && next->begin_us > range.start_us) {
        gaps.push_back({from_us * 1000, next->begin_us * 1000, 0});
      }
    }
    first = next;
  }
  return gaps;
}

}  // namespace

Activity ReadActivity(Transaction* work, const std::string& machine_id, const ActivityQuery& query,
                      int64_t now_us) {
  Activity activity;
  activity.step_ns = kMinuteUs * 1000;
  const int64_t host_id = FindHost(work, machine_id);
  const std::vector<StoredCapture> captures = FindCaptures(work, host_id, 0);
  const int64_t day_us = OldestDayUs(work, host_id);
  if (captures.empty() || day_us == 0) return activity;
  const int64_t oldest_us = std::max(captures.front().begin_us, day_us);
  activity.oldest_unix_ns = oldest_us * 1000;
  activity.last_stored_unix_ns = FindLastStored(work, host_id) * 1000;

  StepRange range;
  range.end_us = query.end_unix_ns == 0 ? now_us : FloorUs(query.end_unix_ns + 999);
  const RollupCoverage coverage = ReadCoverage(work, host_id);
  range.start_us = std::max(FloorUs(query.start_unix_ns), FloorTo(oldest_us, kMinuteUs));
  if (range.start_us >= range.end_us) return activity;
  range.step_us = ChooseStepUs(range.start_us, range.end_us, query.max_points,
                               coverage.FinestUs(range.start_us));
  range.start_us = FloorTo(range.start_us, range.step_us);
  range.end_us = CeilTo(range.end_us, coverage.FinestUs(range.end_us));
  activity.step_ns = range.step_us * 1000;
  activity.points = ReadPoints(work, host_id, coverage, range);
  activity.gaps = ReadGaps(work, host_id, captures, range);
  return activity;
}

}  // namespace memmon::store
