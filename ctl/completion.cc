// SPDX-License-Identifier: Apache-2.0

#include "ctl/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace memmon::ctl {
namespace {

// "--limit", "-n".
std::vector<std::string> Flags(const OptionShape& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.long_names) flags.push_back("--" + name);
  for (const std::string& name : option.short_names) flags.push_back("-" + name);
  return flags;
}

std::string Flags(const CommandShape& command) {
  std::string all;
  for (const OptionShape& option : command.options) {
    for (const std::string& flag : Flags(option)) absl::StrAppend(&all, " ", flag);
  }
  return all;
}

std::string Names(const std::vector<CommandShape>& commands, const char* separator) {
  std::vector<std::string> names;
  for (const CommandShape& command : commands) {
    if (!command.name.empty()) names.push_back(command.name);
  }
  return absl::StrJoin(names, separator);
}

// Between single quotes, in every shell but fish.
std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string FishQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

// In _arguments' own language brackets and colons mean something.
std::string ZshSpec(const OptionShape& option, const std::string& flag) {
  const std::string help =
      absl::StrReplaceAll(option.help, {{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
  std::string spec = absl::StrCat("*", flag, "[", help, "]");
  if (!option.takes_value) return Quoted(spec);
  if (option.takes_file) return Quoted(absl::StrCat(spec, ":file:_files"));
  if (!option.choices.empty()) {
    return Quoted(absl::StrCat(spec, ":value:(", absl::StrJoin(option.choices, " "), ")"));
  }
  return Quoted(absl::StrCat(spec, ":value: "));
}

std::string ZshSpecs(const CommandShape& command) {
  std::string specs;
  for (const OptionShape& option : command.options) {
    for (const std::string& flag : Flags(option)) {
      absl::StrAppend(&specs, " \\\n        ", ZshSpec(option, flag));
    }
  }
  return specs;
}

}  // namespace

std::string BashCompletion(const std::vector<CommandShape>& commands) {
  std::string values;
  std::string words;
  for (const CommandShape& command : commands) {
    const std::string of = command.name.empty() ? "*" : command.name;
    for (const OptionShape& option : command.options) {
      if (!option.takes_value) continue;
      std::string patterns;
      for (const std::string& flag : Flags(option)) {
        absl::StrAppend(&patterns, patterns.empty() ? "" : " | ", of, ":", flag);
      }
      const std::string reply =
          option.takes_file ? "compgen -f -- \"$cur\""
          : option.choices.empty()
              ? ":"
              : absl::StrCat("compgen -W '", absl::StrJoin(option.choices, " "), "' -- \"$cur\"");
      absl::StrAppend(&values, "    ", patterns, ") mapfile -t COMPREPLY < <(", reply,
                      "); return ;;\n");
    }
    if (command.name.empty()) continue;
    absl::StrAppend(&words, "    ", command.name, ") words='", Flags(command), "' ;;\n");
  }
  std::string files;
  for (const CommandShape& command : commands) {
    if (command.takes_file) absl::StrAppend(&files, files.empty() ? "" : " | ", command.name);
  }
  return absl::StrCat(
      "# bash completion of memmonctl; made by: memmonctl completion bash\n"
      "_memmonctl() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  local command='' word words=''\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case $word in ",
      Names(commands, " | "),
      ") command=$word; break ;; esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case $command:$prev in\n",
      values,
      "  esac\n"
      "  case $command in\n",
      words, "    '') words='", Names(commands, " "),
      "' ;;\n"
      "  esac\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words",
      Flags(commands.front()),
      "\" -- \"$cur\")\n"
      "  case $command in ",
      files,
      ") [[ $cur == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;; esac\n"
      "}\n"
      "complete -o filenames -F _memmonctl memmonctl\n");
}

std::string ZshCompletion(const std::vector<CommandShape>& commands) {
  std::string list;
  std::string cases;
  for (const CommandShape& command : commands) {
    if (command.name.empty()) continue;
    absl::StrAppend(
        &list, "    ",
        Quoted(absl::StrCat(command.name, ":", absl::StrReplaceAll(command.help, {{":", "\\:"}}))),
        "\n");
    absl::StrAppend(&cases, "    ", command.name, ")\n      _arguments", ZshSpecs(command),
                    ZshSpecs(commands.front()),
                    command.takes_file ? " \\\n        '1:file:_files'" : "", "\n      ;;\n");
  }
  return absl::StrCat(
      "#compdef memmonctl\n"
      "# zsh completion of memmonctl; made by: memmonctl completion zsh\n"
      "_memmonctl() {\n"
      "  local curcontext=$curcontext state line\n"
      "  typeset -A opt_args\n"
      "  local -a commands\n"
      "  commands=(\n",
      list,
      "  )\n"
      "  _arguments -C",
      ZshSpecs(commands.front()),
      " \\\n        '1:command:->command' '*::argument:->arguments'\n"
      "  case $state in\n"
      "    command) _describe command commands ;;\n"
      "    arguments)\n"
      "    case $line[1] in\n",
      cases,
      "    esac\n"
      "    ;;\n"
      "  esac\n"
      "}\n"
      "if [[ $funcstack[1] == _memmonctl ]]; then _memmonctl \"$@\"; "
      "else compdef _memmonctl memmonctl; fi\n");
}

std::string FishCompletion(const std::vector<CommandShape>& commands) {
  std::string script =
      "# fish completion of memmonctl; made by: memmonctl completion fish\n"
      "complete -c memmonctl -f\n";
  for (const CommandShape& command : commands) {
    std::string condition;
    if (!command.name.empty()) {
      absl::StrAppend(&script, "complete -c memmonctl -n __fish_use_subcommand -a ", command.name,
                      " -d ", FishQuoted(command.help), "\n");
      condition = absl::StrCat(" -n '__fish_seen_subcommand_from ", command.name, "'");
      if (command.takes_file) absl::StrAppend(&script, "complete -c memmonctl", condition, " -F\n");
    }
    for (const OptionShape& option : command.options) {
      absl::StrAppend(&script, "complete -c memmonctl", condition);
      for (const std::string& name : option.long_names) absl::StrAppend(&script, " -l ", name);
      for (const std::string& name : option.short_names) absl::StrAppend(&script, " -s ", name);
      if (option.takes_file) {
        absl::StrAppend(&script, " -rF");
      } else if (!option.choices.empty()) {
        absl::StrAppend(&script, " -xa ", FishQuoted(absl::StrJoin(option.choices, " ")));
      } else if (option.takes_value) {
        absl::StrAppend(&script, " -x");
      }
      absl::StrAppend(&script, " -d ", FishQuoted(option.help), "\n");
    }
  }
  return script;
}

}  // namespace memmon::ctl
