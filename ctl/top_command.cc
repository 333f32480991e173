// SPDX-License-Identifier: Apache-2.0

#include "ctl/top_command.h"

#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>

#include "ctl/diagnosis.h"
#include "ctl/option_values.h"
#include "ctl/screen.h"
#include "ctl/top_page.h"
#include "ctl/top_state.h"
#include "ctl/units.h"

namespace memmon::ctl {
namespace {

using std::chrono::milliseconds;

// How long a key may wait for what comes from memmond, and the other way round.
constexpr milliseconds kLook{100};
// A long snapshot comes in several messages, one right after the other.
constexpr milliseconds kSnapshotPause{200};
// The API's own limits.
constexpr absl::Duration kLeastInterval = absl::Milliseconds(20);
constexpr absl::Duration kLongestInterval = absl::Seconds(60);

}  // namespace

CLI::App* TopCommand::Define(CLI::App* parent, const Messages& messages) {
  CLI::App* app = parent->add_subcommand("top", messages(Key::kHelpTop));
  app->add_option("-d,--interval", interval_, messages(Key::kHelpInterval))->type_name("SPAN");
  app->add_flag("-b,--batch", batch_, messages(Key::kHelpBatch));
  app->add_option("-n,--count", count_, messages(Key::kHelpCountBatch))
      ->type_name("N")
      ->check(Count(messages));
  filter_.Define(app, messages);
  app->add_flag("--bytes", bytes_, messages(Key::kHelpBytes));
  return app;
}

ExitStatus TopCommand::Run(const Context& context) {
  const Messages& say = context.messages;
  v1::StreamProcessesRequest request;
  v1::ProcessOrder order;
  if (auto wrong = filter_.Fill(context, request.mutable_filter(), &order)) return *wrong;
  request.set_order(order);
  const std::optional<absl::Duration> interval = ParseSpan(interval_);
  if (!interval || *interval < kLeastInterval || *interval > kLongestInterval) {
    return context.Misused("--interval", interval_, say(Key::kCureInterval));
  }
  const auto nanos = absl::ToInt64Nanoseconds(*interval);
  request.mutable_min_interval()->set_seconds(nanos / 1'000'000'000);
  request.mutable_min_interval()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));

  // Whoever cannot connect is told in the terminal as it was.
  v1::GetStatusResponse status;
  const grpc::Status called =
      context.connection->Call(&v1::MemoryMonitor::Stub::GetStatus, {}, &status);
  if (!called.ok()) return context.Fail(called);
  if (batch_) return Batch(context, request, *interval);
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) {
    return context.Fail(Failure{ExitStatus::kUsage, say(Key::kNoTerminal)});
  }
  std::string notice;
  if (status.source().state() == v1::SourceStatus::STATE_WAITING ||
      status.source().state() == v1::SourceStatus::STATE_FAILED) {
    const Problem problem = Diagnose(status, say).problems.front();
    notice = problem.what + ". " + problem.cure;
  }
  return Interactive(context, request, notice);
}

ExitStatus TopCommand::Batch(const Context& context, const v1::StreamProcessesRequest& request,
                             absl::Duration interval) {
  ProcessFeed feed(context.connection);
  feed.Ask(request);
  ProcessView view;
  const PageOptions options{
      .zone = context.zone, .now = absl::Now(), .bytes = bytes_, .utf8 = context.utf8};
  for (uint64_t printed = 0; count_ == 0 || printed < count_; ++printed) {
    const auto pause = printed == 0 ? std::chrono::nanoseconds(kSnapshotPause)
                                    : absl::ToChronoNanoseconds(interval);
    if (printed == 0) {
      while (!feed.Take(view.version, kLook, &view)) {
        if (context.stop->asked()) return ExitStatus::kWell;
      }
    }
    if (context.stop->WaitFor(pause)) break;
    feed.Take(view.version, std::chrono::nanoseconds(0), &view);
    if (view.failure) return context.Fail(*view.failure);
    TopState state(request);
    state.Take(view);
    PageOptions now = options;
    now.now = absl::Now();
    context.out << (printed > 0 ? "\n" : "") << BatchPage(state, now, context.messages);
    if (const ExitStatus told = context.Written(); told != ExitStatus::kWell) return told;
  }
  return ExitStatus::kWell;
}

ExitStatus TopCommand::Interactive(const Context& context,
                                   const v1::StreamProcessesRequest& request,
                                   const std::string& notice) {
  std::optional<Failure> failure;
  {
    const std::unique_ptr<Screen> screen = Screen::Open(context.colour);
    if (screen == nullptr) {
      const std::string terminal = context.environment.Get("TERM");
      return context.Fail(
          Failure{ExitStatus::kUsage, context.messages(Key::kUnknownTerminal, terminal)});
    }
    TopState state(request);
    ProcessView first;
    first.trouble = notice;
    state.Take(first);
    ProcessFeed feed(context.connection);
    feed.Ask(state.request());
    uint64_t version = 0;
    while (!context.stop->asked()) {
      ProcessView view;
      if (feed.Take(version, std::chrono::nanoseconds(0), &view)) {
        version = view.version;
        failure = view.failure;
        if (failure) break;
        // An empty answer does not say more than why it is empty.
        if (view.rows.empty() && view.trouble.empty()) view.trouble = notice;
        state.Take(std::move(view));
      }
      screen->Draw(TopPage(&state,
                           {.width = screen->width(),
                            .height = screen->height(),
                            .zone = context.zone,
                            .now = absl::Now(),
                            .bytes = bytes_,
                            .utf8 = context.utf8},
                           context.messages));
      const KeyPress key = screen->Read(kLook);
      const size_t height = screen->height();
      const auto effect = state.Press(key, height > kFrameLines ? height - kFrameLines : 1);
      if (effect == TopState::Effect::kQuit) break;
      if (effect == TopState::Effect::kAsk) feed.Ask(state.request());
    }
  }
  // Only now: the terminal is as it was.
  return failure ? context.Fail(*failure) : ExitStatus::kWell;
}

}  // namespace memmon::ctl
