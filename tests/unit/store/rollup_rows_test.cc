// SPDX-License-Identifier: Apache-2.0

#include "store/rollup_rows.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

using Runs = std::vector<RollupRun>;

constexpr int64_t kBeginUs = 20'000 * kDayUs;

TEST(RollupRows, ALongSpanIsDaysWithFinerEnds) {
  const int64_t start_us = kBeginUs - 2 * kHourUs - 5 * kMinuteUs;
  const int64_t end_us = kBeginUs + 3 * kDayUs + kHourUs + kMinuteUs;
  EXPECT_EQ(DivideIntoRuns({}, start_us, end_us, kDayUs),
            (Runs{{kMinuteUs, start_us, kBeginUs - 2 * kHourUs},
                  {kHourUs, kBeginUs - 2 * kHourUs, kBeginUs},
                  {kDayUs, kBeginUs, kBeginUs + 3 * kDayUs},
                  {kHourUs, kBeginUs + 3 * kDayUs, kBeginUs + 3 * kDayUs + kHourUs},
                  {kMinuteUs, kBeginUs + 3 * kDayUs + kHourUs, end_us}}));
}

TEST(RollupRows, NoRunIsLongerThanAsked) {
  EXPECT_EQ(DivideIntoRuns({}, kBeginUs, kBeginUs + 2 * kDayUs, kHourUs),
            (Runs{{kHourUs, kBeginUs, kBeginUs + 2 * kDayUs}}));
  EXPECT_EQ(DivideIntoRuns({}, kBeginUs, kBeginUs + kDayUs, kMinuteUs),
            (Runs{{kMinuteUs, kBeginUs, kBeginUs + kDayUs}}));
  EXPECT_TRUE(DivideIntoRuns({}, kBeginUs, kBeginUs, kDayUs).empty());
}

TEST(RollupRows, AnHourThatIsDueIsToldByItsMinutes) {
  const int64_t due_us = kBeginUs + kDayUs + 5 * kHourUs;
  EXPECT_EQ(DivideIntoRuns({{due_us}, 0}, kBeginUs, kBeginUs + 3 * kDayUs, kDayUs),
            (Runs{{kDayUs, kBeginUs, kBeginUs + kDayUs},
                  {kHourUs, kBeginUs + kDayUs, due_us},
                  {kMinuteUs, due_us, due_us + kHourUs},
                  {kHourUs, due_us + kHourUs, kBeginUs + 2 * kDayUs},
                  {kDayUs, kBeginUs + 2 * kDayUs, kBeginUs + 3 * kDayUs}}));
  // Those beside the span do not matter.
  EXPECT_EQ(DivideIntoRuns({{kBeginUs - kHourUs, kBeginUs + kDayUs}, 0}, kBeginUs,
                           kBeginUs + kDayUs, kDayUs),
            (Runs{{kDayUs, kBeginUs, kBeginUs + kDayUs}}));
}

// What came late has minutes, but not all of its hour.
TEST(RollupRows, WhereMinutesAreGoneHoursTellEvenIfTheyAreDue) {
  const RollupCoverage coverage{{kBeginUs + kHourUs, kBeginUs + kDayUs + kHourUs},
                                kBeginUs + kDayUs};
  EXPECT_EQ(DivideIntoRuns(coverage, kBeginUs, kBeginUs + 2 * kDayUs, kHourUs),
            (Runs{{kHourUs, kBeginUs, kBeginUs + kDayUs + kHourUs},
                  {kMinuteUs, kBeginUs + kDayUs + kHourUs, kBeginUs + kDayUs + 2 * kHourUs},
                  {kHourUs, kBeginUs + kDayUs + 2 * kHourUs, kBeginUs + 2 * kDayUs}}));
  EXPECT_EQ(coverage.FinestUs(kBeginUs + kDayUs - 1), kHourUs);
  EXPECT_EQ(coverage.FinestUs(kBeginUs + kDayUs), kMinuteUs);
}

TEST(RollupRows, StepsAreMadeOfUnitsThatTheyAreMultiplesOf) {
  EXPECT_EQ(UnitOfSteps(28 * kDayUs), kDayUs);
  EXPECT_EQ(UnitOfSteps(6 * kHourUs), kHourUs);
  EXPECT_EQ(UnitOfSteps(15 * kMinuteUs), kMinuteUs);
}

TEST(RollupRows, EveryRunIsAskedForInItsTable) {
  const Runs runs = {{kDayUs, 0, kDayUs}, {kMinuteUs, kDayUs, kDayUs + kMinuteUs}};
  EXPECT_EQ(ProcessRowsSql(runs, "%time AS time", "r.tgid = 1"),
            "(SELECT r.day AS time FROM memmon.process_day r WHERE r.tgid = 1"
            " AND r.day >= timestamptz '1970-01-01 00:00:00.000000+00'"
            " AND r.day < timestamptz '1970-01-02 00:00:00.000000+00'"
            " UNION ALL SELECT r.minute AS time FROM memmon.process_minute r WHERE r.tgid = 1"
            " AND r.minute >= timestamptz '1970-01-02 00:00:00.000000+00'"
            " AND r.minute < timestamptz '1970-01-02 00:01:00.000000+00')");
  EXPECT_EQ(HostRowsSql(runs, "%time", "true"),
            "(SELECT r.day FROM memmon.host_day r WHERE true"
            " AND r.day >= timestamptz '1970-01-01 00:00:00.000000+00'"
            " AND r.day < timestamptz '1970-01-02 00:00:00.000000+00')");
}

}  // namespace
}  // namespace memmon::store
