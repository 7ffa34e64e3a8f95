#include "actors/runtime_tree.hpp"

#include "config/nearest.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace freehold {

namespace {

child_snapshot sketch(const child_options& what) {
  child_snapshot shown;
  shown.name = what.name;
  shown.kind = what.actor.empty() ? "supervisor" : "actor";
  for (const child_options& each : what.children)
    shown.children.push_back(sketch(each));
  return shown;
}

void find_unknown(const std::vector<child_options>& children, const std::string& parent,
                  const std::vector<std::string>& known, std::vector<config_problem>& problems) {
  for (const child_options& each : children) {
    const std::string key = parent + "child." + each.name;
    find_unknown(each.children, key + ".", known, problems);
    if (each.actor.empty() || std::find(known.begin(), known.end(), each.actor) != known.end())
      continue;
    problems.push_back(
        {"the configuration", 0, 0, key + ".actor", each.actor,
         fmt::format("no factory is registered as \"{}\" (embedding::actors); {}{}", each.actor,
                     known.empty() ? "there is none"
                                   : fmt::format("there are: {}", fmt::join(known, ", ")),
                     configuration::suggestion(each.actor, known))});
  }
}

} // namespace

std::vector<child_options> merged(std::vector<child_options> from_code,
                                  std::vector<child_options> from_config) {
  for (child_options& each : from_config) {
    const auto same = std::find_if(from_code.begin(), from_code.end(),
                                   [&](const child_options& one) { return one.name == each.name; });
    if (same != from_code.end())
      *same = std::move(each);
    else
      from_code.push_back(std::move(each));
  }
  return from_code;
}

void check_factories(const std::vector<child_options>& children,
                     const std::map<std::string, actor_factory, std::less<>>& factories) {
  std::vector<std::string> known;
  for (const auto& [name, factory] : factories)
    if (factory)
      known.push_back(name);
  std::vector<config_problem> problems;
  find_unknown(children, "", known, problems);
  if (!problems.empty())
    throw config_error{std::move(problems)};
}

child_snapshot outline(const config& options) {
  child_snapshot root;
  root.name = "runtime";
  root.kind = "runtime";
  for (const database_options& each : options.databases) {
    child_snapshot shown;
    shown.name = each.name;
    shown.kind = "database";
    root.children.push_back(std::move(shown));
  }
  for (const child_options& each : options.children)
    root.children.push_back(sketch(each));
  return root;
}

supervisor_specification
tree_builder::root(const config& options,
                   const std::vector<std::shared_ptr<database_core>>& databases,
                   child_snapshot& shown) const {
  supervisor_specification made;
  made.path = "runtime";
  made.restarts = options.runtime.supervision.restarts;
  made.period = options.runtime.supervision.period;
  made.setting = "runtime.supervision";
  for (const std::shared_ptr<database_core>& each : databases)
    made.children.push_back(database(each, databases));
  for (const child_options& each : options.children)
    made.children.push_back(child(each, made.path, "", shown.children.at(made.children.size())));
  made.on_failure = [board = context_.board, databases,
                     told = with_.on_failure](const std::string& why) {
    board->set_failure(why);
    for (const std::shared_ptr<database_core>& each : databases)
      each->refuse("the runtime has failed: " + why);
    if (told)
      told(why);
  };
  return made;
}

child_specification tree_builder::database(const std::shared_ptr<database_core>& core,
                                           std::vector<std::shared_ptr<database_core>> all) const {
  child_specification made;
  made.name = core->context->options.name;
  made.shutdown = core->context->drain_timeout + time_to_close;
  // Handles work as soon as there is a runtime, so the first start is not the tree's.
  made.start = [core, first = true]() mutable {
    return caf::actor_cast<caf::actor>(std::exchange(first, false) ? core->supervisor()
                                                                   : core->start());
  };
  // The root stops its databases only all together: they drain at the same time.
  made.stop = [all = std::move(all)](const caf::actor&) {
    for (const std::shared_ptr<database_core>& each : all) {
      each->refuse("the runtime has stopped");
      caf::anon_send(each->supervisor(), stop_database{});
    }
  };
  return made;
}

child_specification tree_builder::child(const child_options& what, const std::string& parent,
                                        const std::string& key, child_snapshot& shown) const {
  child_specification made;
  made.name = what.name;
  made.restart = what.restart;
  if (!what.actor.empty()) {
    made.shutdown = what.shutdown;
    made.start = [make = with_.actors.find(what.actor)->second, &system = system_, &on = on_] {
      return make(system, on);
    };
    return made;
  }
  supervisor_specification inner;
  inner.path = parent + "/" + what.name;
  inner.setting = key + "child." + what.name;
  inner.strategy = what.strategy;
  inner.restarts = what.restarts;
  inner.period = what.period;
  for (const child_options& each : what.children)
    inner.children.push_back(
        child(each, inner.path, inner.setting + ".", shown.children.at(inner.children.size())));
  made.shutdown = shutdown_time(inner.children) + kill_grace;
  made.start = [inner = std::move(inner), context = context_, &system = system_, &shown] {
    return caf::actor_cast<caf::actor>(system.spawn(supervision_tree, context, inner, &shown));
  };
  return made;
}

} // namespace freehold
