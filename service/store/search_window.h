// SPDX-License-Identifier: Apache-2.0
//
// How much time a search through stored events looks at in one query: wide enough
// that the queries' fixed cost does not add up, narrow enough that no single one
// reads far more than a page needs. It goes from page to page with what it learnt.
//
// Not thread-safe: one search's own.

#ifndef MEMMON_STORE_SEARCH_WINDOW_H_
#define MEMMON_STORE_SEARCH_WINDOW_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace memmon::store {

class SearchWindow {
 public:
  using Duration = std::chrono::steady_clock::duration;

  static constexpr int64_t kFirstUs = 100'000;
  // A query of this length is quick whatever it costs to ask at all.
  static constexpr std::chrono::milliseconds kQuick{100};

  // Begins at kFirstUs, which is one of the widths it may have.
  constexpr SearchWindow(int64_t narrowest_us, int64_t widest_us)
      : narrowest_us_(narrowest_us), widest_us_(widest_us) {}

  // The width of the next query, in microseconds.
  int64_t width_us() const { return width_us_; }

  // Learns how long the query of the present width took. On a slow host even an
  // empty one takes long: what a wider one does not make longer is no reason to
  // stay narrow.
  void Took(Duration took) {
    fixed_cost_ = std::min(fixed_cost_, took);
    const Duration quick = std::max<Duration>(kQuick, 2 * fixed_cost_);
    if (took <= quick) {
      width_us_ = std::min(width_us_, widest_us_ / 4) * 4;
    } else if (took > 4 * quick) {
      width_us_ = std::max(narrowest_us_, width_us_ / 4);
    }
  }

  // Learns how many of those that are wanted the query of `width_us` found, and how many are
  // still missing: the next one is no wider than these need, with some to spare, if the rest is
  // like it. Comes after Took.
  void Found(int64_t width_us, size_t found, size_t missing) {
    if (found == 0) return;
    const double enough = 1.25 * static_cast<double>(width_us) / static_cast<double>(found) *
                          static_cast<double>(missing);
    if (enough < static_cast<double>(width_us_)) Fit(static_cast<int64_t>(enough));
  }

  // The next one is to be so wide, as far as it may.
  void Fit(int64_t width_us) { width_us_ = std::clamp(width_us, narrowest_us_, widest_us_); }

 private:
  int64_t narrowest_us_;
  int64_t widest_us_;
  int64_t width_us_ = kFirstUs;
  Duration fixed_cost_ = std::chrono::hours(1);
};

}  // namespace memmon::store

#endif  // MEMMON_STORE_SEARCH_WINDOW_H_
