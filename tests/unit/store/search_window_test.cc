// SPDX-License-Identifier: Apache-2.0

#include "store/search_window.h"

#include <gtest/gtest.h>

namespace memmon::store {
namespace {

using std::chrono::milliseconds;

TEST(SearchWindow, WidensWhileQueriesAreQuick) {
  SearchWindow window;
  window.Took(milliseconds(1));
  EXPECT_EQ(window.width_us(), 4 * SearchWindow::kNarrowestUs);
  window.Took(milliseconds(99));
  EXPECT_EQ(window.width_us(), 16 * SearchWindow::kNarrowestUs);
}

TEST(SearchWindow, WidensOnAHostWhereEveryQueryIsSlow) {
  SearchWindow window;
  // A day is reached in few queries, or the search gives out on the way.
  for (int i = 0; i < 10; ++i) window.Took(milliseconds(700));
  EXPECT_GE(window.width_us(), int64_t{86'400} * 1'000'000);
}

TEST(SearchWindow, StaysWhereAWiderOneTakesLonger) {
  SearchWindow window;
  window.Took(milliseconds(80));
  const int64_t width = window.width_us();
  window.Took(milliseconds(300));
  EXPECT_EQ(window.width_us(), width);
}

TEST(SearchWindow, NarrowsWhereItTakesFarLonger) {
  SearchWindow window;
  window.Took(milliseconds(80));
  window.Took(milliseconds(90));
  window.Took(milliseconds(2'000));
  EXPECT_EQ(window.width_us(), 4 * SearchWindow::kNarrowestUs);
  for (int i = 0; i < 5; ++i) window.Took(milliseconds(2'000));
  EXPECT_EQ(window.width_us(), SearchWindow::kNarrowestUs);
}

TEST(SearchWindow, NeverOverflows) {
  SearchWindow window;
  for (int i = 0; i < 100; ++i) window.Took(milliseconds(1));
  EXPECT_GT(window.width_us(), int64_t{1} << 57);
}

}  // namespace
}  // namespace memmon::store
