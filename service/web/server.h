// SPDX-License-Identifier: Apache-2.0
//
// The web server: the dashboard, gRPC-Web, Connect's unary calls, /metrics,
// /healthz and /api/memorylogs, over HTTP/1.1, plain or through TLS.
//
// Thread safety: all methods, from any thread; Stop once.

#ifndef MEMMON_WEB_SERVER_H_
#define MEMMON_WEB_SERVER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/access.h"
#include "web/handlers.h"
#include "web/limits.h"

namespace memmon::web {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;     // 0: any free one
  std::string web_root;  // the built dashboard; empty: none
  // Whose requests are answered: see web/gate.h.
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
  base::Access access;
  Limits limits;
};

// Whether certificate, key and authority can be used. INVALID_ARGUMENT, in one
// line, with the cure.
absl::Status CheckTls(const base::Access& access);

class Server {
 public:
  // Serves. UNAVAILABLE, in one line, where the address cannot be had;
  // INVALID_ARGUMENT, as CheckTls.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       Handlers handlers);

  // Stop without grace, where it was not called. What Asio throws for an executor that is
  // none cannot come: ours outlives the sessions.
  ~Server();  // NOLINT(bugprone-exception-escape)

  uint16_t port() const;

  // Connections that are open.
  size_t session_count() const;

  // No call to the API begins after this has returned: UNAVAILABLE is the answer. To
  // be called before the API's server goes.
  void CloseApi();

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
