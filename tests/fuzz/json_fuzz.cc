// SPDX-License-Identifier: Apache-2.0
//
// JSON from a stranger, for every method; and bytes that are written as JSON. What
// is taken as a request is a message of its type.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/json.h"

namespace memmon::api {
namespace {

constexpr const char* kMethods[] = {"ListEvents",      "ListProcesses", "GetProcessHistory",
                                    "GetSummary",      "GetStatus",     "StreamEvents",
                                    "StreamProcesses", "Watch"};

void Check(bool holds) {
  if (!holds) std::abort();
}

void ReadJson(std::string_view input) {
  if (input.empty()) return;
  const char* name = kMethods[static_cast<uint8_t>(input[0]) % std::size(kMethods)];
  input.remove_prefix(1);
  const auto method = Method::Find(std::string("/memmon.v1.MemoryMonitor/") + name);
  Check(method.has_value());
  const auto request = method->RequestFromJson(input);
  Check(request.ok() || !request.status().message().empty());
  method->ResponseToJson(input).status().IgnoreError();
  // As details, and as words.
  const std::string error = ErrorToJson("unknown", input, input);
  Check(error.starts_with("{\"code\":\"unknown\"") && error.ends_with('}'));
  for (unsigned char c : error) Check(c >= 0x20 || c == '\n');
  Method::Find(input);
}

}  // namespace
}  // namespace memmon::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  memmon::api::ReadJson({reinterpret_cast<const char*>(data), size});
  return 0;
}
