// SPDX-License-Identifier: Apache-2.0

#include "ctl/ps_command.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ctl/json.h"
#include "ctl/option_values.h"
#include "ctl/table.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

constexpr uint64_t kPage = 1'000;

}  // namespace

CLI::App* PsCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("ps", messages(Key::kHelpPs));
  app->add_option("--at", at_, messages(Key::kHelpAt))->type_name("TIME");
  filter_.Define(app, messages);
  app->add_option("-n,--limit", limit_, messages(Key::kHelpLimitProcesses))
      ->type_name("N")
      ->check(Count(messages));
  app->add_flag("-r,--reverse", reverse_, messages(Key::kHelpReverse));
  app->add_flag("--json", json_, messages(Key::kHelpJsonLines));
  app->add_flag("--bytes", bytes_, messages(Key::kHelpBytes));
  return app;
}

ExitStatus PsCommand::Run(const Context& context) {
  v1::ListProcessesRequest request;
  v1::ProcessOrder order;
  if (auto wrong = filter_.Fill(context, request.mutable_filter(), &order)) return *wrong;
  if (!at_.empty()) {
    const std::optional<absl::Time> at = ParseTime(at_, absl::Now(), context.zone);
    if (!at) return context.Misused("--at", at_, context.messages(Key::kCureTime));
    *request.mutable_as_of_time() = ToProto(*at);
  }
  // Reversed, the last of the API's order are the first here: all are needed.
  const uint64_t wanted = limit_ == 0 || reverse_ ? UINT64_MAX : limit_;
  // From one page to the next a living process may change its place, but in the order of ids.
  const bool sorts_here = at_.empty() && wanted > kPage;
  request.set_order(sorts_here ? v1::PROCESS_ORDER_PID : order);
  request.set_page_size(static_cast<int32_t>(std::min(wanted, kPage)));
  std::vector<ProcessRow> processes;
  v1::ListProcessesResponse page;
  do {
    page.Clear();
    const grpc::Status status =
        context.connection->Call(&v1::MemoryMonitor::Stub::ListProcesses, request, &page);
    if (!status.ok()) return context.Fail(status);
    for (v1::Process& process : *page.mutable_processes()) {
      if (sorts_here || processes.size() < wanted) processes.push_back({std::move(process)});
    }
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty() && (sorts_here || processes.size() < wanted));
  if (sorts_here) Sort(order, false, &processes);
  if (reverse_) std::reverse(processes.begin(), processes.end());
  if (limit_ > 0 && processes.size() > limit_) processes.resize(limit_);

  if (json_) {
    for (const ProcessRow& row : processes) context.out << ToJson(row.process) << '\n';
  } else {
    // It may be the minute before the one that was asked for.
    if (!at_.empty() && page.has_as_of_time()) {
      context.out << context.messages(Key::kAsOf,
                                      DateTime(FromProto(page.as_of_time()), context.zone))
                  << '\n';
    }
    Print(context, processes);
  }
  return context.Written();
}

void PsCommand::Print(const Context& context, const std::vector<ProcessRow>& processes) const {
  using enum Table::Align;
  const Messages& say = context.messages;
  const auto size = [&](uint64_t bytes) {
    return bytes_ ? absl::StrCat(bytes) : HumanBytes(bytes);
  };
  bool uncertain = false;
  Table table({{say(Key::kColumnPid), kRight},
               {say(Key::kColumnUser)},
               {say(Key::kColumnName)},
               {say(Key::kColumnHeld), kRight},
               {say(Key::kColumnVirtual), kRight},
               {say(Key::kColumnResident), kRight},
               {say(Key::kColumnRequested), kRight},
               {say(Key::kColumnMmaps), kRight},
               {say(Key::kColumnFailed), kRight}});
  for (const auto& [process, calls] : processes) {
    uncertain = uncertain || process.uncertain();
    table.Add({absl::StrCat(process.pid()),
               process.user_name().empty() ? absl::StrCat(process.uid())
                                           : Printable(process.user_name(), context.utf8),
               Printable(process.name(), context.utf8), size(process.held_bytes()),
               absl::StrCat(process.uncertain() ? "~" : "", size(process.virtual_size_bytes())),
               process.resident_bytes() > 0 ? size(process.resident_bytes()) : "-",
               size(process.requested_bytes()), absl::StrCat(process.mmap_count()),
               absl::StrCat(process.failed_count())});
  }
  table.Print(context.out);
  if (uncertain) context.out << say(Key::kUncertain) << '\n';
}

}  // namespace memmon::ctl
