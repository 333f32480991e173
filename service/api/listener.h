// SPDX-License-Identifier: Apache-2.0
//
// Accepts gRPC's connections, a bounded number at a time: gRPC itself takes all that
// come, until no file descriptor is left for anything else; and where accept fails once,
// it listens no more (CVE-2023-4785).
//
// Thread safety: Start and Stop once, from one thread; the others from any.

#ifndef MEMMON_API_LISTENER_H_
#define MEMMON_API_LISTENER_H_

#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "api/flood_guard.h"
#include "api/handed_socket.h"
#include "api/limits.h"
#include "base/connection_pace.h"
#include "device/fd.h"

namespace memmon::api {

class Listener {
 public:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  // Listens, and leaves who comes waiting. `host` is an IP address; `port` 0: any free
  // one. Of `limits`: how many, how fast, and how long a peer may leave unacknowledged what it
  // was sent. `guard`, which outlives it, watches each connection.
  // UNAVAILABLE, in one line with the cure, where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& host, uint16_t port,
                                                          const Limits& limits, FloodGuard* guard);
  // The same, at a Unix socket, whose file Stop removes. What comes over it is not counted in
  // bytes, which the kernel does not tell, nor paced: who may open it is trusted.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(const std::string& path, size_t most);
  ~Listener();  // Stop

  // Of TCP; 0: there is none.
  uint16_t port() const { return tcp_ ? tcp_->port : 0; }

  // Hands connections over to `acceptor`, of a server that has begun.
  void Start(std::unique_ptr<Acceptor> acceptor);
  // Closes the port; before the server's end. Connections that are open stay.
  void Stop();

  // Connections that are open.
  size_t connection_count();

 private:
  struct Tcp {
    uint16_t port;
    std::chrono::milliseconds silence;
    FloodGuard* guard;
    base::ConnectionPace pace;  // the thread's own
  };

  Listener(device::Fd socket, size_t most, const std::optional<Tcp>& tcp, std::string path)
      : socket_(std::move(socket)), most_(most), tcp_(tcp), path_(std::move(path)) {}

  void Run();
  void Take(device::Fd connection);
  void ForgetClosed();  // with mutex_

  device::Fd socket_;
  device::Interrupter stop_;
  const size_t most_;
  std::optional<Tcp> tcp_;  // or none: a Unix socket,
  const std::string path_;  // which is here
  std::unique_ptr<Acceptor> acceptor_;
  bool full_ = false;  // the thread's own: it was told
  std::mutex mutex_;
  std::vector<HandedSocket> connections_;
  std::thread thread_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_LISTENER_H_
