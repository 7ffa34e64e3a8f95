#include <freehold/runtime.hpp>

#include "actors/database_core.hpp"
#include "actors/requests.hpp"
#include "actors/supervisor.hpp"

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
  std::map<std::string, std::shared_ptr<database_core>, std::less<>> databases;
  bool stopped = false;

  void open(const database_options& database, const std::shared_ptr<query_ids>& ids);
};

void runtime::parts::open(const database_options& database, const std::shared_ptr<query_ids>& ids) {
  auto context = std::make_shared<database_context>();
  context->options = database;
  context->application_name = application_name(options.runtime.service, database.name);
  context->log = log;
  context->connect = postgres_sessions();
  context->ids = ids;
  context->slow_query_threshold = options.runtime.slow_query_threshold;
  context->drain_timeout = options.runtime.drain_timeout;
  auto core = std::make_shared<database_core>();
  core->context = context;
  core->system = system;
  core->requests = system->spawn(requests, core->context);
  core->supervisor = system->spawn(supervisor, core->context, core->requests);
  caf::anon_send(core->requests, attend{core->supervisor});
  databases.emplace(database.name, std::move(core));
}

runtime::runtime(config options, embedding with) : parts_{std::make_unique<parts>()} {
  std::vector<config_problem> problems = validate(options);
  if (!problems.empty())
    throw config_error{std::move(problems)};
  parts_->options = std::move(options);
  parts_->log = make_log(parts_->options.runtime, std::move(with.sinks));
  parts_->system = with.system;
  if (parts_->system == nullptr) {
    parts_->system_config = std::make_unique<own_config>(parts_->options.runtime.threads);
    parts_->own_system = std::make_unique<caf::actor_system>(*parts_->system_config);
    parts_->system = parts_->own_system.get();
  }
  std::random_device entropy;
  const auto ids = std::make_shared<query_ids>(entropy());
  for (const database_options& each : parts_->options.databases)
    parts_->open(each, ids);
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

void runtime::stop() {
  if (std::exchange(parts_->stopped, true))
    return;
  bool all_ended = true;
  {
    caf::scoped_actor self{*parts_->system};
    for (const auto& [name, core] : parts_->databases) {
      core->stopped.store(true, std::memory_order_release);
      self->monitor(core->supervisor);
      self->send(core->supervisor, stop_database{});
    }
    const auto limit = parts_->options.runtime.drain_timeout + std::chrono::seconds{5};
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::size_t left = parts_->databases.size();
    while (left > 0 && std::chrono::steady_clock::now() < deadline) {
      self->receive(
          [&](const caf::down_msg& down) {
            --left;
            if (down.reason == caf::exit_reason::user_shutdown)
              all_ended = false;
          },
          caf::after(std::max(deadline - std::chrono::steady_clock::now(),
                              std::chrono::steady_clock::duration::zero())) >>
              [] {});
    }
    all_ended = all_ended && left == 0;
    if (all_ended) {
      for (const auto& [name, core] : parts_->databases)
        core->context->lent->await_none();
    }
  }
  if (all_ended)
    return;
  parts_->log->critical("stopping took longer than runtime.drain_timeout and 5 s: a transaction "
                        "function does not return; its thread is left behind");
  // Waiting for that thread would hang the process; giving up its memory does not.
  static_cast<void>(parts_->own_system.release());
  static_cast<void>(parts_->system_config.release());
}

} // namespace freehold
