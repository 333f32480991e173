// SPDX-License-Identifier: Apache-2.0
//
// A real memmond on free ports, replaying a recording made for the test.

#ifndef MEMMON_TESTS_INTEGRATION_API_MEMMOND_PROCESS_H_
#define MEMMON_TESTS_INTEGRATION_API_MEMMOND_PROCESS_H_

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "fakes/stream_builder.h"

namespace memmon::integration {

// A file of records, for as long as this lives.
class Recording {
 public:
  explicit Recording(const fakes::StreamBuilder& stream) {
    char path[] = "/tmp/memmon-trace-XXXXXX";
    int fd = mkstemp(path);
    EXPECT_GE(fd, 0);
    close(fd);
    path_ = path;
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(stream.bytes().data()),
               static_cast<std::streamsize>(stream.bytes().size()));
  }
  // `pairs` mmaps and munmaps, `gap_ns` apart, of ten processes, on two CPUs in turn.
  explicit Recording(int pairs, uint64_t gap_ns, uint32_t capture = 1)
      : Recording(Pairs(pairs, gap_ns, capture)) {}
  ~Recording() { unlink(path_.c_str()); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  const std::string& path() const { return path_; }

 private:
  static fakes::StreamBuilder Pairs(int pairs, uint64_t gap_ns, uint32_t capture) {
    fakes::StreamBuilder stream;
    stream.Header(capture, 1'000);
    uint64_t time_ns = 2'000;
    for (int i = 0; i < pairs; ++i) {
      uint32_t tgid = 100 + i % 10;
      std::string name = "worker" + std::to_string(i % 10);
      stream.Event(i % 2,
                   fakes::MakeRecord(MEMMON_MMAP, tgid, time_ns += gap_ns, 8192, 0x7f0000, name));
      stream.Event(i % 2, fakes::MakeRecord(MEMMON_MUNMAP, tgid, time_ns += gap_ns, 4096, 0, name));
    }
    return stream;
  }

  std::string path_;
};

class MemmondProcess {
 public:
  // Starts, and waits until it listens or has ended.
  explicit MemmondProcess(std::vector<std::string> flags) {
    int log[2];
    EXPECT_EQ(pipe2(log, O_CLOEXEC), 0);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) {
      // Also when the test is killed, it ends.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(126);
      dup2(log[1], STDERR_FILENO);
      std::vector<char*> argv = {const_cast<char*>(MEMMOND)};
      for (std::string& flag : flags) argv.push_back(flag.data());
      argv.push_back(nullptr);
      execv(MEMMOND, argv.data());
      _exit(127);
    }
    close(log[1]);
    log_ = log[0];
    ReadUntil("service=web");
    ReadUntil("\n");
    grpc_ = Address("service=grpc address=");
    web_ = Address("service=web address=");
  }
  ~MemmondProcess() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(log_);
  }

  // Shows addresses, too, which the tests hold against the recording's.
  static MemmondProcess Replay(const Recording& recording, const std::string& speed,
                               const std::vector<std::string>& more = {}) {
    std::vector<std::string> flags = {
        "--replay",      recording.path(), "--replay-speed", speed, "--grpc-address", "127.0.0.1:0",
        "--web-address", "127.0.0.1:0",    "--open-details", "yes"};
    flags.insert(flags.end(), more.begin(), more.end());
    return MemmondProcess(flags);
  }

  const std::string& grpc() const { return grpc_; }
  const std::string& web() const { return web_; }
  const std::string& log() const { return text_; }
  pid_t pid() const { return pid_; }
  // Of /proc/PID/status, such as "VmRSS:"; 0 where it is not there.
  uint64_t StatusBytes(const std::string& wanted) const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    std::string key;
    while (status >> key) {
      uint64_t kib = 0;
      if (key == wanted && status >> kib) return kib << 10;
    }
    return 0;
  }

  void Signal(int number) { kill(pid_, number); }
  // Reads its log until `mark` stands there; to the end where it never does.
  void WaitForLog(const std::string& mark) { ReadUntil(mark); }

  // Reads its log to the end, and returns its exit status; -1 for a signal.
  int Wait() {
    ReadUntil("");
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  // Until `mark` stands behind what was read before; to the end when empty.
  void ReadUntil(const std::string& mark) {
    for (;;) {
      size_t at = mark.empty() ? std::string::npos : text_.find(mark, position_);
      if (at != std::string::npos) {
        position_ = at;
        return;
      }
      char buffer[4096];
      ssize_t bytes = read(log_, buffer, sizeof(buffer));
      if (bytes <= 0) return;
      text_.append(buffer, static_cast<size_t>(bytes));
    }
  }
  std::string Address(const std::string& key) const {
    size_t at = text_.find(key);
    if (at == std::string::npos) return "";
    at += key.size();
    return text_.substr(at, text_.find_first_of(" \n", at) - at);
  }

  pid_t pid_ = -1;
  int log_ = -1;
  std::string text_;
  size_t position_ = 0;
  std::string grpc_;
  std::string web_;
};

}  // namespace memmon::integration

#endif  // MEMMON_TESTS_INTEGRATION_API_MEMMOND_PROCESS_H_
