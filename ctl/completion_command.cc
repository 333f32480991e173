// SPDX-License-Identifier: Apache-2.0

#include "ctl/completion_command.h"

#include "ctl/command_tree.h"
#include "ctl/completion.h"

namespace memmon::ctl {

CLI::App* CompletionCommand::Define(CLI::App* parent, const Messages& messages) {
  root_ = parent;
  CLI::App* app = parent->add_subcommand("completion", messages(Key::kHelpCompletion));
  app->group("");
  app->add_option("SHELL", shell_, messages(Key::kHelpShell))->type_name("")->required();
  return app;
}

ExitStatus CompletionCommand::Run(const Context& context) {
  const auto commands = ShapesOf(*root_);
  if (shell_ == "bash") {
    context.out << BashCompletion(commands);
  } else if (shell_ == "zsh") {
    context.out << ZshCompletion(commands);
  } else if (shell_ == "fish") {
    context.out << FishCompletion(commands);
  } else {
    return context.Misused("SHELL", shell_, context.messages(Key::kOneOf, "bash, zsh, fish"));
  }
  return ExitStatus::kWell;
}

}  // namespace memmon::ctl
