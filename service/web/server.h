// SPDX-License-Identifier: Apache-2.0
//
// The web server: the dashboard, gRPC-Web, /metrics, /healthz and
// /api/memorylogs, over HTTP/1.1.
//
// Thread safety: all methods, from any thread; Stop once.

#ifndef MEMMON_WEB_SERVER_H_
#define MEMMON_WEB_SERVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "web/handlers.h"

namespace memmon::web {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;     // 0: any free one
  std::string web_root;  // the built dashboard; empty: none
};

class Server {
 public:
  // Serves. UNAVAILABLE, in one line, where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       Handlers handlers);

  ~Server();  // Stop without grace, where it was not called

  uint16_t port() const;

  // No new connections. Answers under way may be completed, until `grace` has
  // gone by.
  void Stop(std::chrono::milliseconds grace);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_SERVER_H_
