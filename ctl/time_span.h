// SPDX-License-Identifier: Apache-2.0
//
// --since and --until, of every command that looks back.

#ifndef MEMMON_CTL_TIME_SPAN_H_
#define MEMMON_CTL_TIME_SPAN_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "ctl/command.h"

namespace memmon::ctl {

class TimeSpanOptions {
 public:
  void Define(CLI::App* app, const Messages& messages);
  // Sets since() and until(); else says what cannot be taken, and gives the exit
  // status.
  std::optional<ExitStatus> Read(const Context& context);

  bool given() const { return !since_text_.empty() || !until_text_.empty(); }
  std::optional<absl::Time> since() const { return since_; }
  // Now, where it was not said.
  absl::Time until() const { return until_; }

 private:
  std::string since_text_;
  std::string until_text_;
  std::optional<absl::Time> since_;
  absl::Time until_;
};

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_TIME_SPAN_H_
