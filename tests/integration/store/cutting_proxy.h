// SPDX-License-Identifier: Apache-2.0
//
// Stands between a client and a private PostgreSQL, on a unix socket of its
// own, and cuts the connection at the one moment that matters: at COMMIT.
//
// Thread safety: all methods, from any thread.

#ifndef MEMMON_TESTS_INTEGRATION_STORE_CUTTING_PROXY_H_
#define MEMMON_TESTS_INTEGRATION_STORE_CUTTING_PROXY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace memmon::test {

class CuttingProxy {
 public:
  enum class Cut {
    kBeforeServer,  // the server never sees COMMIT
    kAfterServer,   // the server commits; the client never hears of it
  };

  // `socket_dir` is the server's, with port 5432.
  explicit CuttingProxy(const std::string& socket_dir);
  ~CuttingProxy();

  // Cuts the next `count` transactions.
  void Arm(Cut cut, int count);
  int cuts() const { return cuts_; }
  std::string conninfo(const std::string& database) const;

 private:
  void Accept();
  void Forward(int client);

  const std::string dir_;
  int listener_ = -1;
  std::atomic<bool> stop_ = false;
  std::atomic<Cut> cut_ = Cut::kBeforeServer;
  std::atomic<int> armed_ = 0;
  std::atomic<int> cuts_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> forwarders_;  // the acceptor's
};

}  // namespace memmon::test

#endif  // MEMMON_TESTS_INTEGRATION_STORE_CUTTING_PROXY_H_
