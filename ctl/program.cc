// SPDX-License-Identifier: Apache-2.0

#include "ctl/program.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ctl/calls_command.h"
#include "ctl/command.h"
#include "ctl/completion_command.h"
#include "ctl/connection.h"
#include "ctl/events_command.h"
#include "ctl/export_command.h"
#include "ctl/history_command.h"
#include "ctl/messages.h"
#include "ctl/ps_command.h"
#include "ctl/record_command.h"
#include "ctl/replay_command.h"
#include "ctl/status_command.h"
#include "ctl/suggestion.h"
#include "ctl/top_command.h"

namespace memmon::ctl {
namespace {

// In the order of --help.
std::vector<std::unique_ptr<Command>> AllCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(std::make_unique<StatusCommand>());
  commands.push_back(std::make_unique<TopCommand>());
  commands.push_back(std::make_unique<EventsCommand>());
  commands.push_back(std::make_unique<PsCommand>());
  commands.push_back(std::make_unique<HistoryCommand>());
  commands.push_back(std::make_unique<CallsCommand>());
  commands.push_back(std::make_unique<RecordCommand>());
  commands.push_back(std::make_unique<ReplayCommand>());
  commands.push_back(std::make_unique<ExportCommand>());
  commands.push_back(std::make_unique<CompletionCommand>());
  return commands;
}

// What is true of memmonctl whatever the command.
struct GlobalOptions {
  ConnectionOptions connection;
  bool utc = false;
  bool version = false;
};

void DefineGlobal(CLI::App* app, GlobalOptions* options, const Messages& messages) {
  // CLI11's own words.
  const auto formatter = app->get_formatter();
  for (const auto& [label, key] :
       {std::pair{"Usage", Key::kUsageWord}, std::pair{"OPTIONS", Key::kOptionsWord},
        std::pair{"SUBCOMMAND", Key::kCommandWord}, std::pair{"Positionals", Key::kArgumentsWord},
        std::pair{"REQUIRED", Key::kRequiredWord}}) {
    formatter->label(label, messages(key));
  }
  app->option_defaults()->group(messages(Key::kOptionsTitle));
  app->set_help_flag("-h,--help", messages(Key::kHelpHelp));
  app->get_help_ptr()->group(messages(Key::kOptionsTitle));
  app->add_option("--address", options->connection.address, messages(Key::kHelpAddress))
      ->type_name("HOST:PORT");
  CredentialFiles& files = options->connection.files;
  for (const auto& [name, file, key] :
       {std::tuple("--tls-ca", &files.tls_ca, Key::kHelpTlsCa),
        std::tuple("--tls-client-cert", &files.tls_client_cert, Key::kHelpTlsClientCert),
        std::tuple("--tls-client-key", &files.tls_client_key, Key::kHelpTlsClientKey),
        std::tuple("--token-file", &files.token, Key::kHelpTokenFile)}) {
    app->add_option(name, *file, messages(key))->type_name("FILE");
  }
  app->add_flag("--utc", options->utc, messages(Key::kHelpUtc));
  app->add_flag("--version", options->version, messages(Key::kHelpVersion));
  app->footer(messages(Key::kHelpFooter));
}

bool IsUtf8(const Environment& environment) {
  const std::string locale = absl::AsciiStrToLower(environment.Locale("LC_CTYPE"));
  return absl::StrContains(locale, "utf-8") || absl::StrContains(locale, "utf8");
}

// NO_COLOR is https://no-color.org's.
bool ShowsColour(const Surroundings& around) {
  const std::string terminal = around.environment.Get("TERM");
  return around.out_is_terminal && around.environment.Get("NO_COLOR").empty() &&
         !terminal.empty() && terminal != "dumb";
}

// What can stand where `typed` does: options of the command and of memmonctl, or commands.
std::vector<std::string> KnownWords(const CLI::App& app, const CLI::App* command,
                                    std::string_view typed) {
  std::vector<std::string> words;
  if (absl::StartsWith(AbslView(typed), "-")) {
    for (const CLI::App* owner : {command, &app}) {
      if (owner == nullptr) continue;
      for (const CLI::Option* option : owner->get_options()) {
        for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
      }
    }
  } else if (command == nullptr) {
    for (const CLI::App* known : app.get_subcommands(nullptr)) words.push_back(known->get_name());
  }
  return words;
}

ExitStatus TellUsage(const CLI::App& app, const CLI::ParseError& error, const Messages& messages,
                     std::ostream& err) {
  const auto chosen = app.get_subcommands();
  const CLI::App* command = chosen.empty() ? nullptr : chosen[0];
  std::string what;
  std::string meant;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> unknown = app.remaining(true);
    what = messages(Key::kUnexpected, absl::StrJoin(unknown, " "));
    const std::string typed = unknown[0].substr(0, unknown[0].find('='));
    meant = Suggestion(typed, KnownWords(app, command, typed));
  } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const std::string said = error.what();
    what = messages(Key::kMissing, said.substr(0, said.find(" is required")));
  } else {
    what = messages(Key::kCannotTake,
                    absl::StrReplaceAll(absl::StripAsciiWhitespace(error.what()), {{"\n", " "}}));
  }
  const std::string help =
      absl::StrCat("memmonctl ", command == nullptr ? "" : command->get_name() + " ", "--help");
  err << "memmonctl: "
      << (meant.empty() ? messages(Key::kSeeHelp, what, help)
                        : messages(Key::kDidYouMean, what, meant, help))
      << std::endl;
  return ExitStatus::kUsage;
}

