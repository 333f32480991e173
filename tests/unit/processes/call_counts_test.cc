// SPDX-License-Identifier: Apache-2.0

#include "processes/call_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "process_script.h"

namespace memmon::processes {
namespace {

model::ProcessCalls Told(const CallCounts& counts) {
  model::ProcessCalls calls;
  counts.Tell(&calls);
  return calls;
}

TEST(CallCountsTest, CountsEachKindErrorAndSize) {
  Script script;
  CallCounts counts;
  const auto add = [&](EventKind kind, uint64_t length, int64_t result) {
    counts.Add(script.Make(kind, 7, 1, 100, length, result));
  };
  add(EventKind::kMmap, 4096, 0x7000);
  add(EventKind::kMmap, 8191, 0x9000);
  add(EventKind::kMmap, 8192, -ENOMEM);
  add(EventKind::kMmap, 1, 0xb000);
  add(EventKind::kMmap, ~0ULL, -ENOMEM);
  add(EventKind::kMmap, 0, -EINVAL);  // no size
  add(EventKind::kMunmap, 1ULL << 40, 0);
  add(EventKind::kMremap, 4096, -EINVAL);
  add(EventKind::kMremap, 8192, -EINVAL);
  add(EventKind::kFork, 0, -1);  // no call, and so no failure
  const model::ProcessCalls calls = Told(counts);
  EXPECT_EQ(calls.counts, (std::vector<model::KindCount>{{EventKind::kMmap, 6},
                                                         {EventKind::kMunmap, 1},
                                                         {EventKind::kMremap, 2},
                                                         {EventKind::kFork, 1}}));
  EXPECT_EQ(calls.failures,
            (std::vector<model::FailureCount>{{EINVAL, 3, 8192}, {ENOMEM, 2, ~0ULL}}));
  EXPECT_EQ(calls.sizes,
            (std::vector<model::SizeCount>{{0, 1, 0}, {12, 2, 0}, {13, 0, 1}, {63, 0, 1}}));
}

TEST(CallCountsTest, ErrorsBeyondTheFirstAreOne) {
  Script script;
  CallCounts counts;
  const auto fail = [&](int error) {
    counts.Add(script.Make(EventKind::kMmap, 7, 1, 100, 4096, -error));
  };
  constexpr int kErrors = 40;
  for (int error = 1; error <= kErrors; ++error) fail(error);
  fail(1);
  fail(4095);
  const model::ProcessCalls calls = Told(counts);
  ASSERT_EQ(calls.failures.size(), CallCounts::kMaxErrors + 1);
  EXPECT_EQ(calls.failures[0].error, 0u);
  EXPECT_EQ(calls.failures[0].count, kErrors - CallCounts::kMaxErrors + 1);
  EXPECT_EQ(calls.failures[1].error, 1u);
  EXPECT_EQ(calls.failures[1].count, 2u);
}

TEST(CallCountsTest, RemembersTheLatestProgramsByTime) {
  Script script;
  CallCounts counts;
  std::vector<Event> execs;
  for (size_t i = 0; i < CallCounts::kMaxExecs + 5; ++i) {
    execs.push_back(script.Make(EventKind::kExec, 7, i + 1, 100));
    fakes::SetName(&execs.back(), std::to_string(i));
  }
  // Read from another CPU's ring before the one that was earlier.
  std::swap(execs[10], execs[11]);
  for (const Event& exec : execs) counts.Add(exec);
  const model::ProcessCalls calls = Told(counts);
  ASSERT_EQ(calls.execs.size(), CallCounts::kMaxExecs);
  EXPECT_STREQ(calls.execs.front().comm.data(), "5");
  EXPECT_TRUE(std::ranges::is_sorted(calls.execs, {}, &model::ExecMark::time_ns));
}

}  // namespace
}  // namespace memmon::processes
