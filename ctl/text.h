// SPDX-License-Identifier: Apache-2.0
//
// Text that others chose (process names, command lines), fit for a terminal.

#ifndef MEMMON_CTL_TEXT_H_
#define MEMMON_CTL_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace memmon::ctl {

// `text` without what could command a terminal: '?' for every control character,
// C1 ones included, and for what is no UTF-8; for all that is not ASCII unless
// `utf8`.
std::string Printable(std::string_view text, bool utf8 = true);

// Columns that printable UTF-8 takes. Needs setlocale(LC_CTYPE) to know wide
// characters; without it each character counts as one.
size_t Width(std::string_view text);

// Exactly `width` columns: cut, or filled with spaces on the right or left.
std::string FitLeft(std::string_view text, size_t width);
std::string FitRight(std::string_view text, size_t width);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TEXT_H_
