// SPDX-License-Identifier: Apache-2.0
//
// Brings the schema to the version this program knows, forward and back.
// Migrations come from sql/migrations and are part of the binary. Each runs in
// a transaction of its own under an advisory lock, so that any number of
// memmonds may start at once.
//
// schema_migrations in schema memmon is the marker by which memmon knows its
// own database. A database that is not empty and has no marker is somebody
// else's, and is left alone.

#ifndef MEMMON_STORE_MIGRATIONS_H_
#define MEMMON_STORE_MIGRATIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/connection.h"

namespace memmon::store {

struct Migration {
  int version = 0;  // from 1, without a hole
  std::string_view name;
  std::string_view checksum;  // of both directions
  std::string_view up;
  std::string_view down;
};

const std::vector<Migration>& EmbeddedMigrations();

// Applies what is missing; returns the version the schema then has.
// FAILED_PRECONDITION, naming the cure, where the database is foreign, newer
// than `migrations`, was made by other texts of them, or has an encoding that
// cannot hold every name. Trying again does not help then.
absl::StatusOr<int> MigrateUp(Connection& connection, const std::vector<Migration>& migrations);

// Takes back everything above `version`; 0 leaves nothing of memmon. Data goes
// with its tables. Returns the version the schema then has; errors as above.
absl::StatusOr<int> MigrateDown(Connection& connection, const std::vector<Migration>& migrations,
                                int version);

}  // namespace memmon::store

#endif  // MEMMON_STORE_MIGRATIONS_H_
