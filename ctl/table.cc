// SPDX-License-Identifier: Apache-2.0

#include "ctl/table.h"

#include <algorithm>

#include "ctl/text.h"

namespace memmon::ctl {

void Table::Print(std::ostream& out) const {
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(Width(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (i > 0) line += "  ";
      line += columns_[i].align == Align::kRight ? FitRight(row[i], widths[i])
                                                 : FitLeft(row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  };
  print(titles);
  for (const auto& row : rows_) print(row);
}

}  // namespace memmon::ctl
