// SPDX-License-Identifier: Apache-2.0
//
// Why something cannot be done: one sentence that names the cure, and the exit
// status that goes with it.

#ifndef MEMMON_CTL_FAILURE_H_
#define MEMMON_CTL_FAILURE_H_

#include <grpcpp/support/status.h>

#include <string>

#include "ctl/exit_status.h"
#include "ctl/messages.h"

namespace memmon::ctl {

struct Failure {
  ExitStatus status = ExitStatus::kWrong;
  std::string text;
};

// Whom we asked.
struct Asked {
  std::string address;
  bool tls = false;
  bool token = false;  // one was shown
  // It answered, so that UNAVAILABLE is its own word.
  bool connected = false;
};

// What to tell about a call that failed.
Failure Explain(const grpc::Status& status, const Asked& asked, const Messages& messages);

// Worth another try: memmond, or the way to it, is away for the time being.
bool IsPassing(const grpc::Status& status);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_FAILURE_H_
