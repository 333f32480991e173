// SPDX-License-Identifier: Apache-2.0
//
// One call of any method, made for a browser over the in-process channel.
// One message is read at a time, so a slow browser slows its own call and
// buffers nothing.
//
// Thread safety: ReadNext and Cancel are for one thread at a time; the
// callbacks come from gRPC's threads, one at a time. The call owns itself
// until on_end has returned.

#ifndef MEMMON_WEB_GRPC_WEB_CALL_H_
#define MEMMON_WEB_GRPC_WEB_CALL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grpc {
class Channel;
}

namespace memmon::web {

struct CallEnd {
  int code = 0;  // a gRPC status
  std::string message;
  std::multimap<std::string, std::string> metadata;  // trailing
};

struct CallRequest {
  std::string method;  // "/memmon.v1.MemoryMonitor/GetStatus"
  std::vector<std::string> messages;
  std::optional<int64_t> timeout_ns;
};

class GrpcWebCall {
 public:
  using OnMessage = std::function<void(std::string)>;  // one frame, header and payload
  using OnEnd = std::function<void(CallEnd)>;

  // Begins, and reads the first message.
  static std::shared_ptr<GrpcWebCall> Start(const std::shared_ptr<grpc::Channel>& channel,
                                            CallRequest request, OnMessage on_message,
                                            OnEnd on_end);

  virtual ~GrpcWebCall() = default;

  // After on_message, when the next one can be taken. Not after Cancel.
  virtual void ReadNext() = 0;
  // on_end still comes.
  virtual void Cancel() = 0;
};

}  // namespace memmon::web

#endif  // MEMMON_WEB_GRPC_WEB_CALL_H_
