// SPDX-License-Identifier: Apache-2.0

#include "ctl/export_command.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ctl/csv.h"
#include "ctl/event_text.h"
#include "ctl/json.h"
#include "ctl/stored_events.h"
#include "ctl/stored_gaps.h"
#include "ctl/time_text.h"

namespace memmon::ctl {
namespace {

// Names of the API's fields; those of lengths say their unit.
std::vector<std::string> Header() {
  return {"event_time",   "kind",      "pid",          "tid",
          "process_name", "uid",       "cpu",          "sequence",
          "start_ns",     "cgroup_id", "address",      "length_bytes",
          "prot",         "map_flags", "result",       "virtual_size_bytes",
          "lost_count",   "mm_id",     "namespace_pid"};
}

// Empty is what is hidden, as 0 is an address, too.
std::vector<std::string> Fields(const v1::Event& event) {
  const auto number = [](auto value) { return absl::StrCat(value); };
  return {Rfc3339(FromProto(event.event_time())),
          KindName(event.kind()),
          number(event.pid()),
          number(event.tid()),
          event.process_name(),
          number(event.uid()),
          number(event.cpu()),
          number(event.sequence()),
          number(event.start_ns()),
          number(event.cgroup_id()),
          event.details_hidden() ? "" : number(event.address()),
          number(event.length_bytes()),
          number(event.prot()),
          number(event.map_flags()),
          HidesResult(event) ? "" : number(event.result()),
          number(event.virtual_size_bytes()),
          number(event.lost_count()),
          number(event.mm_id()),
          number(event.namespace_pid())};
}

}  // namespace

CLI::App* ExportCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("export", messages(Key::kHelpExport));
  app->add_option("--format", format_, messages(Key::kHelpFormat))->type_name("csv|json");
  span_.Define(app, messages);
  filter_.Define(app, messages);
  return app;
}

ExitStatus ExportCommand::Run(const Context& context) {
  if (format_ != "csv" && format_ != "json") {
    return context.Misused("--format", format_, context.messages(Key::kOneOf, "csv, json"));
  }
  v1::EventFilter filter;
  if (auto wrong = filter_.Fill(context, &filter)) return *wrong;
  if (auto wrong = span_.Read(context)) return *wrong;
  absl::Time since = absl::UnixEpoch();
  if (span_.since()) {
    since = *span_.since();
  } else {
    v1::GetStatusResponse status;
    const grpc::Status called =
        context.connection->Call(&v1::MemoryMonitor::Stub::GetStatus, {}, &status);
    if (!called.ok()) return context.Fail(called);
    if (status.database().has_oldest_event_time()) {
      since = FromProto(status.database().oldest_event_time());
    }
  }
  const bool csv = format_ == "csv";
  bool begun = false;
  const auto write = [&](const std::vector<v1::Event>& events) {
    if (csv && !begun) context.out << CsvLine(Header());
    begun = true;
    for (const v1::Event& event : events) {
      context.out << (csv ? CsvLine(Fields(event)) : absl::StrCat(ToJson(event), "\n"));
    }
    return context.out.good();
  };
  grpc::Status status =
      StoredEvents(context.connection, std::move(filter)).Read(since, span_.until(), write);
  // A table without rows is a table, too; a failure is none.
  if (status.ok() && !begun) write({});
  if (const ExitStatus told = context.Written(); told != ExitStatus::kWell) return told;
  StoredGaps gaps;
  std::optional<absl::Time> last_stored;
  if (status.ok()) {
    status = ReadGaps(*context.connection, since, span_.until(), &gaps, &last_stored);
  }
  if (!status.ok()) return context.Fail(status);
  TellGaps(context, gaps);
  TellLastStored(context, last_stored, span_.until());
  return gaps.empty() ? ExitStatus::kWell : ExitStatus::kWrong;
}

}  // namespace memmon::ctl
