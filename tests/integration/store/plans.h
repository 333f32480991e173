// SPDX-License-Identifier: Apache-2.0
//
// How PostgreSQL went about some statements, as auto_explain writes it into the server's
// log with log_analyze: what was read, not what was planned and never executed. Plain values.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_PLANS_H_
#define MEMMON_TESTS_INTEGRATION_STORE_PLANS_H_

#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace memmon::test {

class Plans {
 public:
  // `log`: its part that was written meanwhile.
  explicit Plans(std::string log);

  // Days of `table` that were read, as YYYYMMDD.
  std::set<std::string> Days(const std::string& table) const;
  // Whether `table`, or a day of it, was read at all; whether from begin to end, without an index.
  bool Reads(const std::string& table) const { return !Of(table).empty(); }
  bool ReadsWhole(const std::string& table) const;
  // Rows of it and of its days: those given, and those looked at for nothing, since BRIN could
  // not tell them apart or a filter did not want them.
  uint64_t RowsRead(const std::string& table) const;
  // Whether an index of it was used whose name ends so.
  bool Uses(const std::string& table, const std::string& index) const;

  friend std::ostream& operator<<(std::ostream& out, const Plans& plans) {
    return out << plans.log_;
  }

 private:
  struct Scan {
    std::string table;
    std::string day;    // empty where the table has none
    std::string index;  // empty where a bitmap tells which pages
    bool sequential = false;
    uint64_t loops = 0;
    uint64_t rows = 0;  // of all loops
  };

  std::vector<Scan> Of(const std::string& table) const;

  std::string log_;
  std::vector<Scan> scans_;
  std::vector<std::string> bitmap_indexes_;
};

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_PLANS_H_