// Nobody is told that all is well who could not be told anything.
ExitStatus Written(const Surroundings& around, const Messages& messages) {
  around.out.flush();
  if (around.out.good()) return ExitStatus::kWell;
  around.err << "memmonctl: " << messages(Key::kCannotWrite, "stdout", strerror(errno))
             << std::endl;
  return ExitStatus::kWrong;
}

}  // namespace

ExitStatus RunProgram(const std::vector<std::string>& arguments, const Surroundings& around) {
  const Messages messages(LanguageOf(around.environment));
  GlobalOptions options;
  CLI::App app(messages(Key::kHelpProgram), "memmonctl");
  DefineGlobal(&app, &options, messages);
  std::vector<std::pair<CLI::App*, std::unique_ptr<Command>>> commands;
  for (std::unique_ptr<Command>& command : AllCommands()) {
    CLI::App* defined = command->Define(&app, messages);
    // What is everybody's may stand behind the command, too.
    defined->fallthrough();
    defined->set_help_flag("-h,--help", messages(Key::kHelpHelp));
    if (!defined->get_group().empty()) defined->group(messages(Key::kCommandsTitle));
    commands.emplace_back(defined, std::move(command));
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    // As other programs have it: "help" is --help, and "help ps" is "ps --help".
    if (!arguments.empty() && arguments[0] == "help") {
      reversed.pop_back();
      reversed.insert(reversed.begin(), "--help");
    }
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    around.out << app.help() << std::endl;
    return Written(around, messages);
  } catch (const CLI::ParseError& error) {
    return TellUsage(app, error, messages, around.err);
  }
  if (options.version) {
    around.out << "memmonctl " MEMMON_VERSION << std::endl;
    return Written(around, messages);
  }
  const auto chosen = std::find_if(commands.begin(), commands.end(),
                                   [](const auto& entry) { return entry.first->parsed(); });
  if (chosen == commands.end()) {
    around.err << app.help();
    return ExitStatus::kUsage;
  }

  Context context{around.environment, messages, around.out,           around.err,
                  around.stop,        nullptr,  absl::LocalTimeZone()};
  if (options.utc) context.zone = absl::UTCTimeZone();
  context.terminal = around.out_is_terminal;
  context.utf8 = IsUtf8(around.environment);
  context.colour = ShowsColour(around);
  std::unique_ptr<Connection> connection;
  if (chosen->second->needs_connection()) {
    Failure failure;
    connection = Connection::Open(options.connection, around.environment, around.socket_path,
                                  messages, around.stop, &failure);
    if (connection == nullptr) return context.Fail(failure);
    context.connection = connection.get();
  }
  const ExitStatus status = chosen->second->Run(context);
  return status == ExitStatus::kWell ? Written(around, messages) : status;
}

}  // namespace memmon::ctl
