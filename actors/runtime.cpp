#include "actors/runtime_parts.hpp"

#include "runtime/json_log.hpp"
#include "runtime/process_identity.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <random>

namespace freehold {

std::vector<std::shared_ptr<database_core>> runtime::parts::open_databases() {
  std::random_device entropy;
  const auto ids = std::make_shared<query_ids>(entropy());
  const process_mark process = this_process();
  const host_traits host = this_host();
  std::vector<std::shared_ptr<database_core>> opened;
  for (const database_options& each : options.databases) {
    auto context = std::make_shared<database_context>();
    context->options = each;
    auto identity =
        std::make_shared<process_identity>(options.runtime.service, each.name, process, host);
    context->application_name = identity->application_name();
    if (options.runtime.reap_dead_sessions && !identity->scope().empty())
      context->identity = std::move(identity);
    context->first = first;
    context->log = event_log{logs->logger(), each.name};
    context->connect = postgres_sessions();
    context->ids = ids;
    context->supervision = options.runtime.supervision;
    context->slow = logs->slow();
    context->drain_timeout = options.runtime.drain_timeout;
    opened.push_back(std::make_shared<database_core>(std::move(context), *system));
    opened.back()->start();
    databases.emplace(each.name, opened.back());
  }
  return opened;
}

void runtime::parts::plant(const embedding& with, const runtime& on) {
  const std::vector<std::shared_ptr<database_core>> opened = open_databases();
  board = std::make_shared<tree_board>(outline(options));
  child_snapshot& shown = board->root();
  const tree_context context{log, board};
  supervisor_specification made =
      tree_builder{*system, context, with, on}.root(options, opened, shown);
  time_to_stop = shutdown_time(made.children) + kill_grace;
  root = system->spawn(supervision_tree, context, std::move(made), &shown);
  keeper = system->spawn(log_keeper, logs->repeats(), log);
  logs->repeats()->on_counting([to = keeper] { caf::anon_send(to, tell_repeats{}); });
  taker = std::make_unique<snapshot_taker>(options, *system, opened, board, reloads, first);
}

runtime::runtime(config options, embedding with) : parts_{std::make_unique<parts>()} {
  options.children = merged(with.children, std::move(options.children));
  std::vector<config_problem> problems = validate(options);
  if (!problems.empty())
    throw config_error{std::move(problems)};
  check_factories(options.children, with.actors);
  parts_->options = std::move(options);
  parts_->logs.emplace(parts_->options.runtime, std::move(with.sinks));
  parts_->log = parts_->logs->logger();
  if (with.source && with.source->on_sighup)
    block_sighup();
  if (!parts_->options.runtime.admin.listen.empty())
    parts_->endpoint = std::make_unique<admin>(parts_->options.runtime.admin, parts_->log);
  parts_->system = with.system;
  if (parts_->system == nullptr) {
    parts_->system_config = std::make_unique<own_config>(parts_->options.runtime.threads);
    parts_->own_system = std::make_unique<caf::actor_system>(*parts_->system_config);
    parts_->system = parts_->own_system.get();
  }
  parts_->plant(with, *this);
  parts_->begin_to_watch(with);
  if (parts_->endpoint)
    parts_->endpoint->start([taker = parts_->taker.get()](std::chrono::milliseconds patience) {
      return taker->take(patience);
    });
}

runtime::~runtime() {
  stop();
}

database runtime::database(std::string_view name) const {
  const auto found = parts_->databases.find(name);
  if (found != parts_->databases.end())
    return freehold::database{found->second};
  std::vector<std::string_view> known;
  for (const auto& [each, core] : parts_->databases)
    known.push_back(each);
  error why;
  why.code = errc::unknown_database;
  why.message = fmt::format("the configuration has no database \"{}\"; it has: {}", name,
                            fmt::join(known, ", "));
  throw failure{std::move(why)};
}

std::unique_ptr<spdlog::formatter> json_log_formatter() {
  return std::make_unique<json_formatter>();
}

runtime_snapshot runtime::snapshot() const {
  runtime_snapshot shown = parts_->board->snapshot();
  shown.reload = parts_->reloads->snapshot();
  shown.first_answer = parts_->first->took();
  return shown;
}

runtime_snapshot runtime::snapshot(std::chrono::milliseconds patience) const {
  return parts_->taker->take(patience);
}

std::string runtime::admin_url() const {
  return parts_->endpoint ? parts_->endpoint->url() : std::string{};
}

// Whether everything ended, down to the last thread.
bool runtime::parts::stop_tree() {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + time_to_stop + drains_longer();
  caf::scoped_actor self{*system};
  const auto ended = [&](const auto& actor) {
    bool cleanly = false;
    self->monitor(actor);
    // By that reason a database tells that it leaves a thread behind.
    const caf::error left_a_thread = caf::exit_reason::user_shutdown;
    self->receive(
        [&](const caf::down_msg& down) { cleanly = down.reason != left_a_thread; },
        caf::after(std::max(deadline - steady_clock::now(), steady_clock::duration::zero())) >>
            [] {});
    return cleanly;
  };
  self->send_exit(root, caf::exit_reason::user_shutdown);
  bool all = ended(root);
  for (const auto& [name, core] : databases) {
    core->refuse("the runtime has stopped");
    all = all && ended(core->supervisor()) && core->context->connections->empty_by(deadline);
    core->end_requests();
  }
  if (all)
    for (const auto& [name, core] : databases)
      core->context->lent->await_none();
  return all && !board->left_somebody();
}

// What was counted is told, and nobody is needed any more to tell more of it.
void runtime::parts::close_log() {
  logs->repeats()->on_counting({});
  caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
  keeper = nullptr;
  log->flush();
}

void runtime::stop() {
  if (std::exchange(parts_->stopped, true))
    return;
  parts_->taker->stopping();
  if (parts_->endpoint)
    parts_->endpoint->stop();
  parts_->end_to_watch();
  const bool all = parts_->stop_tree();
  parts_->close_log();
  if (all)
    return;
  parts_->log->critical("something did not end in its time (runtime.drain_timeout and 5 s for a "
                        "database, its shutdown for a child): a transaction function or an actor "
                        "of the service does not return; its thread is left behind");
  // Waiting for that thread would hang the process; giving up its memory does not.
  static_cast<void>(parts_->own_system.release());
  static_cast<void>(parts_->system_config.release());
}

} // namespace freehold
