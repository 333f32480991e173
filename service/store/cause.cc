// SPDX-License-Identifier: Apache-2.0

#include "store/cause.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace memmon::store {
namespace {

constexpr char kPayload[] = "memmon.store.cause";

}  // namespace

absl::Status Because(Cause cause, absl::Status status) {
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(static_cast<int>(cause))));
  return status;
}

Cause CauseOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  int cause = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &cause)) return Cause::kOther;
  return static_cast<Cause>(cause);
}

Cause CauseOfSqlstate(std::string_view sqlstate) {
  // Classes first: "connection exception", "invalid authorization specification".
  if (sqlstate.starts_with("08")) return Cause::kUnreachable;
  if (sqlstate.starts_with("28")) return Cause::kRefused;
  if (sqlstate == "25006") return Cause::kReadOnly;
  if (sqlstate == "3D000") return Cause::kNoDatabase;
  if (sqlstate == "42501") return Cause::kNoPrivilege;
  if (sqlstate == "53100") return Cause::kDiskFull;
  if (sqlstate == "53300") return Cause::kTooManyConnections;
  // It ends, crashed, or has not come up yet.
  if (sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03") return Cause::kUnreachable;
  return Cause::kOther;
}

Cause CauseOfRefusal(std::string_view sqlstate) {
  if (sqlstate.empty()) return Cause::kUnreachable;
  // "Object not in prerequisite state": of a statement's many, of a connection's the database.
  if (sqlstate == "55000") return Cause::kClosed;
  return CauseOfSqlstate(sqlstate);
}

const char* CureOf(Cause cause) {
  switch (cause) {
    case Cause::kRefused:
      return "give --database the user and password that PostgreSQL knows (a password also in "
             "~/.pgpass of memmond's user), or PostgreSQL a line for them in pg_hba.conf";
    case Cause::kNoDatabase:
      return "make it with createdb, or name another in --database";
    case Cause::kNoPrivilege:
      return "run memmond --migrate once with a --database that names the owner, then "
             "psql -f sql/roles.sql";
    case Cause::kReadOnly:
      return "name the primary in --database, not a standby";
    case Cause::kClosed:
      return "let it take connections (ALTER DATABASE … ALLOW_CONNECTIONS true), or name another "
             "in --database";
    case Cause::kTooManyConnections:
      return "give PostgreSQL a larger max_connections, or end some of them";
    case Cause::kDiskFull:
      return "make room on PostgreSQL's disk";
    case Cause::kUnreachable:
      return "check that PostgreSQL runs (pg_isready) and that --database names it";
    default:
      return "see PostgreSQL's log, which may say more";
  }
}

}  // namespace memmon::store
