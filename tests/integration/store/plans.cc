// SPDX-License-Identifier: Apache-2.0

#include "plans.h"

#include <regex>
#include <sstream>
#include <utility>

namespace memmon::test {

Plans::Plans(std::string log) : log_(std::move(log)) {
  static const std::regex kNode(
      "(Seq |Index |Index Only |Bitmap Heap |Bitmap Index )Scan (?:Backward )?(?:using (\\w+) )?on "
      "(\\w+)"
      "[^(]*\\(cost[^)]*\\) \\(actual rows=(\\d+) loops=(\\d+)\\)");
  static const std::regex kRemoved("Rows Removed by (?:Filter|Index Recheck): (\\d+)");
  static const std::regex kDay("(\\w+)_(\\d{8})");
  bool of_scan = false;  // what is told of the node above is of the last scan
  std::istringstream lines(log_);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_search(line, found, kNode)) {
      if (found[1] == "Bitmap Index ") {
        bitmap_indexes_.push_back(found[3]);
        of_scan = false;
        continue;
      }
      Scan scan{.table = found[3],
                .day = {},
                .index = found[2],
                .sequential = found[1] == "Seq ",
                .loops = std::stoull(found[5]),
                .rows = std::stoull(found[4]) * std::stoull(found[5])};
      std::smatch day;
      if (std::regex_match(scan.table, day, kDay)) {
        scan.day = day[2];
        scan.table = std::string(day[1]);
      }
      scans_.push_back(std::move(scan));
      of_scan = true;
    } else if (line.find("(cost=") != std::string::npos) {
      of_scan = false;
    } else if (of_scan && std::regex_search(line, found, kRemoved)) {
      // An average of its loops, as the rows are.
      scans_.back().rows += std::stoull(found[1]) * scans_.back().loops;
    }
  }
}

std::vector<Plans::Scan> Plans::Of(const std::string& table) const {
  std::vector<Scan> some;
  for (const Scan& scan : scans_) {
    if (scan.table == table && scan.loops > 0) some.push_back(scan);
  }
  return some;
}

std::set<std::string> Plans::Days(const std::string& table) const {
  std::set<std::string> days;
  for (const Scan& scan : Of(table)) days.insert(scan.day);
  return days;
}

bool Plans::ReadsWhole(const std::string& table) const {
  for (const Scan& scan : Of(table)) {
    if (scan.sequential) return true;
  }
  return false;
}

uint64_t Plans::RowsRead(const std::string& table) const {
  uint64_t rows = 0;
  for (const Scan& scan : Of(table)) rows += scan.rows;
  return rows;
}

bool Plans::Uses(const std::string& table, const std::string& index) const {
  for (const Scan& scan : Of(table)) {
    if (scan.index.ends_with(index)) return true;
  }
  for (const std::string& name : bitmap_indexes_) {
    if (name.starts_with(table + "_") && name.ends_with(index)) return true;
  }
  return false;
}

}  // namespace memmon::test
