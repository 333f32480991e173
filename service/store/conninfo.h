// SPDX-License-Identifier: Apache-2.0
//
// A connection string, as libpq takes it: postgresql://HOST/DATABASE, or "host=HOST
// dbname=DATABASE".
//
// Thread safety: pure functions.

#ifndef MEMMON_STORE_CONNINFO_H_
#define MEMMON_STORE_CONNINFO_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"

namespace memmon::store {

// `conninfo` checked and completed: time-outs where it gives none, a name for
// pg_stat_activity. INVALID_ARGUMENT saying what is wrong with it, without a word of a password.
absl::StatusOr<std::string> CompleteConninfo(const std::string& conninfo);

// `conninfo`, as CompleteConninfo gives it, where no host may take longer than `limit` to let one
// in; two seconds are the least that libpq knows.
std::string LimitConnecting(const std::string& conninfo, std::chrono::seconds limit);

// `conninfo` for all eyes: as it is where it has no password, else without those; empty where
// nobody can tell which part of it is one.
std::string WithoutPasswords(const std::string& conninfo);

}  // namespace memmon::store

#endif  // MEMMON_STORE_CONNINFO_H_
