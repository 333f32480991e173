// SPDX-License-Identifier: Apache-2.0
//
// `memmonctl top` as lines of text, exactly as many and as wide as there is room
// for. Who draws them knows nothing of processes.

#ifndef MEMMON_CTL_TOP_PAGE_H_
#define MEMMON_CTL_TOP_PAGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ctl/messages.h"
#include "ctl/top_state.h"

namespace memmon::ctl {

enum class Style { kPlain, kGood, kBad, kTitles, kSelected, kFaint };

struct StyledLine {
  std::string text;
  Style style = Style::kPlain;
};

struct PageOptions {
  size_t width = 80;
  size_t height = 24;
  absl::TimeZone zone;
  absl::Time now;
  bool bytes = false;  // plain numbers
  bool utf8 = true;
};

// Lines of a page that are no processes.
inline constexpr size_t kFrameLines = 4;

std::vector<StyledLine> TopPage(TopState* state, const PageOptions& options,
                                const Messages& messages);

// The same table for --batch: all processes, as wide as they need.
std::string BatchPage(const TopState& state, const PageOptions& options, const Messages& messages);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TOP_PAGE_H_
