// SPDX-License-Identifier: Apache-2.0
//
// Messages as JSON, as protobuf writes it, for any method that is served here.
//
// Thread safety: all of it, from any thread.

#ifndef MEMMON_API_JSON_H_
#define MEMMON_API_JSON_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace google::protobuf {
class MethodDescriptor;
}

namespace memmon::api {

class Method {
 public:
  // `path`: "/memmon.v1.MemoryMonitor/GetStatus". Nothing where there is none.
  static std::optional<Method> Find(std::string_view path);

  // Whether either side may send any number of messages.
  bool streams() const;
  // Whether the proto promises that asking changes nothing.
  bool only_reads() const;

  // Bytes of the request that `json` is; nothing at all is an empty message.
  // INVALID_ARGUMENT, which says what is wrong, also for a field that is unknown.
  absl::StatusOr<std::string> RequestFromJson(std::string_view json) const;

  // INTERNAL where `bytes` are no response of this method.
  absl::StatusOr<std::string> ResponseToJson(std::string_view bytes) const;

 private:
  explicit Method(const google::protobuf::MethodDescriptor* descriptor) : descriptor_(descriptor) {}

  const google::protobuf::MethodDescriptor* descriptor_;  // lives as long as the program
};

// An error as the Connect protocol writes it:
//
//   {"code":"not_found","message":"...","details":[{"type":"google.rpc.BadRequest",
//    "value":"<base64>","debug":{...}}]}
//
// `details`: a google.rpc.Status, of which the details are taken; empty: none.
std::string ErrorToJson(std::string_view code, std::string_view message, std::string_view details);

}  // namespace memmon::api

#endif  // MEMMON_API_JSON_H_
