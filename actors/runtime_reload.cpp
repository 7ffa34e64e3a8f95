// How a runtime comes to another configuration.

#include "actors/runtime_parts.hpp"

#include "runtime/process_identity.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>

namespace freehold {

void runtime::parts::begin_to_watch(const embedding& with) {
  reload_scope scope;
  scope.now = options;
  scope.source = with.source;
  scope.children_from_code = with.children;
  scope.factories = with.actors;
  for (const auto& [name, core] : databases)
    scope.databases.push_back(core);
  scope.root = root;
  scope.log = log;
  scope.apply_to_process = [this](const runtime_options& process) {
    logs->apply(process);
    taker->rename(process.service);
  };
  scope.board = reloads;
  scope.trial = trial;
  scope.session_name = [process = this_process(), host = this_host()](const std::string& service,
                                                                      const std::string& database) {
    return process_identity{service, database, process, host}.application_name();
  };
  configuration = system->spawn<caf::detached>(reconfiguration, std::move(scope));
  if (with.source && (with.source->watch || with.source->on_sighup))
    watch = std::make_unique<config_watch>(
        config_watch::what{with.source->file, with.source->watch, with.source->on_sighup},
        [to = configuration](std::string_view trigger) {
          caf::anon_send(to, reload_message{std::string{trigger}});
        });
}

// The thread that watches, and a connection that is being tried, end first.
void runtime::parts::end_to_watch() {
  watch.reset();
  trial->sever();
  caf::scoped_actor self{*system};
  self->monitor(configuration);
  self->send_exit(configuration, caf::exit_reason::user_shutdown);
  self->receive([](const caf::down_msg&) {});
}

template <class Message>
reload_report runtime::parts::change(Message&& how) {
  reload_report report;
  report.at = std::chrono::system_clock::now();
  report.trigger = "message";
  report.reason = "the runtime has stopped";
  if (stopped)
    return report;
  caf::scoped_actor self{*system};
  self->request(configuration, caf::infinite, std::forward<Message>(how))
      .receive([&](reload_report& told) { report = std::move(told); },
               [&](const caf::error& why) { report.reason = system->render(why); });
  return report;
}

reload_report runtime::reconfigure(config next) {
  return parts_->change(reconfigure_message{std::move(next)});
}

reload_report runtime::reload() {
  return parts_->change(reload_message{});
}

configuration_actor runtime::configuration() const {
  return parts_->configuration;
}

// What a change of the configuration added to the time that was reckoned at the start.
std::chrono::milliseconds runtime::parts::drains_longer() const {
  std::chrono::milliseconds longer{0};
  for (const auto& [name, core] : databases)
    longer += std::max(core->latest_context()->drain_timeout - core->context->drain_timeout,
                       std::chrono::milliseconds{0});
  return longer;
}

} // namespace freehold
