#include "config/profile.hpp"

#include "config/name.hpp"
#include "config/nearest.hpp"
#include "config/substitution.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace freehold::configuration {

std::optional<base_profile> built_in_profile(std::string_view name) {
  if (name == "development")
    return base_profile::development;
  if (name == "production")
    return base_profile::production;
  return std::nullopt;
}

std::string profile_name(base_profile profile) {
  return profile == base_profile::development ? "development" : "production";
}

profile_choice choose_profile(const document_node& root, const std::string& source,
                              const std::optional<std::string>& argument, const environment& env,
                              problem_list& problems) {
  const document_node* const node = root.child("profile");
  profile_choice from_file;
  if (node) {
    from_file.where = {source, node->line, node->column, "profile", as_written(node->value)};
    if (const std::string* const text = std::get_if<std::string>(&node->value)) {
      const substitution replaced = substitute(*text, env);
      for (const std::string& problem : replaced.problems)
        problems.add(from_file.where, problem);
      if (replaced.problems.empty())
        from_file.name = replaced.text;
    } else {
      problems.add(from_file.where, "expects the name of a profile, got " + describe(node->value) +
                                        "; a profile's own sections are [profiles.NAME]");
    }
  }
  if (argument)
    return {*argument, {"code", 0, 0, "profile", *argument}};
  if (const std::optional<std::string> chosen = env("FREEHOLD_PROFILE"); chosen && !chosen->empty())
    return {*chosen, {"FREEHOLD_PROFILE", 0, 0, "profile", *chosen}};
  return from_file;
}

profile_book::profile_book(const document_node& root, std::string source, problem_list& problems)
    : root_{&root}, source_{std::move(source)} {
  const document_node* const profiles = root.child("profiles");
  if (!profiles)
    return;
  for (const document_node& node : profiles->children)
    define(node, problems);
  if (!profiles->is_section())
    problems.add({source_, profiles->line, profiles->column, "profiles", "***"},
                 "expects sections [profiles.NAME]");
  check_bases(problems);
}

void profile_book::define(const document_node& node, problem_list& problems) {
  const place where{source_, node.line, node.column, "profiles." + node.key, "{…}"};
  if (!is_name(node.key))
    problems.add(where, "expects " + name_expectation("a profile"));
  if (!node.is_section())
    return problems.add(where, "expects a section [profiles." + node.key + "]");
  definition made{&node, "production", where};
  read_base(node, made, problems);
  definitions_.emplace(node.key, std::move(made));
}

void profile_book::read_base(const document_node& node, definition& into,
                             problem_list& problems) const {
  const document_node* const base = node.child("base");
  if (!base)
    return;
  into.base_place = {source_, base->line, base->column, "profiles." + node.key + ".base",
                     as_written(base->value)};
  if (built_in_profile(node.key))
    problems.add(into.base_place, node.key + " is built in and has no base");
  else if (const std::string* const text = std::get_if<std::string>(&base->value))
    into.base = *text;
  else
    problems.add(into.base_place, "expects the name of a profile, got " + describe(base->value));
}

void profile_book::check_bases(problem_list& problems) const {
  for (const auto& [name, made] : definitions_) {
    if (!is_known(made.base)) {
      problems.add(made.base_place, "there is no profile " + in_quotes(made.base) +
                                        suggestion(made.base, known_names()));
      continue;
    }
    // A cycle is reported once, at the first of its members.
    const std::vector<std::string> path = path_to_built_in(name);
    const bool back_at_start = path.size() > 1 && path.back() == name;
    if (back_at_start && *std::min_element(path.begin(), path.end()) == name)
      problems.add(made.base_place, fmt::format("profiles are based on each other in a circle: {}",
                                                fmt::join(path, " -> ")));
  }
}

bool profile_book::is_known(const std::string& name) const {
  return built_in_profile(name) || definitions_.contains(name);
}

/// The names from a profile down its bases; ends early at an unknown one and at
/// the first that repeats, which is then the last element.
std::vector<std::string> profile_book::path_to_built_in(const std::string& name) const {
  std::vector<std::string> path{name};
  while (!built_in_profile(path.back())) {
    const auto found = definitions_.find(path.back());
    if (found == definitions_.end())
      break;
    const bool repeats = std::find(path.begin(), path.end(), found->second.base) != path.end();
    path.push_back(found->second.base);
    if (repeats)
      break;
  }
  return path;
}

std::vector<std::string> profile_book::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : definitions_)
    names.push_back(name);
  return names;
}

std::vector<std::string> profile_book::known_names() const {
  std::vector<std::string> known{"development", "production"};
  for (const std::string& name : names())
    if (!built_in_profile(name))
      known.push_back(name);
  return known;
}

std::optional<profile_chain> profile_book::chain(const std::string& name) const {
  const std::vector<std::string> path = path_to_built_in(name);
  const std::optional<base_profile> root = built_in_profile(path.back());
  if (!root)
    return std::nullopt;
  profile_chain result{*root, {{source_, "", 0, root_}}};
  for (auto one = path.rbegin(); one != path.rend(); ++one) {
    const auto found = definitions_.find(*one);
    if (found != definitions_.end())
      result.layers.push_back(
          {source_, "profiles." + *one + ".", result.layers.size(), found->second.node});
  }
  return result;
}

} // namespace freehold::configuration
