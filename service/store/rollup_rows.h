// SPDX-License-Identifier: Apache-2.0
//
// Which rows tell what happened in a time: those of days and hours where they
// do, since they are few; those of minutes for the rest. What each of them has,
// and when, is told in sql/migrations/0008_coarse_rollups.up.sql. Moments are µs
// since 1970.
//
// Plain values.

#ifndef MEMMON_STORE_ROLLUP_ROWS_H_
#define MEMMON_STORE_ROLLUP_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "store/history_step.h"

namespace memmon::store {

class Transaction;

// What there is of a host's rollups.
struct RollupCoverage {
  std::vector<int64_t> due_us;   // hours that are told by their minutes alone; sorted
  int64_t minutes_since_us = 0;  // before that no minutes are kept

  // The shortest unit that is kept of what was at `time_us`.
  int64_t FinestUs(int64_t time_us) const {
    return time_us < minutes_since_us ? kHourUs : kMinuteUs;
  }
};

RollupCoverage ReadCoverage(Transaction* work, int64_t host_id);

// A time that rows of one unit tell of: kMinuteUs, kHourUs or kDayUs.
struct RollupRun {
  int64_t unit_us = 0;
  int64_t start_us = 0;
  int64_t end_us = 0;
  friend bool operator==(const RollupRun&, const RollupRun&) = default;
};

// [start_us, end_us) in as long units as there are, `longest_us` at most; oldest
// first. Both are whole minutes; before minutes_since_us only whole hours have
// rows.
std::vector<RollupRun> DivideIntoRuns(const RollupCoverage& coverage, int64_t start_us,
                                      int64_t end_us, int64_t longest_us);

// The longest unit of which steps of `step_us` are made.
int64_t UnitOfSteps(int64_t step_us);

// "(SELECT ... UNION ALL ...)": `columns` of the runs' rows r that are `where`, as
// a relation to select from. %time in `columns` is when a row's unit begins.
// Processes: rows of process_minute and its kin. Where `runs` is empty there is no
// row.
std::string ProcessRowsSql(const std::vector<RollupRun>& runs, const std::string& columns,
                           const std::string& where);
// Likewise of whole hosts; runs of minutes are left out.
std::string HostRowsSql(const std::vector<RollupRun>& runs, const std::string& columns,
                        const std::string& where);

}  // namespace memmon::store

#endif  // MEMMON_STORE_ROLLUP_ROWS_H_
