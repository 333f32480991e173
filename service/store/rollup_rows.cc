// SPDX-License-Identifier: Apache-2.0

#include "store/rollup_rows.h"

#include <algorithm>
#include <pqxx/pqxx>

#include "absl/strings/str_cat.h"
#include "store/query_sql.h"
#include "store/transaction.h"

namespace memmon::store {
namespace {

const char* UnitName(int64_t unit_us) {
  return unit_us == kDayUs ? "day" : unit_us == kHourUs ? "hour" : "minute";
}

std::string RowsSql(const char* table, const std::vector<RollupRun>& runs,
                    const std::string& columns, const std::string& where) {
  std::string sql = "(";
  const char* separator = "";
  for (const RollupRun& run : runs) {
    const char* unit = UnitName(run.unit_us);
    absl::StrAppend(
        &sql, separator, "SELECT ", ReplaceWords(columns, {{"%time", absl::StrCat("r.", unit)}}),
        " FROM memmon.", table, "_", unit, " r WHERE ", where, " AND r.", unit,
        " >= ", TimeLiteralSql(run.start_us), " AND r.", unit, " < ", TimeLiteralSql(run.end_us));
    separator = " UNION ALL ";
  }
  return sql + ")";
}

}  // namespace

RollupCoverage ReadCoverage(Transaction* work, int64_t host_id) {
  RollupCoverage coverage;
  coverage.minutes_since_us =
      work->Exec(
              "SELECT coalesce(max(day) + 1 - date '1970-01-01', 0) FROM memmon.minutes_gone")[0][0]
          .as<int64_t>() *
      kDayUs;
  const pqxx::result rows =
      work->Exec(absl::StrCat("SELECT ", UnixUsSql("hour"),
                              " FROM memmon.rollup_due WHERE host_id = $1 ORDER BY hour"),
                 host_id);
  for (const auto& row : rows) coverage.due_us.push_back(row[0].as<int64_t>());
  return coverage;
}

std::vector<RollupRun> DivideIntoRuns(const RollupCoverage& coverage, int64_t start_us,
                                      int64_t end_us, int64_t longest_us) {
  // Minutes that come after theirs were dropped are only some of the hour's.
  const auto due = [&](int64_t from_us, int64_t to_us) {
    const auto next = std::lower_bound(coverage.due_us.begin(), coverage.due_us.end(),
                                       std::max(from_us, coverage.minutes_since_us));
    return next != coverage.due_us.end() && *next < to_us;
  };
  std::vector<RollupRun> runs;
  for (int64_t at_us = start_us; at_us < end_us;) {
    const auto told_by = [&](int64_t unit_us) {
      return unit_us <= longest_us && at_us % unit_us == 0 && at_us + unit_us <= end_us &&
             !due(at_us, at_us + unit_us);
    };
    RollupRun next{kMinuteUs, at_us, std::min(FloorTo(at_us, kHourUs) + kHourUs, end_us)};
    if (told_by(kDayUs)) {
      next = {kDayUs, at_us, at_us + kDayUs};
    } else if (told_by(kHourUs)) {
      next = {kHourUs, at_us, at_us + kHourUs};
    }
    if (!runs.empty() && runs.back().unit_us == next.unit_us) {
      runs.back().end_us = next.end_us;
    } else {
      runs.push_back(next);
    }
    at_us = next.end_us;
  }
  return runs;
}

int64_t UnitOfSteps(int64_t step_us) {
  return step_us % kDayUs == 0 ? kDayUs : step_us % kHourUs == 0 ? kHourUs : kMinuteUs;
}

std::string ProcessRowsSql(const std::vector<RollupRun>& runs, const std::string& columns,
                           const std::string& where) {
  if (!runs.empty()) return RowsSql("process", runs, columns, where);
  return RowsSql("process", {{kMinuteUs, 0, 0}}, columns, where);
}

std::string HostRowsSql(const std::vector<RollupRun>& runs, const std::string& columns,
                        const std::string& where) {
  std::vector<RollupRun> of_hosts;
  for (const RollupRun& run : runs) {
    if (run.unit_us > kMinuteUs) of_hosts.push_back(run);
  }
  if (of_hosts.empty()) of_hosts.push_back({kHourUs, 0, 0});
  return RowsSql("host", of_hosts, columns, where);
}

}  // namespace memmon::store
