// SPDX-License-Identifier: Apache-2.0
//
// Rows in aligned columns, for a terminal or a pipe.

#ifndef MEMMON_CTL_TABLE_H_
#define MEMMON_CTL_TABLE_H_

#include <ostream>
#include <string>
#include <vector>

namespace memmon::ctl {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns; printable text.
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Two spaces between columns; none at a line's end.
  void Print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TABLE_H_
