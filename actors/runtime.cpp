#include <freehold/runtime.hpp>

#include "actors/admin.hpp"
#include "actors/runtime_tree.hpp"
#include "actors/snapshot_taker.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include <map>
#include <random>

namespace freehold {

namespace {

struct own_config : caf::actor_system_config {
  explicit own_config(std::size_t threads) {
    set("scheduler.policy", caf::atom("sharing"));
    if (threads > 0)
      set("scheduler.max-threads", threads);
  }
};

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
  case log_level::trace:
    return spdlog::level::trace;
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warn:
    return spdlog::level::warn;
  case log_level::error:
    return spdlog::level::err;
  case log_level::off:
    break;
  }
  return spdlog::level::off;
}

// A logger of the runtime's own: nothing is registered with spdlog.
std::shared_ptr<spdlog::logger> make_log(const runtime_options& options,
                                         std::vector<spdlog::sink_ptr> sinks) {
  if (sinks.empty())
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  auto log = std::make_shared<spdlog::logger>("freehold", sinks.begin(), sinks.end());
  log->set_level(to_spdlog(options.level));
  log->flush_on(spdlog::level::warn);
  return log;
}

// Tells whose session it is in pg_stat_activity: service, database and process,
// within PostgreSQL's 63 bytes.
std::string application_name(const std::string& service, const std::string& database) {
  const std::string tail = fmt::format("/{}/{}", database, getpid());
  return service.substr(0, 63 - std::min<std::size_t>(63, tail.size())) + tail;
}

} // namespace

struct runtime::parts {
  config options;
  std::unique_ptr<own_config> system_config;
  std::unique_ptr<caf::actor_system> own_system;
  caf::actor_system* system = nullptr;
  std::shared_ptr<spdlog::logger> log;
  std::shared_ptr<tree_board> board;
  std::map<std::string, std::shared_ptr<database_core>, std::less<>> databases;
  std::unique_ptr<snapshot_taker> taker;
  std::unique_ptr<admin> endpoint; // null: it is off
  tree_actor root;
  std::chrono::milliseconds time_to_stop{0};
  bool stopped = false;

  [[nodiscard]] std::vector<std::shared_ptr<database_core>> open_databases();
  void plant(const embedding& with, const runtime& on);
  [[nodiscard]] bool stop_tree();
};

std::vector<std::shared_ptr<database_core>> runtime::parts::open_databases() {
  std::random_device entropy;
  const auto ids = std::make_shared<query_ids>(entropy());
  std::vector<std::shared_ptr<database_core>> opened;
  for (const database_options& each : options.databases) {
    auto context = std::make_shared<database_context>();
    context->options = each;
    context->application_name = application_name(options.runtime.service, each.name);
    context->log = log;
    context->connect = postgres_sessions();
    context->ids = ids;
    context->supervision = options.runtime.supervision;
    context->slow_query_threshold = options.runtime.slow_query_threshold;
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
  taker = std::make_unique<snapshot_taker>(options, *system, opened, board);
}

runtime::runtime(config options, embedding with) : parts_{std::make_unique<parts>()} {
  options.children = merged(std::move(with.children), std::move(options.children));
  std::vector<config_problem> problems = validate(options);
  if (!problems.empty())
    throw config_error{std::move(problems)};
  check_factories(options.children, with);
  parts_->options = std::move(options);
  parts_->log = make_log(parts_->options.runtime, std::move(with.sinks));
  if (!parts_->options.runtime.admin.listen.empty())
    parts_->endpoint = std::make_unique<admin>(parts_->options.runtime.admin, parts_->log);
  parts_->system = with.system;
  if (parts_->system == nullptr) {
    parts_->system_config = std::make_unique<own_config>(parts_->options.runtime.threads);
    parts_->own_system = std::make_unique<caf::actor_system>(*parts_->system_config);
    parts_->system = parts_->own_system.get();
  }
  parts_->plant(with, *this);
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

runtime_snapshot runtime::snapshot() const {
  return parts_->board->snapshot();
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
  const auto deadline = steady_clock::now() + time_to_stop;
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

void runtime::stop() {
  if (std::exchange(parts_->stopped, true))
    return;
  parts_->taker->stopping();
  if (parts_->endpoint)
    parts_->endpoint->stop();
  if (parts_->stop_tree())
    return;
  parts_->log->critical("something did not end in its time (runtime.drain_timeout and 5 s for a "
                        "database, its shutdown for a child): a transaction function or an actor "
                        "of the service does not return; its thread is left behind");
  // Waiting for that thread would hang the process; giving up its memory does not.
  static_cast<void>(parts_->own_system.release());
  static_cast<void>(parts_->system_config.release());
}

} // namespace freehold
