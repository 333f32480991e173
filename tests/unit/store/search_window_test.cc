// SPDX-License-Identifier: Apache-2.0

#include "store/search_window.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

constexpr int64_t kNarrowestUs = 1'000;
constexpr int64_t kWidestUs = int64_t{1} << 60;

TEST(SearchWindow, WidensWhileQueriesAreQuick) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  window.Took(milliseconds(1));
  EXPECT_EQ(window.width_us(), 4 * SearchWindow::kFirstUs);
  window.Took(milliseconds(99));
  EXPECT_EQ(window.width_us(), 16 * SearchWindow::kFirstUs);
}

TEST(SearchWindow, WidensOnAHostWhereEveryQueryIsSlow) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  // A day is reached in few queries, or the search gives out on the way.
  for (int i = 0; i < 10; ++i) window.Took(milliseconds(700));
  EXPECT_GE(window.width_us(), int64_t{86'400} * 1'000'000);
}

TEST(SearchWindow, StaysWhereAWiderOneTakesLonger) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  window.Took(milliseconds(80));
  const int64_t width = window.width_us();
  window.Took(milliseconds(300));
  EXPECT_EQ(window.width_us(), width);
}

TEST(SearchWindow, NarrowsWhereItTakesFarLonger) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  window.Took(milliseconds(80));
  window.Took(milliseconds(90));
  window.Took(milliseconds(2'000));
  EXPECT_EQ(window.width_us(), 4 * SearchWindow::kFirstUs);
  for (int i = 0; i < 10; ++i) window.Took(milliseconds(2'000));
  EXPECT_EQ(window.width_us(), kNarrowestUs);
}

TEST(SearchWindow, IsNoWiderThanWhatIsMissingNeeds) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  window.Fit(1'000'000);
  window.Took(milliseconds(1));
  window.Found(1'000'000, 80, 20);
  EXPECT_EQ(window.width_us(), 312'500);
  // Nothing found tells nothing, and more than it may be is not asked for.
  window.Took(milliseconds(1));
  window.Found(312'500, 0, 20);
  EXPECT_EQ(window.width_us(), 4 * 312'500);
  window.Found(312'500, 1, 1'000);
  EXPECT_EQ(window.width_us(), 4 * 312'500);
  window.Fit(kWidestUs);
  window.Found(kWidestUs, 1, 1'000);
  EXPECT_EQ(window.width_us(), kWidestUs);
}

TEST(SearchWindow, FitsWithinItsBounds) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  window.Fit(-1);
  EXPECT_EQ(window.width_us(), kNarrowestUs);
  window.Fit(5'000);
  EXPECT_EQ(window.width_us(), 5'000);
  window.Fit(kWidestUs + 1);
  EXPECT_EQ(window.width_us(), kWidestUs);
}

TEST(SearchWindow, NeverOverflows) {
  SearchWindow window(kNarrowestUs, kWidestUs);
  for (int i = 0; i < 100; ++i) window.Took(milliseconds(1));
  EXPECT_GT(window.width_us(), kWidestUs / 8);
  EXPECT_LE(window.width_us(), kWidestUs);
}

}  // namespace
}  // namespace memmon::store
