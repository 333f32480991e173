// SPDX-License-Identifier: Apache-2.0

#include "ctl/time_span.h"

#include "ctl/time_text.h"

namespace memmon::ctl {

void TimeSpanOptions::Define(CLI::App* app, const Messages& messages) {
  app->add_option("--since", since_text_, messages(Key::kHelpSince))->type_name("TIME");
  app->add_option("--until", until_text_, messages(Key::kHelpUntil))->type_name("TIME");
}

std::optional<ExitStatus> TimeSpanOptions::Read(const Context& context) {
  const absl::Time now = absl::Now();
  until_ = now;
  if (!since_text_.empty()) {
    since_ = ParseTime(since_text_, now, context.zone);
    if (!since_) {
      return context.Misused("--since", since_text_, context.messages(Key::kCureTime));
    }
  }
  if (!until_text_.empty()) {
    const std::optional<absl::Time> until = ParseTime(until_text_, now, context.zone);
    if (!until) {
      return context.Misused("--until", until_text_, context.messages(Key::kCureTime));
    }
    until_ = *until;
  }
  if (since_ && *since_ >= until_) {
    return context.Misused("--since", since_text_, context.messages(Key::kCureOrder));
  }
  return std::nullopt;
}

}  // namespace memmon::ctl
