// SPDX-License-Identifier: Apache-2.0

#include "store/spans.h"

#include <gtest/gtest.h>

#include <limits>

namespace memmon::store {
namespace {

model::Event At(uint16_t cpu, uint64_t sequence, uint64_t lost = 0) {
  model::Event event;
  event.kind = lost > 0 ? model::EventKind::kLost : model::EventKind::kMmap;
  event.cpu = cpu;
  event.sequence = sequence;
  event.lost_count = lost;
  return event;
}

TEST(Spans, OneASubStreamFromTheFirstToTheLast) {
  SpanBuilder builder;
  builder.Add(At(1, 10));
  builder.Add(At(model::kNoCpu, 3));
  builder.Add(At(1, 15));
  const auto spans = builder.SpansAfter({});
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].cpu, 1);
  EXPECT_EQ(spans[0].first, 10u);
  EXPECT_EQ(spans[0].last, 15u);
  EXPECT_EQ(spans[1].cpu, model::kNoCpu);
}

TEST(Spans, LostStandsForAllItCounts) {
  SpanBuilder builder;
  builder.Add(At(0, 10, 5));
  EXPECT_EQ(builder.SpansAfter({})[0].last, 14u);
  EXPECT_EQ(LastSequence(At(0, 10, std::numeric_limits<uint64_t>::max())),
            std::numeric_limits<uint64_t>::max());
}

TEST(Spans, BeginRightAfterWhatWasDoneBefore) {
  SpanBuilder builder;
  builder.Add(At(0, 10));
  EXPECT_EQ(builder.SpansAfter({{0, 6}})[0].first, 7u);
  EXPECT_EQ(builder.SpansAfter({{0, 20}})[0].first, 10u);  // given again
  EXPECT_EQ(builder.SpansAfter({{1, 6}})[0].first, 10u);
}

TEST(Spans, StoredIsWhatARangeHolds) {
  StoredSpans stored;
  EXPECT_TRUE(stored.empty());
  stored.Add({0, 5, 9});
  stored.Add({0, 20, 20});
  for (const uint64_t in : {5u, 9u, 20u}) EXPECT_TRUE(stored.Contains(At(0, in))) << in;
  for (const uint64_t out : {4u, 10u, 19u, 21u}) EXPECT_FALSE(stored.Contains(At(0, out))) << out;
  EXPECT_FALSE(stored.Contains(At(1, 5)));
}

}  // namespace
}  // namespace memmon::store
