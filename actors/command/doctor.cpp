// Surveys each database that is asked for and tells what was found.

#include "actors/command/commands.hpp"
#include "actors/command/diagnosis.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace freehold::command {
namespace {

using nlohmann::json;

struct report {
  std::string name;
  std::string where;
  findings all;
};

bool is_url(const std::string& target) {
  return target.starts_with("postgresql://") || target.starts_with("postgres://");
}

config configuration_of(const doctor_order& what, const environment& env) {
  if (!is_url(what.target))
    return load_config(what.target, what.profile, env);
  base_profile profile = base_profile::production;
  if (what.profile == "development")
    profile = base_profile::development;
  else if (what.profile && what.profile != "production")
    throw config_error{{{"--profile", 0, 0, "", *what.profile,
                         "a URL has no profiles of its own: development or production"}}};
  return config_from_url(what.target, what.database.value_or("primary"), profile);
}

ink color_of(severity level) {
  switch (level) {
  case severity::ok:
    return ink::green;
  case severity::note:
    return ink::cyan;
  case severity::warning:
    return ink::yellow;
  case severity::problem:
    break;
  }
  return ink::red;
}

void print(const report& what, const palette& paint, std::ostream& out) {
  constexpr std::size_t margin = 9;
  out << paint(ink::bold, what.name) << ": " << harmless(what.where) << "\n\n";
  for (const finding& each : what.all) {
    out << paint(color_of(each.level), fmt::format("{:<9}", to_string(each.level)))
        << paint(ink::bold, each.title) << '\n';
    if (!each.detail.empty())
      out << wrapped(harmless(each.detail), margin) << '\n';
    if (!each.advice.empty())
      out << wrapped("-> " + harmless(each.advice), margin) << '\n';
  }
  out << '\n';
}

std::size_t count(const std::vector<report>& all, severity level) {
  std::size_t sum = 0;
  for (const report& one : all)
    sum += static_cast<std::size_t>(
        std::count_if(one.all.begin(), one.all.end(),
                      [level](const finding& each) { return each.level == level; }));
  return sum;
}

std::string summary(const std::vector<report>& all) {
  const auto part = [&](severity level, const char* one) {
    const std::size_t n = count(all, level);
    return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s");
  };
  return part(severity::problem, "problem") + ", " + part(severity::warning, "warning") + ", " +
         part(severity::note, "note");
}

json in_json(const std::vector<report>& all) {
  json databases = json::array();
  for (const report& one : all) {
    json listed = json::array();
    for (const finding& each : one.all)
      listed.push_back({{"severity", to_string(each.level)},
                        {"topic", each.topic},
                        {"title", each.title},
                        {"detail", each.detail},
                        {"advice", each.advice}});
    databases.push_back({{"name", one.name}, {"where", one.where}, {"findings", listed}});
  }
  return {{"databases", databases},
          {"problems", count(all, severity::problem)},
          {"warnings", count(all, severity::warning)},
          {"notes", count(all, severity::note)}};
}

int tell_unusable(const std::vector<config_problem>& problems, const manner& how,
                  const console& to) {
  if (how.json) {
    json listed = json::array();
    for (const config_problem& each : problems)
      listed.push_back({{"source", each.source}, {"key", each.key}, {"message", each.message}});
    to.out << json{{"configuration_problems", listed}}.dump(2, ' ', false,
                                                            json::error_handler_t::replace)
           << '\n';
    return exit_status::usage;
  }
  for (const config_problem& each : problems)
    to.err << "freehold doctor: "
           << harmless(fmt::format("{}{}{}: {}", each.source, each.key.empty() ? "" : ": ",
                                   each.key, each.message))
           << '\n';
  return exit_status::usage;
}

} // namespace

int doctor(const doctor_order& what, const manner& how, const console& to,
           const survey_tools& with) {
  std::optional<config> options;
  try {
    options = configuration_of(what, to.env);
  } catch (const config_error& why) {
    return tell_unusable(why.problems(), how, to);
  }
  const palette paint{wants_color(how.color, to.terminal, to.env)};
  std::vector<report> all;
  for (const database_options& each : options->databases) {
    if (what.database && each.name != *what.database)
      continue;
    const facts seen = survey(each, options->runtime.service, what.limit, with);
    all.push_back({each.name, shown(seen.where), diagnose(seen)});
    if (!how.json)
      print(all.back(), paint, to.out);
  }
  if (all.empty())
    return tell_unusable({{what.target, 0, 0, "--database", "",
                           fmt::format("there is no database \"{}\" in it", *what.database)}},
                         how, to);
  if (how.json)
    to.out << in_json(all).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
  else
    to.out << summary(all) << '\n';
  return count(all, severity::problem) == 0 ? exit_status::sound : exit_status::problem;
}

} // namespace freehold::command
