// SPDX-License-Identifier: Apache-2.0

#include "api/calls_call.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "api/convert.h"
#include "api/errors.h"

namespace memmon::api {

grpc::Status GetProcessCalls(const processes::ProcessTable& processes,
                             const v1::GetProcessCallsRequest& request,
                             v1::GetProcessCallsResponse* response) {
  const v1::ProcessKey& process = request.process();
  if (process.pid() == 0) return InvalidField("process.pid", "say which process");
  const std::optional<model::ProcessCalls> calls =
      processes.CallsOf({process.pid(), process.start_ns()});
  if (!calls) {
    return {
        grpc::StatusCode::NOT_FOUND,
        absl::StrCat("no process ", process.pid(),
                     process.start_ns() == 0 ? " lives"
                                             : absl::StrCat(" that began at ", process.start_ns(),
                                                            " ns is known, or it ended long ago"),
                     ": ListProcesses tells pid and start_ns of those that are known")};
  }
  ToProto(*calls, response);
  return grpc::Status::OK;
}

}  // namespace memmon::api
