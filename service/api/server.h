// SPDX-License-Identifier: Apache-2.0
//
// The gRPC server: MemoryMonitor, reflection, health.
//
// Thread safety: all methods, from any thread; Shutdown once.

#ifndef MEMMON_API_SERVER_H_
#define MEMMON_API_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "api/limits.h"
#include "api/parts.h"
#include "base/access.h"

namespace grpc {
class Channel;
}

namespace memmon::api {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  // A Unix socket, beside that; empty: none. For its owner and group, who see all.
  std::string socket;
  // A token without TLS is for the loopback.
  base::Access access;
  // Of gRPC's own, for connections and calls; 0: no bound.
  size_t transport_bytes = 0;
  Limits limits{};
};

class Server {
 public:
  // Serves. UNAVAILABLE, in one line that names the setting, where the address or the
  // socket cannot be had. Until it is opened to its group, the socket is as the umask has it.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Parts parts);

  ~Server();  // Shutdown without grace, where it was not called

  uint16_t port() const;

  // Connections that are open.
  size_t connection_count() const;

  // Calls without a socket; for the web gateway. Ends with the server.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // The text of /metrics.
  std::string Metrics() const;

  // Streams send what waits and end with UNAVAILABLE; calls that run may end;
  // whatever is still there after `grace` is cancelled.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace memmon::api

#endif  // MEMMON_API_SERVER_H_
