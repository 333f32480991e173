// SPDX-License-Identifier: Apache-2.0

#include "store/partitions.h"

#include <ctime>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace memmon::store {
namespace {

constexpr char kLockNotAvailable[] = "55P03";

std::string DaySql(int64_t day) { return absl::StrCat("(date '1970-01-01' + ", day, ")"); }

}  // namespace

absl::Status MakeDay(Connection& connection, int64_t day) {
  // Two statements, so that neither table's lock is held while the other's is
  // waited for.
  for (const char* make : {"make_event_partition", "make_process_minute_partition"}) {
    auto made = connection.Execute(absl::StrCat("SELECT memmon.", make, "(", DaySql(day), ")"));
    if (!made.ok()) return made;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Partition>> ListPartitions(Connection& connection,
                                                      const std::string& table) {
  // A partition that somebody attached under another name is not ours to drop.
  auto rows = connection.QueryLast(
      absl::StrCat("SELECT to_date(right(c.relname, 8), 'YYYYMMDD') - date '1970-01-01',"
                   " pg_total_relation_size(c.oid)"
                   " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                   " WHERE i.inhparent = 'memmon.",
                   table, "'::regclass AND c.relname ~ '^", table, "_[0-9]{8}$' ORDER BY 1"));
  if (!rows.ok()) return rows.status();
  std::vector<Partition> partitions;
  for (const auto& row : *rows) {
    Partition partition;
    // Dropped by somebody else meanwhile: no size.
    if (!absl::SimpleAtoi(row[0], &partition.day) || !absl::SimpleAtoi(row[1], &partition.bytes)) {
      continue;
    }
    partitions.push_back(partition);
  }
  return partitions;
}

absl::StatusOr<bool> DropDay(Connection& connection, const std::string& table, int64_t day,
                             std::chrono::milliseconds lock_limit) {
  auto dropped = connection.QueryLast(
      absl::StrCat("BEGIN; SET LOCAL lock_timeout = ", lock_limit.count(),
                   "; SELECT memmon.drop_day('", table, "', ", DaySql(day), ")"));
  absl::Status status = dropped.status();
  if (status.ok()) status = connection.Execute("COMMIT");
  if (status.ok()) return (*dropped)[0][0] == "t";
  const bool busy = connection.last_sqlstate() == kLockNotAvailable;
  if (!connection.broken()) connection.Execute("ROLLBACK").IgnoreError();
  return busy ? absl::UnavailableError(
                    absl::StrCat("memmon.", table, " is in use by a query that takes long"))
              : status;
}

std::string DayText(int64_t day) {
  const time_t seconds = day * 86'400;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char text[16];
  return std::string(text, strftime(text, sizeof(text), "%Y-%m-%d", &utc));
}

}  // namespace memmon::store
