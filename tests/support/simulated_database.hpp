// The actors of one database on CAF's test scheduler, with scripted sessions:
// everything on one thread, time moved by hand.
#pragma once

#include "actors/database_core.hpp"
#include "actors/requests.hpp"
#include "actors/supervisor.hpp"
#include "tests/support/scripted_session.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace freehold::testing {

inline const statement read_one{"read_one", "SELECT 1", read_only};
inline const statement write_one{"write_one", "INSERT INTO t VALUES (1)"};

[[nodiscard]] inline connect_failure unreachable() {
  return {connect_outcome::unreachable, "", "cannot connect to host db: refused"};
}

/// Keeps what it receives, and how often.
class keeping_receiver final : public receiver {
public:
  void receive(outcome&& answer) noexcept override {
    ++count;
    last = std::move(answer);
  }
  [[nodiscard]] errc code() const { return last.why ? last.why->code : errc::none; }
  [[nodiscard]] std::string text() const { return last.why ? to_string(*last.why) : ""; }
  int count = 0;
  outcome last;
};

struct sent_request {
  request_ptr what;
  std::shared_ptr<keeping_receiver> answer;
};

class simulated_database {
public:
  explicit simulated_database(database_options options = default_database(base_profile::production,
                                                                          "primary"))
      : system_{config_}, scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(
                              system_.scheduler())} {
    server->respond = [](const std::string& sql, const parameters&) {
      std::optional<result_set> rows;
      if (sql.find("pg_backend_pid") != std::string::npos) {
        rows = make_result_set({"pid", "same", "strict", "set", "start"},
                               {{"4711", "t", "f", "", std::nullopt}});
      }
      return rows;
    };
    // Sessions look at the real clock: the moved one starts there and is never behind.
    scheduler_.advance_time(std::chrono::steady_clock::now().time_since_epoch());
    auto context = std::make_shared<database_context>();
    context->options = std::move(options);
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    logger->set_level(spdlog::level::trace);
    context->log = std::move(logger);
    context->connect = [this](const session_request& from) { return connect(from); };
    context->ids = std::make_shared<query_ids>(7);
    context->own_threads = false;
    context_ = context;
    core = std::make_shared<database_core>(context_, system_);
    supervisor = core->start();
    requests = core->requests();
    run();
  }
  simulated_database(const simulated_database&) = delete;
  simulated_database& operator=(const simulated_database&) = delete;
  ~simulated_database() {
    refuse.reset();
    caf::anon_send(supervisor, stop_database{});
    run();
    advance(context_->drain_timeout + std::chrono::seconds{1});
    supervisor = nullptr;
    requests = nullptr;
    core.reset();
  }

  void run() {
    scheduler_.run_jobs_filtered([](caf::resumable*) { return true; });
  }
  /// In steps, so that what one timeout begins the next can end.
  void advance(std::chrono::milliseconds time) {
    for (int i = 0; i < 100; ++i) {
      scheduler_.advance_time(time / 100);
      run();
    }
  }

  sent_request submit_statement(const statement& what,
                                std::chrono::milliseconds time = std::chrono::seconds{15},
                                request_queue::place place = {}) {
    auto answer = std::make_shared<keeping_receiver>();
    const auto now = system_.clock().now();
    std::vector<bound_statement> steps{{what, {}}};
    auto made = std::make_shared<request>(request_kind::execute, std::move(steps), now, now + time,
                                          context_->ids->next(), answer);
    made->priority = place.priority;
    made->flow = place.flow;
    caf::anon_send(supervisor, submit{made});
    return {std::move(made), std::move(answer)};
  }

  database_snapshot snapshot() {
    database_snapshot shown;
    caf::scoped_actor self{system_};
    self->send(supervisor, ask_snapshot{});
    auto pending = self->request(supervisor, caf::infinite, ask_snapshot{});
    run();
    pending.receive([&](database_snapshot& found) { shown = std::move(found); },
                    [](const caf::error&) {});
    return shown;
  }

  /// An actor's request and its answer; moves time until there is one.
  result_set reply_to(execute_message what) {
    result_set got;
    caf::scoped_actor self{system_};
    auto pending = self->request(requests, caf::infinite, std::move(what));
    run();
    advance(std::chrono::seconds{2});
    pending.receive([&](result_set& rows) { got = std::move(rows); }, [](const caf::error&) {});
    return got;
  }
  [[nodiscard]] const context_ptr& context() const { return context_; }

  std::shared_ptr<scripted_server> server = std::make_shared<scripted_server>();
  /// Connects fail with this while it is set.
  std::optional<connect_failure> refuse;
  /// Called with each session that is made.
  std::function<void(scripted_session&)> prepare;
  std::vector<scripted_session*> sessions; // some may have ended
  std::ostringstream log;
  int connects = 0;
  std::shared_ptr<database_core> core;
  requests_actor requests;
  supervisor_actor supervisor;

private:
  struct test_config : caf::actor_system_config {
    test_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  std::unique_ptr<session> connect(const session_request&) {
    ++connects;
    if (refuse)
      throw connect_failure{*refuse};
    auto made = std::make_unique<scripted_session>(server);
    if (prepare)
      prepare(*made);
    sessions.push_back(made.get());
    return made;
  }

  test_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  context_ptr context_;
};

} // namespace freehold::testing
