#include "actors/reconfiguration.hpp"

#include "actors/discipline.hpp"
#include "actors/runtime_tree.hpp"
#include "config/difference.hpp"
#include "runtime/session_state.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace freehold {

namespace {

bool concerns(const configuration::difference& what, const std::string& database) {
  return what.key.rfind("database." + database + ".", 0) == 0;
}

const database_options& of(const config& all, const std::string& name) {
  return *std::find_if(all.databases.begin(), all.databases.end(),
                       [&](const database_options& each) { return each.name == name; });
}

} // namespace

configuration_actor::behavior_type reconfigurer::make_behavior(reload_scope scope) {
  scope_ = std::move(scope);
  install_discipline(self_, scope_.log);
  return {
      [this](reconfigure_message& m) {
        return change("message", [&] { return std::move(m.next); });
      },
      [this](const reload_message& m) {
        return change(m.trigger, [this] {
          if (!scope_.source)
            throw std::runtime_error{"the runtime was not told where its configuration came from "
                                     "(embedding::source)"};
          config read = load_config(scope_.source->file, scope_.source->profile);
          if (scope_.source->adjust)
            scope_.source->adjust(read);
          return read;
        });
      },
  };
}

reload_report reconfigurer::change(const std::string& trigger,
                                   const std::function<config()>& read) {
  reload_report report;
  report.at = std::chrono::system_clock::now();
  report.trigger = trigger;
  try {
    try_and_apply(read(), report);
    report.applied = true;
  } catch (const std::exception& why) {
    report.reason = why.what();
    report.changes.clear();
    report.need_restart.clear();
  }
  scope_.board->note(report);
  tell(report);
  return report;
}

void reconfigurer::try_and_apply(config next, reload_report& report) {
  next.children = merged(scope_.children_from_code, std::move(next.children));
  if (std::vector<config_problem> problems = validate(next); !problems.empty())
    throw config_error{std::move(problems)};
  check_factories(next.children, scope_.factories);
  std::vector<std::string> renewed;
  for (const configuration::difference& each : configuration::differences(scope_.now, next)) {
    const bool restart = each.applies == configuration::reload::restart;
    (restart ? report.need_restart : report.changes).push_back(configuration::describe(each));
    if (each.applies != configuration::reload::new_connections)
      continue;
    for (const std::shared_ptr<database_core>& core : scope_.databases)
      if (concerns(each, core->context->options.name) || each.key.rfind("runtime.", 0) == 0)
        renewed.push_back(core->context->options.name);
  }
  next = configuration::applicable(scope_.now, std::move(next));
  try_connections(next);
  apply(next, renewed);
  scope_.now = std::move(next);
}

// Where it leads somewhere else, or there as somebody else, one connection shows whether it
// can work at all.
void reconfigurer::try_connections(const config& next) const {
  for (const std::shared_ptr<database_core>& core : scope_.databases) {
    const std::string& called = core->context->options.name;
    const database_options& wanted = of(next, called);
    if (wanted.target == of(scope_.now, called).target)
      continue;
    const auto deadline = core->context->now() + wanted.connect.timeout;
    try {
      const std::unique_ptr<session> tried =
          core->context->connect({wanted.target, scope_.session_name(next.runtime.service, called),
                                  wanted.statements.result_limit, deadline, scope_.trial});
      static_cast<void>(probe(*tried, wanted, session_nonce(core->context->entropy()), deadline));
    } catch (const std::exception& why) {
      throw std::runtime_error{fmt::format("database \"{}\": {}", called, why.what())};
    }
  }
}

void reconfigurer::apply(const config& next, const std::vector<std::string>& renewed) {
  const runtime_options& process = next.runtime;
  for (const std::shared_ptr<database_core>& core : scope_.databases) {
    auto context = std::make_shared<database_context>(*core->latest_context());
    const std::string called = context->options.name;
    const bool renews = std::find(renewed.begin(), renewed.end(), called) != renewed.end();
    context->application_name = scope_.session_name(process.service, called);
    context->supervision = process.supervision;
    context->drain_timeout = process.drain_timeout;
    context->options = of(next, called);
    core->adopt_context(std::move(context), renews);
  }
  scope_.apply_to_process(process);
  caf::anon_send(scope_.root, adjust_tree{process.supervision.restarts, process.supervision.period,
                                          process.drain_timeout + time_to_close});
}

void reconfigurer::tell(const reload_report& how) const {
  if (!how.applied)
    return scope_.log->error("the change of the configuration ({}) is refused as a whole, and "
                             "everything stays as it was: {}",
                             how.trigger, how.reason);
  if (how.changes.empty() && how.need_restart.empty())
    return scope_.log->info("the configuration was read again ({}): nothing has changed",
                            how.trigger);
  if (!how.changes.empty())
    scope_.log->info("the configuration has changed ({}): {}", how.trigger,
                     fmt::join(how.changes, "; "));
  if (!how.need_restart.empty())
    scope_.log->warn("the configuration has changed ({}), but this is felt after a restart only: "
                     "{}",
                     how.trigger, fmt::join(how.need_restart, "; "));
}

configuration_actor::behavior_type reconfiguration(reconfigurer::self_pointer self,
                                                   reload_scope scope) {
  return self->state.make_behavior(std::move(scope));
}

} // namespace freehold
