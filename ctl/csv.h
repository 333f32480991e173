// SPDX-License-Identifier: Apache-2.0
//
// Comma-separated values as RFC 4180 has them: CRLF at the end of a line, quotes
// around what needs them.

#ifndef MEMMON_CTL_CSV_H_
#define MEMMON_CTL_CSV_H_

#include <string>
#include <string_view>
#include <vector>

namespace memmon::ctl {

std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_CSV_H_
