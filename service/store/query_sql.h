// SPDX-License-Identifier: Apache-2.0
//
// Words that the questions to PostgreSQL have in common. Moments are whole
// microseconds since 1970, as timestamptz keeps them.

#ifndef MEMMON_STORE_QUERY_SQL_H_
#define MEMMON_STORE_QUERY_SQL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "store/call_sums.h"

namespace pqxx {
class field;
class row;
}  // namespace pqxx

namespace memmon::store {

// Rounded down also before 1970.
int64_t FloorUs(int64_t ns);

// A moment as SQL: in parameter $n.
std::string TimeSql(int n);
// A moment as SQL, itself: where the server is to know at once which days it is
// about, and look at no other.
std::string TimeLiteralSql(int64_t us);
// The other way round.
std::string UnixUsSql(const std::string& time);

// What a call's row says, in the words of processes/process_table.h. `e` is the
// event.
inline constexpr char kSucceededSql[] = "(e.result >= 0 OR e.result < -4095)";
inline constexpr char kFailedSql[] =
    "(e.kind IN (16, 17, 18, 19, 21, 22) AND e.result < 0 AND e.result >= -4095)";

// `sql` with every word replaced by its meaning, in that order.
std::string ReplaceWords(std::string sql,
                         const std::vector<std::pair<std::string, std::string>>& words);

// Unsigned, as stored: bit for bit. NULL is 0.
uint64_t UnsignedFrom(const pqxx::field& field);
// A sum, which is numeric to PostgreSQL, and modulo 2^64 to us. NULL is 0.
uint64_t ModuloFrom(const pqxx::field& field);
// From five columns, in the order of CallSums.
CallSums CallSumsFrom(const pqxx::row& row, int column);

}  // namespace memmon::store

#endif  // MEMMON_STORE_QUERY_SQL_H_
