// SPDX-License-Identifier: Apache-2.0
//
// A PostgreSQL server of a test's own: in a temporary directory, on a unix
// socket, with fsync off. Where the test runs as root, the server runs as
// postgres (or nobody): it refuses to be root. Gone with the object, and with
// the test's process.
//
// Not thread-safe, but for conninfo().

#ifndef MEMMON_TESTS_INTEGRATION_STORE_PRIVATE_CLUSTER_H_
#define MEMMON_TESTS_INTEGRATION_STORE_PRIVATE_CLUSTER_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace memmon::test {

class PrivateCluster {
 public:
  PrivateCluster();  // started; aborts the test program where that cannot be
  ~PrivateCluster();
  PrivateCluster(const PrivateCluster&) = delete;
  PrivateCluster& operator=(const PrivateCluster&) = delete;

  void Start();
  // An orderly end, which PostgreSQL calls fast; clients are cut off.
  void Stop();
  // An end that it calls immediate: nothing is put in order, the next start recovers.
  void StopAtOnce();
  // SIGKILL to every process of the server: a crash.
  void Kill();

  // Nobody is in `database` any more, and nobody is let in; until Admit.
  void Refuse(const std::string& database);
  void Admit(const std::string& database);

  // For as long as it lives no process of the server does anything (SIGSTOP), as where its disk
  // is stalled: connections stay open, and nothing is answered.
  class Frozen {
   public:
    explicit Frozen(const PrivateCluster& cluster);
    ~Frozen();
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;

   private:
    std::vector<pid_t> processes_;  // the one that starts the others first
  };

  // A new, empty database; returns its name.
  std::string CreateDatabase(const std::string& options = "");
  std::string conninfo(const std::string& database) const;
  const std::string& socket_dir() const { return dir_; }

 private:
  void EndWith(int signal);
  // In no database of the tests; aborts where it fails.
  void Execute(const std::string& sql) const;
  // Starts a program of PostgreSQL as its user.
  pid_t Spawn(const std::vector<std::string>& command) const;

  std::string dir_;
  std::string bin_;
  std::string user_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_PRIVATE_CLUSTER_H_
