// SPDX-License-Identifier: Apache-2.0

#include "store/query_sql.h"

#include <pqxx/pqxx>

#include "absl/numeric/int128.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace memmon::store {

int64_t FloorUs(int64_t ns) { return ns / 1000 - (ns % 1000 < 0 ? 1 : 0); }

std::string TimeSql(int n) {
  return absl::StrCat("(timestamptz 'epoch' + $", n, "::bigint * interval '1 microsecond')");
}

std::string TimeLiteralSql(int64_t us) {
  return absl::StrCat(
      "timestamptz '",
      absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", absl::FromUnixMicros(us), absl::UTCTimeZone()),
      "'");
}

std::string UnixUsSql(const std::string& time) {
  return absl::StrCat("(extract(epoch FROM ", time, ") * 1000000)::bigint");
}

std::string ReplaceWords(std::string sql,
                         const std::vector<std::pair<std::string, std::string>>& words) {
  for (const auto& [word, meaning] : words) {
    for (size_t at = 0; (at = sql.find(word, at)) != std::string::npos; at += meaning.size()) {
      sql.replace(at, word.size(), meaning);
    }
  }
  return sql;
}

uint64_t UnsignedFrom(const pqxx::field& field) {
  return static_cast<uint64_t>(field.as<int64_t>(0));
}

uint64_t ModuloFrom(const pqxx::field& field) {
  absl::int128 value = 0;
  if (field.is_null() || !absl::SimpleAtoi(field.c_str(), &value)) return 0;
  return static_cast<uint64_t>(value);
}

CallSums CallSumsFrom(const pqxx::row& row, int column) {
  return {ModuloFrom(row[column]), ModuloFrom(row[column + 1]), UnsignedFrom(row[column + 2]),
          UnsignedFrom(row[column + 3]), UnsignedFrom(row[column + 4])};
}

}  // namespace memmon::store
