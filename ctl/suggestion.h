// SPDX-License-Identifier: Apache-2.0
//
// Which known word somebody meant who typed another.

#ifndef MEMMON_CTL_SUGGESTION_H_
#define MEMMON_CTL_SUGGESTION_H_

#include <string>
#include <string_view>
#include <vector>

namespace memmon::ctl {

// The one of `known` that is nearest to `typed`: one mistake away for a short word, more
// for a longer one (a mistake is a letter too many, too few, another, or two that changed
// places), or the one word that begins with it. Empty where none is.
std::string Suggestion(std::string_view typed, const std::vector<std::string>& known);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_SUGGESTION_H_
