// SPDX-License-Identifier: Apache-2.0
//
// What a PostgreSQL server on this machine spends on its clients.

#ifndef MEMMON_TESTS_BENCH_SERVER_CPU_H_
#define MEMMON_TESTS_BENCH_SERVER_CPU_H_

#include <libpq-fe.h>

#include <fstream>
#include <string>

namespace memmon::test {

// Processor time, ms, that its processes for clients of this database have taken, but for
// the one that asks; of those that are still there.
inline double ServerMs(PGconn* connection) {
  PGresult* result = PQexec(connection,
                            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'");
  double ns = 0;
  for (int row = 0; row < PQntuples(result); ++row) {
    std::ifstream file("/proc/" + std::string(PQgetvalue(result, row, 0)) + "/schedstat");
    double of_process = 0;
    if (file >> of_process) ns += of_process;
  }
  PQclear(result);
  return ns / 1e6;
}

}  // namespace memmon::test

#endif  // MEMMON_TESTS_BENCH_SERVER_CPU_H_
