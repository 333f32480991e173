// SPDX-License-Identifier: Apache-2.0

#include "ctl/calls_command.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ctl/event_text.h"
#include "ctl/json.h"
#include "ctl/option_values.h"
#include "ctl/table.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// The longest bar, characters.
constexpr uint64_t kBarLength = 40;

std::string Bar(uint64_t count, uint64_t most, bool utf8) {
  // Whatever was called shows.
  const uint64_t length =
      count == 0 ? 0
                 : std::max<uint64_t>(
                       1, static_cast<uint64_t>(double(count) / double(most) * double(kBarLength)));
  std::string bar;
  for (uint64_t i = 0; i < length; ++i) bar += utf8 ? "█" : "#";
  return bar;
}

}  // namespace

CLI::App* CallsCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("calls", messages(Key::kHelpCalls));
  app->add_option("PID", pid_, messages(Key::kHelpHistoryPid))
      ->type_name("")
      ->required()
      ->check(Pid(messages));
  app->add_flag("--json", json_, messages(Key::kHelpJson));
  app->add_flag("--bytes", bytes_, messages(Key::kHelpBytes));
  return app;
}

ExitStatus CallsCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  v1::GetProcessCallsRequest request;
  request.mutable_process()->set_pid(pid_);
  v1::GetProcessCallsResponse calls;
  const grpc::Status status =
      context.connection->Call(&v1::MemoryMonitor::Stub::GetProcessCalls, request, &calls);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return context.Fail(Failure{ExitStatus::kWrong, say(Key::kNoLivingProcess, pid_)});
  }
  if (!status.ok()) return context.Fail(status);
  if (json_) {
    context.out << ToJson(calls) << '\n';
  } else {
    Print(context, calls);
  }
  const ExitStatus written = context.Written();
  if (written != ExitStatus::kWell || !calls.has_missed_since()) return written;
  return context.Fail(
      Failure{ExitStatus::kWrong,
              say(Key::kCallsMissed, DateTime(FromProto(calls.missed_since()), context.zone))});
}

void CallsCommand::Print(const Context& context, const v1::GetProcessCallsResponse& calls) const {
  using enum Table::Align;
  const Messages& say = context.messages;
  const auto size = [&](uint64_t bytes) {
    return bytes_ ? absl::StrCat(bytes) : HumanBytes(bytes);
  };
  Table kinds({{say(Key::kColumnKind)}, {say(Key::kColumnCount), kRight}});
  for (const v1::KindCount& count : calls.counts()) {
    kinds.Add({KindName(count.kind()), GroupedCount(count.count())});
  }
  kinds.Print(context.out);
  if (!calls.failures().empty()) {
    context.out << '\n';
    Table failures({{say(Key::kColumnError)},
                    {say(Key::kColumnFailed), kRight},
                    {say(Key::kColumnLargest), kRight}});
    for (const v1::FailureCount& failure : calls.failures()) {
      failures.Add({failure.error() == 0 ? say(Key::kOtherErrors)
                                         : ErrnoName(-static_cast<int64_t>(failure.error())),
                    GroupedCount(failure.count()), size(failure.largest_bytes())});
    }
    failures.Print(context.out);
  }
  if (calls.sizes().empty()) return;
  context.out << '\n';
  uint64_t most = 1;
  for (const v1::SizeCount& sizes : calls.sizes()) {
    most = std::max(most, sizes.succeeded() + sizes.failed());
  }
  Table lengths({{say(Key::kColumnMmapFrom), kRight},
                 {say(Key::kColumnCount), kRight},
                 {say(Key::kColumnFailed), kRight},
                 {""}});
  for (const v1::SizeCount& sizes : calls.sizes()) {
    lengths.Add({size(uint64_t{1} << sizes.exponent()),
                 GroupedCount(sizes.succeeded() + sizes.failed()), GroupedCount(sizes.failed()),
                 Bar(sizes.succeeded() + sizes.failed(), most, context.utf8)});
  }
  lengths.Print(context.out);
}

}  // namespace memmon::ctl
