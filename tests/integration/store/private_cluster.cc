// SPDX-License-Identifier: Apache-2.0

#include "private_cluster.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace memmon::test {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", what.c_str());
  std::abort();
}

std::string FindBinaries() {
  if (const char* given = std::getenv("MEMMON_PG_BINDIR")) return given;
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql")) {
    if (fs::exists(entry.path() / "bin/initdb")) found.push_back(entry.path() / "bin");
  }
  if (found.empty()) Fail("no initdb in /usr/lib/postgresql: apt-get install postgresql");
  return *std::max_element(found.begin(), found.end());
}

// Children of `parent`, as /proc tells.
std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    const size_t end = line.rfind(')');
    if (end == std::string::npos) continue;
    std::istringstream rest(line.substr(end + 1));
    char state = 0;
    pid_t ppid = 0;
    rest >> state >> ppid;
    if (ppid == parent) children.push_back(pid);
  }
  return children;
}

}  // namespace

PrivateCluster::PrivateCluster() : bin_(FindBinaries()) {
  char pattern[] = "/tmp/memmon-pg-XXXXXX";
  if (mkdtemp(pattern) == nullptr) Fail("no temporary directory");
  dir_ = pattern;
  uid_ = getuid();
  gid_ = getgid();
  const passwd* user = getpwuid(uid_);
  if (uid_ == 0) {
    user = getpwnam("postgres");
    if (user == nullptr) user = getpwnam("nobody");
    if (user == nullptr) Fail("root has nobody to run it as");
    uid_ = user->pw_uid;
    gid_ = user->pw_gid;
    if (chown(dir_.c_str(), uid_, gid_) != 0) Fail("cannot give away its directory");
  }
  user_ = "memmon";
  const pid_t initdb = Spawn({bin_ + "/initdb", "-D", dir_ + "/data", "-U", user_, "-A", "trust",
                              "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
  int status = 0;
  if (waitpid(initdb, &status, 0) != initdb || status != 0) {
    std::ifstream log(dir_ + "/log");
    std::stringstream text;
    text << log.rdbuf();
    Fail("initdb failed: " + text.str());
  }
  Start();
}

PrivateCluster::~PrivateCluster() {
  Kill();
  std::error_code ignored;
  fs::remove_all(dir_, ignored);
}

pid_t PrivateCluster::Spawn(const std::vector<std::string>& command) const {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) Fail("fork failed");
  if (pid > 0) return pid;
  if (getuid() == 0 && (setgid(gid_) != 0 || setuid(uid_) != 0)) _exit(126);
  // Also when the test is killed, the server ends.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  const int log = open((dir_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (chdir("/") != 0) _exit(126);
  setenv("LC_ALL", "C", 1);
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

void PrivateCluster::Start() {
  // A server that was killed leaves its processes a moment to notice; and what it wrote is
  // recovered, on a slow disk for long.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (std::chrono::steady_clock::now() < deadline) {
    if (server_ < 0) {
      server_ = Spawn({bin_ + "/postgres", "-D", dir_ + "/data", "-k", dir_, "-c",
                       "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB", "-c",
                       "max_connections=30", "-c", "max_wal_size=1GB"});
    }
    PGconn* connection = PQconnectdb(conninfo("postgres").c_str());
    const bool there = PQstatus(connection) == CONNECTION_OK;
    PQfinish(connection);
    if (there) return;
    int status = 0;
    if (waitpid(server_, &status, WNOHANG) == server_) server_ = -1;
    usleep(20'000);
  }
  Fail("the server does not start, see " + dir_ + "/log");
}

void PrivateCluster::Stop() { EndWith(SIGINT); }

void PrivateCluster::StopAtOnce() { EndWith(SIGQUIT); }

void PrivateCluster::EndWith(int signal) {
  if (server_ < 0) return;
  kill(server_, signal);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

void PrivateCluster::Kill() {
  if (server_ < 0) return;
  kill(server_, SIGSTOP);  // starts no more of them
  for (const pid_t child : ChildrenOf(server_)) kill(child, SIGKILL);
  kill(server_, SIGKILL);
  waitpid(server_, nullptr, 0);
  server_ = -1;
}

PrivateCluster::Frozen::Frozen(const PrivateCluster& cluster) : processes_{cluster.server_} {
  kill(cluster.server_, SIGSTOP);  // starts no more of them
  for (const pid_t child : ChildrenOf(cluster.server_)) {
    kill(child, SIGSTOP);
    processes_.push_back(child);
  }
}

PrivateCluster::Frozen::~Frozen() {
  for (const pid_t process : processes_) kill(process, SIGCONT);
}

void PrivateCluster::Refuse(const std::string& database) {
  Execute("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
  Execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" +
          database + "'");
}

void PrivateCluster::Admit(const std::string& database) {
  Execute("ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
}

std::string PrivateCluster::CreateDatabase(const std::string& options) {
  const std::string name = "test" + std::to_string(++databases_);
  Execute("CREATE DATABASE " + name + " " + options);
  return name;
}

void PrivateCluster::Execute(const std::string& sql) const {
  PGconn* connection = PQconnectdb(conninfo("postgres").c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) Fail(PQerrorMessage(connection));
  PQclear(result);
  PQfinish(connection);
}

std::string PrivateCluster::conninfo(const std::string& database) const {
  return "host=" + dir_ + " user=" + user_ + " dbname=" + database;
}

}  // namespace memmon::test
