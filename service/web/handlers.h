// SPDX-License-Identifier: Apache-2.0
//
// Who answers what the web server is asked. Everything here is called from
// several threads and must outlive the server.

#ifndef MEMMON_WEB_HANDLERS_H_
#define MEMMON_WEB_HANDLERS_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "live/recent.h"

namespace grpc {
class Channel;
}

namespace memmon::web {

struct Handlers {
  // The text of /metrics.
  std::function<std::string()> metrics;
  // `count` requests after the newest `skip`, for /api/memorylogs.
  std::function<live::RecentPage(size_t skip, size_t count)> memory_logs;
  // Where gRPC-Web calls go.
  std::shared_ptr<grpc::Channel> api;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_HANDLERS_H_
