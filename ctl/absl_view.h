// SPDX-License-Identifier: Apache-2.0
//
// Debian 12's Abseil has a string_view of its own, which does not convert.

#ifndef MEMMON_CTL_ABSL_VIEW_H_
#define MEMMON_CTL_ABSL_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace memmon::ctl {

inline absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_ABSL_VIEW_H_
