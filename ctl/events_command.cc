// SPDX-License-Identifier: Apache-2.0

#include "ctl/events_command.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "ctl/diagnosis.h"
#include "ctl/event_follower.h"
#include "ctl/event_printer.h"
#include "ctl/option_values.h"
#include "ctl/resume_file.h"
#include "ctl/stored_events.h"
#include "ctl/stored_gaps.h"
#include "ctl/time_text.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kLast = 100;

}  // namespace

CLI::App* EventsCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("events", messages(Key::kHelpEvents));
  app->add_flag("-f,--follow", follow_, messages(Key::kHelpFollow));
  span_.Define(app, messages);
  app->add_option("-n,--limit", limit_, messages(Key::kHelpLimit))
      ->type_name("N")
      ->check(Count(messages));
  filter_.Define(app, messages);
  app->add_option("--resume-file", resume_file_, messages(Key::kHelpResumeFile))->type_name("FILE");
  app->add_flag("--json", json_, messages(Key::kHelpJsonLines));
  app->add_flag("--bytes", bytes_, messages(Key::kHelpBytes));
  return app;
}

ExitStatus EventsCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  v1::EventFilter filter;
  if (auto wrong = filter_.Fill(context, &filter)) return *wrong;
  if (auto wrong = span_.Read(context)) return *wrong;
  if (follow_ && span_.given()) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kFollowOrSince)});
  }
  if (!follow_ && !resume_file_.empty()) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kResumeNeedsFollow)});
  }
  // The token stands behind a whole message: where only half of it was wanted, the
  // other half would be left out next time.
  if (limit_ > 0 && !resume_file_.empty()) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kResumeOrLimit)});
  }
  return follow_ ? Follow(context, std::move(filter)) : Stored(context, std::move(filter));
}

ExitStatus EventsCommand::Follow(const Context& context, v1::EventFilter filter) {
  const Messages& say = context.messages;
  v1::StreamEventsRequest request;
  *request.mutable_filter() = std::move(filter);
  std::optional<ResumeFile> resume;
  if (!resume_file_.empty()) {
    resume.emplace(resume_file_);
    const std::optional<std::string> token = resume->Load();
    if (!token) {
      return context.Fail(Failure{ExitStatus::kUsage, say(Key::kCannotRead, "--resume-file",
                                                          resume_file_, strerror(errno))});
    }
    request.set_resume_token(*token);
  }
  // Whoever cannot connect at all is told at once; and why nothing may come.
  v1::GetStatusResponse status;
  grpc::Status called = context.connection->Call(&v1::MemoryMonitor::Stub::GetStatus, {}, &status);
  if (!called.ok()) return context.Fail(called);
  if (status.source().state() != v1::SourceStatus::STATE_LIVE) {
    const Diagnosis diagnosis = Diagnose(status, say);
    for (const Problem& problem : diagnosis.problems) {
      context.err << "memmonctl: " << problem.what << ". " << problem.cure << std::endl;
    }
    for (const std::string& note : diagnosis.notes) {
      context.err << "memmonctl: " << note << std::endl;
    }
  }

  EventPrinter printer(context, json_,
                       {.zone = context.zone, .bytes = bytes_, .utf8 = context.utf8});
  std::optional<Failure> failure;
  const auto print = [&](const v1::StreamEventsResponse& response) {
    if (response.has_gap()) printer.Print(response.gap());
    for (const v1::Event& event : response.events()) {
      if (limit_ > 0 && printer.printed() == limit_) break;
      printer.Print(event);
    }
    if (!printer.Flush()) {
      failure = {ExitStatus::kWrong, say(Key::kCannotWrite, "stdout", strerror(errno))};
      return false;
    }
    if (resume && !resume->Keep(response.resume_token())) {
      failure = {ExitStatus::kWrong, say(Key::kCannotWrite, resume_file_, strerror(errno))};
      return false;
    }
    return limit_ == 0 || printer.printed() < limit_;
  };
  const auto told = [&](const grpc::Status& why, std::chrono::nanoseconds pause) {
    const std::string reason =
        why.ok() ? say(Key::kStreamEnded) : context.connection->Explain(why).text;
    context.err << "memmonctl: "
                << say(Key::kTryingAgain, reason,
                       HumanSpan(absl::FromChrono(pause) + absl::Milliseconds(999)))
                << std::endl;
  };
  EventFollower follower(context.connection, say, context.stop,
                         base::Backoff(milliseconds(500), seconds(30)));
  called = follower.Follow(std::move(request), print, told);
  if (resume && !resume->Flush() && !failure) {
    failure = {ExitStatus::kWrong, say(Key::kCannotWrite, resume_file_, strerror(errno))};
  }
  if (failure) return context.Fail(*failure);
  if (!called.ok()) {
    if (called.error_code() == grpc::StatusCode::INVALID_ARGUMENT && resume) {
      Failure why = context.connection->Explain(called);
      why.text = say(Key::kResumeRefused, why.text, resume_file_);
      return context.Fail(why);
    }
    return context.Fail(called);
  }
  return printer.missing() ? ExitStatus::kWrong : ExitStatus::kWell;
}

ExitStatus EventsCommand::Stored(const Context& context, v1::EventFilter filter) {
  EventPrinter printer(context, json_,
                       {.zone = context.zone, .date = true, .bytes = bytes_, .utf8 = context.utf8});
  bool written = true;
  std::optional<absl::Time> since = span_.since();
  absl::Time until = span_.until();
  const auto print = [&](const std::vector<v1::Event>& events) {
    if (!since) since = FromProto(events.front().event_time());
    for (const v1::Event& event : events) {
      if (limit_ > 0 && printer.printed() == limit_) {
        until = std::min(until, FromProto(event.event_time()));
        return false;
      }
      printer.Print(event);
    }
    written = printer.Flush();
    return written;
  };
  const StoredEvents stored(context.connection, std::move(filter));
  grpc::Status status = span_.since()
                            ? stored.Read(*span_.since(), span_.until(), print)
                            : stored.ReadLast(limit_ > 0 ? limit_ : kLast, span_.until(), print);
  if (!written) return context.Written();
  StoredGaps gaps;
  std::optional<absl::Time> last_stored;
  if (status.ok() && since) {
    status = ReadGaps(*context.connection, *since, until, &gaps, &last_stored);
  }
  if (!status.ok()) return context.Fail(status);
  TellGaps(context, gaps);
  TellLastStored(context, last_stored, until);
  return printer.missing() || !gaps.empty() ? ExitStatus::kWrong : ExitStatus::kWell;
}

}  // namespace memmon::ctl
