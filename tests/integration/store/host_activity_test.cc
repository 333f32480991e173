// SPDX-License-Identifier: Apache-2.0
//
// The whole host through time, from what the store wrote: against sums over the
// same events.

#include <map>
#include <utility>

#include "fakes/durations.h"
#include "fixture.h"
#include "random_lives.h"

namespace memmon::test {
namespace {

using model::EventKind;

class HostActivityTest : public StoreTest {
 protected:
  store::Activity Activity(store::Store& store, const store::ActivityQuery& query) {
    auto found = store.GetActivity(query);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? *found : store::Activity{};
  }

  // Bytes asked for, by minute.
  static std::map<int64_t, uint64_t> RequestedByMinute(const Lives& lives) {
    std::map<int64_t, uint64_t> minutes;
    for (const model::Event& event : lives.in_time) {
      if (event.kind != EventKind::kMmap || event.failed()) continue;
      const int64_t time = lives.UnixNs(event);
      minutes[time - time % kMinuteNs] += event.length_bytes;
    }
    return minutes;
  }
};

TEST_F(HostActivityTest, EachStepIsTheSumOfItsCalls) {
  auto store = Open();
  const Lives lives = RandomLives(9, /*seconds=*/400);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  const auto got = Activity(*store, {kNoonUnixNs, kNoonUnixNs + 7 * kMinuteNs, 300});
  EXPECT_EQ(got.step_ns, kMinuteNs);
  std::map<int64_t, uint64_t> found;
  for (const store::ActivityPoint& point : got.points) {
    EXPECT_GT(point.call_count, 0U);
    if (point.requested_bytes != 0) found[point.time_unix_ns] = point.requested_bytes;
  }
  EXPECT_EQ(found, RequestedByMinute(lives));
  EXPECT_GE(got.oldest_unix_ns, kNoonUnixNs - kMinuteNs);
  EXPECT_LE(got.oldest_unix_ns, kNoonUnixNs + kMinuteNs);
}

TEST_F(HostActivityTest, LongerStepsHoldTheSameBytes) {
  auto store = Open();
  const Lives lives = RandomLives(10, /*seconds=*/400);
  for (const auto& batch : lives.batches) store->Take(batch);
  Drain(*store);
  const auto sum = [](const store::Activity& activity) {
    uint64_t bytes = 0;
    for (const store::ActivityPoint& point : activity.points) bytes += point.requested_bytes;
    return bytes;
  };
  const auto fine = Activity(*store, {kNoonUnixNs, kNoonUnixNs + 10 * kMinuteNs, 300});
  const auto coarse = Activity(*store, {kNoonUnixNs, kNoonUnixNs + 10 * kMinuteNs, 2});
  EXPECT_GT(coarse.step_ns, fine.step_ns);
  EXPECT_LE(coarse.points.size(), 2U);
  EXPECT_GT(sum(fine), 0U);
  EXPECT_EQ(sum(coarse), sum(fine));
}

TEST_F(HostActivityTest, TellsATimeInWhichNobodyLooked) {
  auto store = Open();
  constexpr int64_t kLaterNs = 10 * kMinuteNs;
  store->Take(MakeBatch(MakeCapture(1), 0, 0, 100));
  store->Take(MakeBatch(MakeCapture(2, kLaterNs), 0, 0, 100));
  Drain(*store);
  const auto got = Activity(*store, {kNoonUnixNs - kMinuteNs, kNoonUnixNs + 20 * kMinuteNs, 300});
  ASSERT_EQ(got.gaps.size(), 1U);
  EXPECT_EQ(got.gaps[0].end_unix_ns, kNoonUnixNs + kLaterNs);
  EXPECT_LT(got.gaps[0].start_unix_ns, kNoonUnixNs + kMinuteNs);
  EXPECT_EQ(got.gaps[0].event_count, 0U);
}

TEST_F(HostActivityTest, TellsUntilWhenAnythingIsStored) {
  auto store = Open();
  store->Take(MakeBatch(MakeCapture(1), 0, 0, 100));
  Drain(*store);
  const store::ActivityQuery long_after = {kNoonUnixNs, kNoonUnixNs + 60 * kMinuteNs, 300};
  const int64_t first = Activity(*store, long_after).last_stored_unix_ns;
  EXPECT_GT(first, kNoonUnixNs);
  EXPECT_LT(first, kNoonUnixNs + kMinuteNs);
  // Whatever was asked for, and of whichever capture.
  EXPECT_EQ(Activity(*store, {first + kMinuteNs, first + 2 * kMinuteNs, 300}).last_stored_unix_ns,
            first);
  store->Take(MakeBatch(MakeCapture(2, 1'000, kNoonUnixNs + 10 * kMinuteNs), 0, 0, 100));
  Drain(*store);
  EXPECT_EQ(Activity(*store, long_after).last_stored_unix_ns, first + 10 * kMinuteNs);
}

TEST_F(HostActivityTest, OfNothingThereIsNothing) {
  auto store = Open();
  Drain(*store);
  const auto got = Activity(*store, {});
  EXPECT_TRUE(got.points.empty());
  EXPECT_EQ(got.oldest_unix_ns, 0);
  EXPECT_EQ(got.last_stored_unix_ns, 0);
  EXPECT_EQ(store->GetActivity({.max_points = 0}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace memmon::test
