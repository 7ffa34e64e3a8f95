// Whether a configuration would be taken, without reaching anything.

#include "actors/command/commands.hpp"
#include "actors/command/facts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <numeric>
#include <ostream>

namespace freehold::command {
namespace {

using nlohmann::json;

std::string shown(const config_problem& problem) {
  std::string line = problem.source;
  if (problem.line != 0)
    line += fmt::format(":{}:{}", problem.line, problem.column);
  if (!problem.key.empty())
    line += ": " + problem.key;
  return harmless(line + ": " + problem.message);
}

void tell_problems(const std::vector<config_problem>& all, const manner& how, const console& to) {
  if (how.json) {
    json listed = json::array();
    for (const config_problem& each : all)
      listed.push_back({{"source", each.source},
                        {"line", each.line},
                        {"column", each.column},
                        {"key", each.key},
                        {"value", each.value},
                        {"message", each.message}});
    to.out << json{{"sound", false}, {"problems", listed}}.dump(2, ' ', false,
                                                                json::error_handler_t::replace)
           << '\n';
    return;
  }
  const palette paint{wants_color(how.color, to.terminal, to.env)};
  for (const config_problem& each : all)
    to.out << shown(each) << '\n';
  to.out << paint(ink::red,
                  fmt::format("{} {}", all.size(), all.size() == 1 ? "problem" : "problems"))
         << '\n';
}

std::size_t connection_budget(const config& sound) {
  return std::accumulate(sound.databases.begin(), sound.databases.end(), std::size_t{0},
                         [](std::size_t sum, const database_options& each) {
                           return sum + each.pool.max_connections;
                         });
}

json in_json(const config& sound, const std::string& file) {
  json databases = json::array();
  for (const database_options& each : sound.databases) {
    const address where = address_of(each.target);
    databases.push_back({{"name", each.name},
                         {"host", where.host},
                         {"port", where.port},
                         {"database", where.database},
                         {"user", where.user},
                         {"sslmode", where.sslmode},
                         {"min_connections", each.pool.min_connections},
                         {"max_connections", each.pool.max_connections}});
  }
  return {{"sound", true},
          {"file", file},
          {"profile", sound.profile},
          {"service", sound.runtime.service},
          {"databases", databases},
          {"children", sound.children.size()},
          {"connection_budget", connection_budget(sound)}};
}

void tell_sound(const config& sound, const check_order& what, const manner& how,
                const console& to) {
  if (how.json) {
    to.out << in_json(sound, what.file).dump(2, ' ', false, json::error_handler_t::replace) << '\n';
    return;
  }
  const palette paint{wants_color(how.color, to.terminal, to.env)};
  to.out << paint(ink::green, "sound")
         << fmt::format(": {}, profile {}, service {}\n", what.file, sound.profile,
                        sound.runtime.service);
  for (const database_options& each : sound.databases) {
    const address where = address_of(each.target);
    to.out << fmt::format("  {:<12} {}, sslmode {}, {} to {} connections\n", each.name,
                          harmless(shown(where)), where.sslmode, each.pool.min_connections,
                          each.pool.max_connections);
  }
  if (!sound.children.empty())
    to.out << fmt::format("  {} {} of the service in the supervision tree\n", sound.children.size(),
                          sound.children.size() == 1 ? "child" : "children");
  to.out << fmt::format("connection budget of one process: {}\n", connection_budget(sound));
}

} // namespace

int check(const check_order& what, const manner& how, const console& to) {
  try {
    tell_sound(load_config(what.file, what.profile, to.env), what, how, to);
    return exit_status::sound;
  } catch (const config_error& why) {
    tell_problems(why.problems(), how, to);
    return exit_status::problem;
  }
}

} // namespace freehold::command
