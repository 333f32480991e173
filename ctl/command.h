// SPDX-License-Identifier: Apache-2.0
//
// The seam between memmonctl and its commands: each tells its options, and runs.

#ifndef MEMMON_CTL_COMMAND_H_
#define MEMMON_CTL_COMMAND_H_

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "ctl/connection.h"
#include "ctl/environment.h"
#include "ctl/exit_status.h"
#include "ctl/failure.h"
#include "ctl/messages.h"
#include "ctl/stop.h"

namespace memmon::ctl {

// What a command is given. Everything outlives its Run.
struct Context {
  const Environment& environment;
  const Messages& messages;
  std::ostream& out;
  std::ostream& err;
  Stop* stop;
  const Connection* connection;  // null for commands that ask nobody
  absl::TimeZone zone;
  bool terminal = false;  // `out` is one: somebody reads it as it comes
  bool utf8 = false;      // `out` shows more than ASCII
  bool colour = false;    // `out` shows colours

  // Says why on `err`, and gives the exit status.
  ExitStatus Fail(const Failure& failure) const {
    out.flush();
    err << "memmonctl: " << failure.text << std::endl;
    return failure.status;
  }
  // `status`, once all that was said on `out` is written; else why it cannot be.
  ExitStatus Written(ExitStatus status = ExitStatus::kWell) const {
    out.flush();
    if (out.good()) return status;
    return Fail(
        Failure{ExitStatus::kWrong, messages(Key::kCannotWrite, "stdout", strerror(errno))});
  }
  // An option's value that cannot be taken. `cure` says what can.
  ExitStatus Misused(const std::string& option, const std::string& value,
                     const std::string& cure) const {
    return Fail({ExitStatus::kUsage, messages(Key::kBadValue, option, value, cure)});
  }
  // A call failed. CANCELLED is our own doing, and no failure.
  ExitStatus Fail(const grpc::Status& status) const {
    if (status.error_code() == grpc::StatusCode::CANCELLED && stop->asked()) {
      return ExitStatus::kWell;
    }
    return Fail(connection->Explain(status));
  }
};

class Command {
 public:
  virtual ~Command() = default;

  // Adds itself, with its options, below `parent`; once.
  virtual CLI::App* Define(CLI::App* parent, const Messages& messages) = 0;
  virtual bool needs_connection() const { return true; }
  // After a command line that named it was parsed; once.
  virtual ExitStatus Run(const Context& context) = 0;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_COMMAND_H_
