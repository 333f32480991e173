// SPDX-License-Identifier: Apache-2.0
//
// What a PostgreSQL server on this machine spends on its clients.

#ifndef MEMMON_TESTS_BENCH_SERVER_CPU_H_
#define MEMMON_TESTS_BENCH_SERVER_CPU_H_

#include <libpq-fe.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
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

// What the kernel tells of a process in /proc/PID/stat.
struct ProcessCpu {
  long parent = 0;
  double ms = 0;           // its own
  double of_ended_ms = 0;  // its children's that have ended and whom it has waited for
};

inline ProcessCpu CpuOf(long pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  // After the name, which may hold anything.
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::string field;
  ProcessCpu cpu;
  const double tick_ms = 1e3 / static_cast<double>(sysconf(_SC_CLK_TCK));
  for (int number = 3; number <= 17 && rest >> field; ++number) {
    if (number == 4) cpu.parent = std::stol(field);
    if (number == 14 || number == 15) cpu.ms += tick_ms * std::stod(field);
    if (number == 16 || number == 17) cpu.of_ended_ms += tick_ms * std::stod(field);
  }
  return cpu;
}

// Processor time, ms, that the whole server has taken since it began: of each client that
// ever was, of the processes that look after its files and tables, and of the one that
// begins them all, which is told of those that have ended. To 10 ms a process.
inline double WholeServerMs(PGconn* connection) {
  const ProcessCpu server = CpuOf(CpuOf(PQbackendPID(connection)).parent);
  double ms = server.ms + server.of_ended_ms;
  PGresult* result = PQexec(connection, "SELECT pid FROM pg_stat_activity");
  for (int row = 0; row < PQntuples(result); ++row) {
    ms += CpuOf(std::stol(PQgetvalue(result, row, 0))).ms;
  }
  PQclear(result);
  return ms;
}

}  // namespace memmon::test

#endif  // MEMMON_TESTS_BENCH_SERVER_CPU_H_
