// SPDX-License-Identifier: Apache-2.0

#include "ctl/status_command.h"

#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ctl/absl_view.h"
#include "ctl/diagnosis.h"
#include "ctl/json.h"
#include "ctl/text.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

// Between the two looks that rates are made of.
constexpr std::chrono::seconds kRateSpan{1};

// Figures of a second.
struct Rates {
  uint64_t events = 0;
  uint64_t requested_bytes = 0;
  uint64_t stored = 0;
};

uint64_t PerSecond(uint64_t before, uint64_t after, double seconds) {
  // Smaller where a new capture began in between.
  return after <= before ? 0 : static_cast<uint64_t>(static_cast<double>(after - before) / seconds);
}

Rates RatesOf(const v1::GetStatusResponse& before, const v1::GetStatusResponse& after,
              double seconds) {
  return {
      PerSecond(before.totals().event_count(), after.totals().event_count(), seconds),
      PerSecond(before.totals().requested_bytes(), after.totals().requested_bytes(), seconds),
      PerSecond(before.database().stored_count(), after.database().stored_count(), seconds),
  };
}

std::string Paint(const Context& context, std::string_view text, const char* code) {
  return context.colour ? absl::StrCat("\033[", code, "m", AbslView(text), "\033[0m")
                        : std::string(text);
}

Key StateKey(v1::SourceStatus::State state) {
  switch (state) {
    case v1::SourceStatus::STATE_LIVE:
      return Key::kStateLive;
    case v1::SourceStatus::STATE_ENDED:
      return Key::kStateEnded;
    case v1::SourceStatus::STATE_FAILED:
      return Key::kStateFailed;
    default:
      return Key::kStateWaiting;
  }
}

Key StateKey(v1::DatabaseStatus::State state) {
  switch (state) {
    case v1::DatabaseStatus::STATE_CONNECTED:
      return Key::kDatabaseConnected;
    case v1::DatabaseStatus::STATE_DOWN:
      return Key::kStateDown;
    default:
      return Key::kStateOff;
  }
}

void PrintVerdict(const Context& context, const v1::GetStatusResponse& status,
                  const Diagnosis& diagnosis) {
  const Messages& say = context.messages;
  std::string since;
  if (diagnosis.capturing) {
    since = DateTime(FromProto(status.totals().capture_start_time()), context.zone);
  }
  const std::string verdict = !diagnosis.capturing ? say(Key::kNothingYet)
                              : diagnosis.complete ? say(Key::kComplete, since)
                                                   : say(Key::kNotComplete, since);
  const char* colour = diagnosis.complete && diagnosis.problems.empty() ? "1;32" : "1;31";
  context.out << Paint(context, verdict, colour) << '\n';
}

void PrintFacts(const Context& context, const v1::GetStatusResponse& status,
                const std::optional<Rates>& rates) {
  const Messages& say = context.messages;
  const v1::SourceStatus& source = status.source();
  size_t width = 0;
  for (const Key title : {Key::kSource, Key::kEvents, Key::kNow, Key::kDatabase, Key::kService}) {
    width = std::max(width, Width(say(title)));
  }
  const auto line = [&](Key title, const std::string& text) {
    context.out << "  " << FitLeft(say(title), width) << "  " << text << '\n';
  };
  std::string about = absl::StrCat(Printable(source.name()), ", ", say(StateKey(source.state())));
  if (!source.kernel_release().empty()) {
    absl::StrAppend(&about, ", ",
                    say(Key::kKernel, Printable(source.kernel_release()), source.cpu_count()));
  }
  line(Key::kSource, about);
  line(Key::kEvents, say(Key::kEventsText, GroupedCount(status.totals().event_count()),
                         HumanBytes(status.totals().requested_bytes())));
  if (rates) {
    line(Key::kNow, say(Key::kNowText, GroupedCount(rates->events),
                        HumanBytes(rates->requested_bytes), GroupedCount(rates->stored)));
  }
  const v1::DatabaseStatus& database = status.database();
  std::string stored = say(StateKey(database.state()));
  if (database.state() != v1::DatabaseStatus::STATE_OFF) {
    absl::StrAppend(&stored, ", ", say(Key::kStoredText, GroupedCount(database.stored_count())));
    if (database.size_bytes() > 0) {
      absl::StrAppend(&stored, ", ", say(Key::kOnDisk, HumanBytes(database.size_bytes())));
    }
  }
  line(Key::kDatabase, stored);
  const v1::ServiceStatus& service = status.service();
  line(Key::kService,
       say(Key::kServiceText, Printable(service.version()), context.connection->address(),
           HumanSpan(absl::Now() - FromProto(service.start_time())),
           HumanBytes(service.resident_bytes()), service.subscriber_count()));
}

