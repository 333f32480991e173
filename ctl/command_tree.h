// SPDX-License-Identifier: Apache-2.0
//
// What memmonctl can be asked, read off the very parser that takes it, so that
// completions cannot tell another story.

#ifndef MEMMON_CTL_COMMAND_TREE_H_
#define MEMMON_CTL_COMMAND_TREE_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace memmon::ctl {

struct OptionShape {
  std::vector<std::string> long_names;   // without dashes
  std::vector<std::string> short_names;  // one letter each
  std::string help;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> choices;  // where only these can be given
};

struct CommandShape {
  std::string name;  // empty for memmonctl itself
  std::string help;
  std::vector<OptionShape> options;
  bool takes_file = false;  // as an argument
};

// memmonctl itself first, whose options every command takes, too. Hidden commands
// are left out.
std::vector<CommandShape> ShapesOf(const CLI::App& app);

}  // namespace memmon::ctl

#endif  // MEMMON_CTL_COMMAND_TREE_H_
