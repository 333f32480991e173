// SPDX-License-Identifier: Apache-2.0
//
// Accepts gRPC's connections, a bounded number at a time: gRPC itself takes all that
// come, until no file descriptor is left for anything else.
//
// Thread safety: Start and Stop once, from one thread; the others from any.

#ifndef MEMMON_API_LISTENER_H_
#define MEMMON_API_LISTENER_H_

#include <grpcpp/server_builder.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "device/fd.h"

namespace memmon::api {

class Listener {
 public:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  // Listens, and leaves who comes waiting. `host` is an IP address; `port` 0: any free
  // one. `silence`: how long a peer may leave unacknowledged what it was sent.
  // UNAVAILABLE, in one line with the cure, where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& host, uint16_t port,
                                                          size_t most,
                                                          std::chrono::milliseconds silence);
  ~Listener();  // Stop

  uint16_t port() const { return port_; }

  // Hands connections over to `acceptor`, of a server that has begun.
  void Start(std::unique_ptr<Acceptor> acceptor);
  // Closes the port; before the server's end. Connections that are open stay.
  void Stop();

  // Connections that are open.
  size_t connection_count();

 private:
  // gRPC closes what it was given and tells nobody. As long as its number names the
  // same socket, a connection is open: the kernel gives each socket an inode of its own.
  struct Connection {
    int fd;
    ino_t inode;
  };

  Listener(device::Fd socket, uint16_t port, size_t most, std::chrono::milliseconds silence)
      : socket_(std::move(socket)), port_(port), most_(most), silence_(silence) {}

  void Run();
  void Take(device::Fd connection);
  void ForgetClosed();  // with mutex_

  device::Fd socket_;
  device::Interrupter stop_;
  const uint16_t port_;
  const size_t most_;
  const std::chrono::milliseconds silence_;
  std::unique_ptr<Acceptor> acceptor_;
  bool full_ = false;  // the thread's own: it was told
  std::mutex mutex_;
  std::vector<Connection> connections_;
  std::thread thread_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_LISTENER_H_