void PrintFindings(const Context& context, const Diagnosis& diagnosis) {
  const Messages& say = context.messages;
  for (const std::string& note : diagnosis.notes) {
    context.out << "  " << say(Key::kNote, note) << '\n';
  }
  for (const Problem& problem : diagnosis.problems) {
    context.out << '\n' << Paint(context, problem.what, "1;31") << '\n';
    if (!problem.cure.empty()) context.out << "  " << say(Key::kCure, problem.cure) << '\n';
  }
}

void PrintJson(const Context& context, const v1::GetStatusResponse& status,
               const Diagnosis& diagnosis, const std::optional<Rates>& rates) {
  std::ostream& out = context.out;
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  out << R"({"complete":)" << boolean(diagnosis.complete) << R"(,"lostCount":")" << diagnosis.lost
      << R"(","problems":[)";
  for (size_t i = 0; i < diagnosis.problems.size(); ++i) {
    out << (i > 0 ? "," : "") << R"({"what":)" << JsonString(diagnosis.problems[i].what)
        << R"(,"cure":)" << JsonString(diagnosis.problems[i].cure) << '}';
  }
  out << R"(],"notes":[)";
  for (size_t i = 0; i < diagnosis.notes.size(); ++i) {
    out << (i > 0 ? "," : "") << JsonString(diagnosis.notes[i]);
  }
  out << ']';
  if (rates) {
    out << R"(,"perSecond":{"events":")" << rates->events << R"(","requestedBytes":")"
        << rates->requested_bytes << R"(","stored":")" << rates->stored << R"("})";
  }
  out << R"(,"status":)" << ToJson(status) << "}\n";
}

}  // namespace

CLI::App* StatusCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("status", messages(Key::kHelpStatus));
  app->add_flag("--json", json_, messages(Key::kHelpJson));
  app->add_flag("--quick", quick_, messages(Key::kHelpQuick));
  return app;
}

ExitStatus StatusCommand::Run(const Context& context) {
  v1::GetStatusResponse status;
  grpc::Status called = context.connection->Call(&v1::MemoryMonitor::Stub::GetStatus, {}, &status);
  if (!called.ok()) return context.Fail(called);
  std::optional<Rates> rates;
  if (!quick_ && status.source().state() == v1::SourceStatus::STATE_LIVE) {
    const v1::GetStatusResponse before = status;
    const absl::Time asked = absl::Now();
    if (context.stop->WaitFor(kRateSpan)) return ExitStatus::kWell;
    called = context.connection->Call(&v1::MemoryMonitor::Stub::GetStatus, {}, &status);
    if (!called.ok()) return context.Fail(called);
    rates = RatesOf(before, status, absl::ToDoubleSeconds(absl::Now() - asked));
  }
  const Diagnosis diagnosis = Diagnose(status, context.messages);
  if (json_) {
    PrintJson(context, status, diagnosis, rates);
  } else {
    PrintVerdict(context, status, diagnosis);
    PrintFacts(context, status, rates);
    PrintFindings(context, diagnosis);
  }
  return diagnosis.problems.empty() ? ExitStatus::kWell : ExitStatus::kWrong;
}

}  // namespace memmon::ctl
