// SPDX-License-Identifier: Apache-2.0

#include "store/migrations.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/cause.h"

namespace memmon::store {
namespace {

// Only memmon's migrations take this advisory lock: "memmon" in ASCII.
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(x'6d656d6d6f6e'::bigint);";

constexpr char kInsufficientPrivilege[] = "42501";

constexpr char kMarker[] = R"(
CREATE SCHEMA IF NOT EXISTS memmon;
CREATE TABLE memmon.schema_migrations (
  version integer PRIMARY KEY CHECK (version > 0),
  name text NOT NULL,
  checksum text NOT NULL,  -- SHA-256 of both directions
  applied_time timestamptz NOT NULL DEFAULT now()
);)";

// What stands in the database: marker, schema, tables of others, encoding.
// Tables that belong to an extension are nobody's data.
constexpr char kLook[] = R"(
SELECT to_regclass('memmon.schema_migrations') IS NOT NULL,
       to_regnamespace('memmon') IS NOT NULL,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm')
          AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                            AND d.deptype = 'e')),
       (SELECT count(*) FROM pg_class c WHERE c.relnamespace = to_regnamespace('memmon')),
       current_setting('server_encoding'), current_database())";

struct Applied {
  bool marked = false;  // schema_migrations is there
  std::vector<Connection::Row> rows;
  int version() const {
    int last = 0;
    if (!rows.empty() && !absl::SimpleAtoi(rows.back()[0], &last)) return -1;
    return last;
  }
};

absl::Status Foreign(const std::string& message) {
  return Because(Cause::kForeign, absl::FailedPreconditionError(message));
}

absl::Status OtherVersion(const std::string& message) {
  return Because(Cause::kOtherVersion, absl::FailedPreconditionError(message));
}

absl::Status CheckForeign(const Connection::Row& look) {
  const bool schema = look[1] == "t";
  const std::string& database = look[5];
  if (look[4] != "UTF8") {
    return Foreign(absl::StrCat("database ", database, " has encoding ", look[4],
                                ", which cannot hold every process name; make one that can: "
                                "createdb -E UTF8 -T template0 memmon"));
  }
  if (look[3] != "0") {
    return Foreign(
        absl::StrCat("database ", database,
                     " has a schema memmon that memmond did not make (no "
                     "memmon.schema_migrations in it); give another database (createdb memmon)"));
  }
  // An empty schema memmon is somebody's leave to share the database.
  if (look[2] != "0" && !schema) {
    return Foreign(
        absl::StrCat("database ", database, " has ", look[2],
                     " tables that are not memmon's, so memmond leaves it alone; give it a "
                     "database of its own (createdb memmon), or let it share this one: "
                     "psql -d ",
                     database, " -c 'CREATE SCHEMA memmon'"));
  }
  return absl::OkStatus();
}

// Under the lock. What is applied must be the beginning of `migrations`.
absl::StatusOr<Applied> ReadApplied(Connection& connection,
                                    const std::vector<Migration>& migrations) {
  auto look = connection.QueryLast(kLook);
  if (!look.ok()) return look.status();
  Applied applied;
  applied.marked = (*look)[0][0] == "t";
  if (!applied.marked) {
    if (auto status = CheckForeign((*look)[0]); !status.ok()) return status;
    return applied;
  }
  auto rows = connection.QueryLast(
      "SELECT version, name, checksum FROM memmon.schema_migrations ORDER BY version");
  if (!rows.ok()) return rows.status();
  applied.rows = *std::move(rows);
  if (applied.version() > static_cast<int>(migrations.size())) {
    return OtherVersion(absl::StrCat(
        "the database's schema has version ", applied.version(),
        ", and this memmond knows none above ", migrations.size(),
        "; run the newer memmond that made it, once with --migrate-to ", migrations.size(),
        " to go back, or give another database (createdb memmon2)"));
  }
  for (size_t i = 0; i < applied.rows.size(); ++i) {
    const auto& row = applied.rows[i];
    const Migration& known = migrations[i];
    if (row[0] != absl::StrCat(known.version) || row[2] != known.checksum) {
      return OtherVersion(absl::StrCat(
          "the database's schema was made by another text of migration ", row[0], " (", row[1],
          ") than this memmond has, so its tables may differ; run the memmond that made it, or "
          "give another database (createdb memmon2)"));
    }
  }
  return applied;
}

// Leaves no transaction open after a failure.
absl::Status RolledBack(Connection& connection, absl::Status status) {
  if (!connection.broken()) connection.Execute("ROLLBACK").IgnoreError();
  return status;
}

absl::Status Step(Connection& connection, const Migration& migration, bool up) {
  auto status = connection.Execute(std::string(up ? migration.up : migration.down));
  if (!status.ok()) {
    return Because(
        CauseOf(status),
        absl::Status(status.code(), absl::StrCat("migration ", migration.version, " (",
                                                 std::string(migration.name),
                                                 up ? ") up: " : ") down: ", status.message())));
  }
  if (!up) {
    return connection
        .Query("DELETE FROM memmon.schema_migrations WHERE version = $1",
               {absl::StrCat(migration.version)})
        .status();
  }
  return connection
      .Query("INSERT INTO memmon.schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
             {absl::StrCat(migration.version), std::string(migration.name),
              std::string(migration.checksum)})
      .status();
}

}  // namespace

absl::StatusOr<int> MigrateUp(Connection& connection, const std::vector<Migration>& migrations) {
  const int target = static_cast<int>(migrations.size());
  while (true) {
    if (auto s = connection.Execute(absl::StrCat("BEGIN;", kLock)); !s.ok()) return s;
    auto applied = ReadApplied(connection, migrations);
    if (!applied.ok()) return RolledBack(connection, applied.status());
    const int version = applied->version();
    if (version == target) {
      if (auto s = connection.Execute("COMMIT"); !s.ok()) return s;
      return version;
    }
    absl::Status status;
    if (!applied->marked) status = connection.Execute(kMarker);
    if (status.ok()) status = Step(connection, migrations[version], /*up=*/true);
    if (status.ok()) status = connection.Execute("COMMIT");
    if (!status.ok() && connection.last_sqlstate() == kInsufficientPrivilege) {
      status = Because(
          Cause::kNoPrivilege,
          absl::FailedPreconditionError(absl::StrCat(
              "the database's schema has version ", version, ", this memmond needs ", target,
              ", and this role may not bring it there (", std::string(status.message()),
              "); run memmond --migrate once with a --database that names the schema's owner, then "
              "psql -f sql/roles.sql")));
    }
    if (!status.ok()) return RolledBack(connection, status);
  }
}

absl::StatusOr<int> MigrateDown(Connection& connection, const std::vector<Migration>& migrations,
                                int target) {
  while (true) {
    if (auto s = connection.Execute(absl::StrCat("BEGIN;", kLock)); !s.ok()) return s;
    auto applied = ReadApplied(connection, migrations);
    if (!applied.ok()) return RolledBack(connection, applied.status());
    const int version = applied->version();
    absl::Status status;
    if (version > target) status = Step(connection, migrations[version - 1], /*up=*/false);
    if (status.ok() && applied->marked && target == 0 && version <= 1) {
      status = connection.Execute("DROP TABLE memmon.schema_migrations; DROP SCHEMA memmon");
    }
    if (status.ok()) status = connection.Execute("COMMIT");
    if (!status.ok()) return RolledBack(connection, status);
    if (version <= target + 1) return std::min(version, target);
  }
}

}  // namespace memmon::store
