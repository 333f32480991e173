// SPDX-License-Identifier: Apache-2.0

#include "ctl/command_tree.h"

#include "absl/strings/str_split.h"
#include "ctl/event_text.h"

namespace memmon::ctl {
namespace {

OptionShape ShapeOf(const CLI::Option& option) {
  OptionShape shape;
  shape.long_names = option.get_lnames();
  shape.short_names = option.get_snames();
  shape.help = option.get_description();
  shape.takes_value = option.get_items_expected_max() > 0;
  if (!shape.takes_value) return shape;
  // What an option takes is said by the word that stands for it in --help.
  const std::string type = option.get_type_name();
  shape.takes_file = type == "FILE";
  if (type == "KIND") shape.choices = KindNames();
  if (type.find('|') != std::string::npos) shape.choices = absl::StrSplit(type, '|');
  return shape;
}

CommandShape ShapeOf(const CLI::App& app, const std::string& name) {
  CommandShape shape;
  shape.name = name;
  shape.help = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      shape.takes_file = shape.takes_file || option->get_name() == "FILE";
    } else {
      shape.options.push_back(ShapeOf(*option));
    }
  }
  return shape;
}

}  // namespace

std::vector<CommandShape> ShapesOf(const CLI::App& app) {
  std::vector<CommandShape> shapes = {ShapeOf(app, "")};
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (!command->get_group().empty()) shapes.push_back(ShapeOf(*command, command->get_name()));
  }
  return shapes;
}

}  // namespace memmon::ctl
