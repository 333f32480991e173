// SPDX-License-Identifier: Apache-2.0

#include "ctl/history_command.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ctl/csv.h"
#include "ctl/json.h"
#include "ctl/option_values.h"
#include "ctl/sparkline.h"
#include "ctl/stored_gaps.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// The API's own limit.
constexpr int32_t kMostPoints = 2'000;

using Values = std::vector<std::optional<uint64_t>>;

absl::Duration StepOf(const v1::GetProcessHistoryResponse& history) {
  const auto& resolution = history.resolution();
  return absl::Seconds(resolution.seconds()) + absl::Nanoseconds(resolution.nanos());
}

// A value a step, from the first point on: a step without a point repeats the one
// before where `holds`, and is 0 otherwise.
Values Steps(const v1::GetProcessHistoryResponse& history, int32_t most, absl::Time end, bool holds,
             uint64_t (v1::HistoryPoint::*field)() const) {
  Values values;
  if (history.points().empty()) return values;
  const absl::Duration step = StepOf(history);
  const absl::Time start = FromProto(history.points(0).time());
  const auto last = std::max(end, FromProto(history.points().rbegin()->time()));
  int64_t count = 1;
  if (step > absl::ZeroDuration()) {
    count = std::clamp<int64_t>((last - start) / step + 1, 1, most);
  }
  values.assign(static_cast<size_t>(count), std::nullopt);
  for (const v1::HistoryPoint& point : history.points()) {
    const int64_t at = step > absl::ZeroDuration() ? (FromProto(point.time()) - start) / step : 0;
    if (at < 0 || at >= count) continue;
    values[static_cast<size_t>(at)] = (point.*field)();
  }
  std::optional<uint64_t> before;
  for (std::optional<uint64_t>& value : values) {
    if (value) {
      before = value;
    } else {
      value = holds ? before : 0;
    }
  }
  return values;
}

void PrintChart(const Context& context, Key title, const Values& values, bool plain) {
  const auto size = [&](uint64_t bytes) { return plain ? absl::StrCat(bytes) : HumanBytes(bytes); };
  uint64_t lowest = UINT64_MAX;
  uint64_t highest = 0;
  for (const auto& value : values) {
    if (!value) continue;
    lowest = std::min(lowest, *value);
    highest = std::max(highest, *value);
  }
  const Messages& say = context.messages;
  context.out << FitLeft(say(title), 11) << ' ' << Sparkline(values, context.utf8) << '\n'
              << std::string(12, ' ')
              << say(Key::kRange, size(lowest), size(highest), size(values.back().value_or(0)))
              << '\n';
}

void PrintCsv(const Context& context, const v1::GetProcessHistoryResponse& history) {
  context.out << CsvLine({"time", "held_bytes", "virtual_size_bytes", "max_virtual_size_bytes",
                          "requested_bytes", "released_bytes", "mmap_count", "munmap_count",
                          "failed_count"});
  for (const v1::HistoryPoint& point : history.points()) {
    context.out << CsvLine(
        {Rfc3339(FromProto(point.time())), absl::StrCat(point.held_bytes()),
         absl::StrCat(point.virtual_size_bytes()), absl::StrCat(point.max_virtual_size_bytes()),
         absl::StrCat(point.requested_bytes()), absl::StrCat(point.released_bytes()),
         absl::StrCat(point.mmap_count()), absl::StrCat(point.munmap_count()),
         absl::StrCat(point.failed_count())});
  }
}

}  // namespace

CLI::App* HistoryCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("history", messages(Key::kHelpHistory));
  app->add_option("PID", pid_, messages(Key::kHelpHistoryPid))
      ->type_name("")
      ->required()
      ->check(Pid(messages));
  span_.Define(app, messages);
  app->add_option("--points", points_, messages(Key::kHelpPoints))->type_name("N");
  app->add_flag("--csv", csv_, messages(Key::kHelpCsv));
  app->add_flag("--json", json_, messages(Key::kHelpJson));
  app->add_flag("--bytes", bytes_, messages(Key::kHelpBytes));
  return app;
}

ExitStatus HistoryCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  if (csv_ && json_) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kOnlyOne, "--csv", "--json")});
  }
  if (points_ < 1 || points_ > kMostPoints) {
    return context.Misused("--points", absl::StrCat(points_), say(Key::kCurePoints, kMostPoints));
  }
  if (auto wrong = span_.Read(context)) return *wrong;
  v1::GetProcessHistoryRequest request;
  request.mutable_process()->set_pid(pid_);
  if (span_.since()) *request.mutable_start_time() = ToProto(*span_.since());
  *request.mutable_end_time() = ToProto(span_.until());
  request.set_max_points(points_);
  v1::GetProcessHistoryResponse history;
  const grpc::Status status =
      context.connection->Call(&v1::MemoryMonitor::Stub::GetProcessHistory, request, &history);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return context.Fail(Failure{ExitStatus::kWrong, say(Key::kNoSuchProcess, pid_)});
  }
  if (!status.ok()) return context.Fail(status);

  if (json_) {
    context.out << ToJson(history) << '\n';
  } else if (csv_) {
    PrintCsv(context, history);
  } else if (history.points().empty()) {
    context.out << say(Key::kNoHistory, pid_) << '\n';
  } else {
    const v1::Process& process = history.process();
    const absl::Time first = FromProto(history.points(0).time());
    // After its end nothing holds any more.
    absl::Time end = span_.until();
    if (process.has_end_time()) end = std::min(end, FromProto(process.end_time()));
    using Point = v1::HistoryPoint;
    const Values held = Steps(history, points_, end, true, &Point::held_bytes);
    // A recording was made long ago: what is drawn ends where it does, not now.
    if (const absl::Duration step = StepOf(history); step > absl::ZeroDuration()) {
      end = std::min(end, first + static_cast<int64_t>(held.size()) * step);
    }
    context.out << say(Key::kHistoryOf, pid_, Printable(process.name(), context.utf8),
                       DateTime(FromProto(process.start_time()), context.zone))
                << '\n'
                << say(Key::kHistorySpan, DateTime(first, context.zone),
                       DateTime(end, context.zone), absl::FormatDuration(StepOf(history)))
                << '\n';
    PrintChart(context, Key::kColumnHeld, held, bytes_);
    PrintChart(context, Key::kColumnVirtual,
               Steps(history, points_, end, true, &Point::virtual_size_bytes), bytes_);
    PrintChart(context, Key::kAskedFor,
               Steps(history, points_, end, false, &Point::requested_bytes), bytes_);
    if (history.from_rollups()) context.out << say(Key::kFromRollups) << '\n';
  }
  TellGaps(context, history.gaps());
  if (history.has_last_stored_time()) {
    absl::Time until = span_.until();
    if (history.process().has_end_time()) {
      until = std::min(until, FromProto(history.process().end_time()));
    }
    TellLastStored(context, FromProto(history.last_stored_time()), until);
  }
  return context.Written(history.gaps().empty() ? ExitStatus::kWell : ExitStatus::kWrong);
}

}  // namespace memmon::ctl
