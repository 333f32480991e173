// SPDX-License-Identifier: Apache-2.0
//
// Keeps events in PostgreSQL. Take puts them in a bounded queue; a thread of
// the store's own migrates the schema, makes partitions, and writes with
// binary COPY, each row exactly once whatever becomes of the connection.
// While the server is away events wait: in memory, up to the bound, or with a
// spool on disk, where they outlive memmond. What finds no room is counted, and
// written down in memmon.loss once the server is back.

#ifndef MEMMON_STORE_POSTGRES_STORE_H_
#define MEMMON_STORE_POSTGRES_STORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "model/container_names.h"
#include "store/keep.h"
#include "store/space.h"
#include "store/spool.h"
#include "store/store.h"

namespace memmon::store {

struct PostgresStoreOptions {
  // As libpq takes it: postgresql://HOST/DATABASE or "host=... dbname=...".
  std::string conninfo;
  // Names this machine in the database, and by what people know it; where
  // empty: /etc/machine-id (or the host name), and the host name.
  std::string machine_id;
  std::string host_name;

  // Most events that may wait in memory; about 150 bytes each.
  uint64_t queue_events = 2'000'000;
  // And most batches, about 300 bytes each: a quiet machine's have an event or two.
  size_t queue_batches = 400'000;
  // A batch is written when it has so many events, or when the oldest has
  // waited so long.
  size_t batch_events = 10'000;
  std::chrono::milliseconds batch_delay{200};

  // Whose names are written down beside the events; null: nobody's. It must outlive the
  // store.
  model::ContainerNames* containers = nullptr;

  // What becomes a row of its own, and how long it stays.
  Keep keep;
  SpaceLimits limits;
  std::chrono::milliseconds housekeeping_interval{60'000};

  // Where events wait that the server did not take for `overdue`, or at once
  // where it is known to be away. Without: in memory alone. Its machine_id and
  // most_events are set by the store.
  std::optional<SpoolOptions> spool;
  std::chrono::milliseconds overdue{2'000};

  std::chrono::milliseconds connect_limit{5'000};
  // Most that opening waits for the first try to connect and to migrate. It goes on then, and
  // events wait as they do while the server is away.
  std::chrono::milliseconds start_limit{10'000};
  // Pauses between tries to connect, and to write what was refused.
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{5'000};
  // Most processes of a moment that one call about the past takes into memory, some 650 bytes each.
  size_t history_processes = 60'000;
  // Most a statement about the past may take. A page of ListEvents that took half of it is given
  // out as it is, perhaps short, with a way on.
  std::chrono::milliseconds query_limit{5'000};
};

// A store that runs. Succeeds while the server is away, or has a schema to bring up for longer
// than `start_limit`: the state is then kDown, and it goes on. INVALID_ARGUMENT for a malformed
// conninfo; FAILED_PRECONDITION, naming the cure, where the database is found to be foreign or
// newer than this program. (Found only later, the same is the status's problem.) Likewise where the
// spool's directory cannot be used, see Spool::Open. The destructor does not wait for events that
// are not stored: Drain does.
absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(const PostgresStoreOptions& options);

// Takes the schema back to `version`, for an older memmond, with no store open on it;
// what later versions added goes. Returns the version it then has. UNAVAILABLE where the
// server is away; FAILED_PRECONDITION for a foreign or newer database.
absl::StatusOr<int> TakeSchemaBack(const std::string& conninfo, int version);

}  // namespace memmon::store

#endif  // MEMMON_STORE_POSTGRES_STORE_H_
