// Completion scripts, from what the command line itself says of its options.

#include "actors/command/program.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

namespace freehold::command {
namespace {

struct option_words {
  std::vector<std::string> names; ///< "--json", "-h"
  std::string what;
  std::vector<std::string> values; ///< when only these are taken
  bool takes_value = false;
};

// CLI11 describes such a choice as "TEXT:{auto,always,never}".
std::vector<std::string> choices(const CLI::Option& from) {
  const std::string type = from.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos)
    return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

option_words words_of(const CLI::Option& from) {
  option_words made;
  for (const std::string& each : from.get_snames())
    made.names.push_back("-" + each);
  for (const std::string& each : from.get_lnames())
    made.names.push_back("--" + each);
  made.what = from.get_description();
  made.values = choices(from);
  made.takes_value = from.get_items_expected_max() > 0;
  return made;
}

std::vector<option_words> options_of(const CLI::App& app) {
  std::vector<option_words> all;
  for (const CLI::Option* each : app.get_options())
    all.push_back(words_of(*each));
  return all;
}

std::string joined(const std::vector<std::string>& words) {
  return CLI::detail::join(words, " ");
}

std::vector<std::string> names_of(const std::vector<option_words>& all) {
  std::vector<std::string> names;
  for (const option_words& each : all)
    names.insert(names.end(), each.names.begin(), each.names.end());
  return names;
}

/// What may stand without an option: the choices of the positional, or files.
std::string bash_positional(const std::vector<option_words>& all) {
  for (const option_words& each : all)
    if (each.names.empty() && !each.values.empty())
      return fmt::format("COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))", joined(each.values));
  return "COMPREPLY=($(compgen -f -- \"$cur\"))";
}

std::string bash_values(const std::vector<option_words>& all) {
  std::string cases;
  for (const option_words& each : all) {
    if (each.names.empty() || !each.takes_value)
      continue;
    cases += fmt::format(
        "        {}) COMPREPLY=({}); return ;;\n", CLI::detail::join(each.names, "|"),
        each.values.empty() ? ""
                            : fmt::format("$(compgen -W \"{}\" -- \"$cur\")", joined(each.values)));
  }
  return cases;
}

std::string bash(const CLI::App& app) {
  std::string cases;
  std::vector<std::string> commands;
  for (const CLI::App* each : app.get_subcommands({})) {
    const std::vector<option_words> options = options_of(*each);
    commands.push_back(each->get_name());
    cases += fmt::format("    {})\n      case $prev in\n{}      esac\n"
                         "      if [[ $cur == -* ]]; then\n"
                         "        COMPREPLY=($(compgen -W \"{}\" -- \"$cur\"))\n"
                         "      else\n        {}\n      fi\n      ;;\n",
                         each->get_name(), bash_values(options), joined(names_of(options)),
                         bash_positional(options));
  }
  return fmt::format(
      "# bash completion of freehold\n"
      "_freehold() {{\n"
      "  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W \"{} {}\" -- \"$cur\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n{}  esac\n}}\n"
      "complete -o filenames -F _freehold freehold\n",
      joined(commands), joined(names_of(options_of(app))), cases);
}

// Within '…' of _arguments: brackets and colons have a meaning of their own there.
std::string zsh_text(const std::string& from) {
  std::string made;
  for (const char c : from) {
    if (c == '\'')
      made += "'\\'";
    else if (c == '[' || c == ']' || c == ':')
      made += '\\';
    made += c;
  }
  return made;
}

std::string zsh_option(const option_words& each) {
  const std::string action =
      each.values.empty() ? ":value:" : ":value:(" + joined(each.values) + ")";
  if (each.names.empty())
    return fmt::format("        '1:{}:{}' \\\n", zsh_text(each.what),
                       each.values.empty() ? "_files" : "(" + joined(each.values) + ")");
  std::string lines;
  for (const std::string& name : each.names)
    lines += fmt::format("        '{}[{}]{}' \\\n", name, zsh_text(each.what),
                         each.takes_value ? action : "");
  return lines;
}

std::string zsh(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* each : app.get_subcommands({})) {
    commands += fmt::format("    '{}:{}'\n", each->get_name(), zsh_text(each->get_description()));
    cases += fmt::format("    {})\n      _arguments \\\n", each->get_name());
    for (const option_words& option : options_of(*each))
      cases += zsh_option(option);
    cases += "        && return\n      ;;\n";
  }
  return fmt::format("#compdef freehold\n"
                     "_freehold() {{\n"
                     "  local -a commands\n"
                     "  commands=(\n{}  )\n"
                     "  if ((CURRENT == 2)); then\n"
                     "    _describe command commands\n"
                     "    compadd -- {}\n"
                     "    return\n"
                     "  fi\n"
                     "  local command=$words[2]\n"
                     "  shift words\n"
                     "  ((CURRENT--))\n"
                     "  case $command in\n{}  esac\n}}\n"
                     "_freehold \"$@\"\n",
                     commands, joined(names_of(options_of(app))), cases);
}

} // namespace

std::string completion(const CLI::App& app, std::string_view shell) {
  return shell == "zsh" ? zsh(app) : bash(app);
}

} // namespace freehold::command
