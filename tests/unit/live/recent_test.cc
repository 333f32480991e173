// SPDX-License-Identifier: Apache-2.0

#include "live/recent.h"

#include <gtest/gtest.h>

#include "fakes/event_builder.h"

namespace memmon::live {
namespace {

model::Event Request(model::EventKind kind, uint64_t sequence, int64_t result = 0) {
  model::Event event;
  event.kind = kind;
  event.sequence = sequence;
  event.time_ns = 1'000 * sequence;
  event.result = result;
  return event;
}

TEST(Recent, KeepsTheNewestRequestsThatSucceeded) {
  Recent recent(3);
  auto capture = fakes::MakeCapture();
  recent.Take(fakes::MakeBatch(
      capture, {Request(model::EventKind::kMmap, 1), Request(model::EventKind::kBrk, 2),
                Request(model::EventKind::kMunmap, 3), Request(model::EventKind::kMmap, 4, -12)}));
  RecentPage page = recent.Page(0, 10);
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.sequence, 3u);
  EXPECT_EQ(page.events[0].unix_ns, 3'000 + capture->realtime_offset_ns);
  EXPECT_EQ(page.total_memory_bytes, capture->ram_bytes + capture->swap_bytes);

  recent.Take(fakes::MakeBatch(
      capture, {Request(model::EventKind::kMmap, 5), Request(model::EventKind::kMmap, 6),
                Request(model::EventKind::kMmap, 7)}));
  page = recent.Page(1, 10);
  EXPECT_EQ(page.total, 3u);
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.sequence, 6u);
  EXPECT_EQ(page.events[1].event.sequence, 5u);
  EXPECT_TRUE(recent.Page(3, 1).events.empty());
}

}  // namespace
}  // namespace memmon::live
