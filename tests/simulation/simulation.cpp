#include "tests/simulation/simulation.hpp"

#include "actors/requests.hpp"
#include "actors/supervisor.hpp"
#include "tests/simulation/laws.hpp"

#include <caf/actor_registry.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/null_sink.h>

namespace freehold::simulation {
namespace {

using std::chrono::seconds;

struct one_thread : caf::actor_system_config {
  one_thread() { set("scheduler.policy", caf::atom("testing")); }
};

// What the runtime logs, between the events that made it do so.
class trace_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  explicit trace_sink(const trace& to) : to_{to} {}

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    to_("    log: {}", std::string_view{message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

private:
  const trace& to_;
};

class simulation {
public:
  simulation(std::uint64_t seed, fibers& stacks, bool verbose)
      : random_{seed}, plan_{draw_plan(random_)}, trace_{verbose}, time_{system_, stacks, random_,
                                                                         plan_.turn_cost},
        users_{plan_, random_, time_, trace_}, server_{plan_,  random_,     time_,
                                                       trace_, found_.laws, users_} {
    trace_.follow(&time_);
    trace_("seed {}: {}", seed, describe(plan_));
  }

  result_of_seed run() {
    begin();
    const time_point start = time_.now();
    plan_events(start);
    time_.run_until(start + plan_.busy_for + milliseconds{200});
    server_.calm();
    if (!stopped_)
      recover();
    stop();
    judge();
    found_.digest = time_.digest();
    found_.turns = time_.turns();
    return std::move(found_);
  }

private:
  void begin();
  void plan_events(time_point start);
  void look();
  void recover();
  void stop();
  void judge();
  [[nodiscard]] evidence seen() const { return {plan_, users_, server_, time_.now()}; }
  [[nodiscard]] std::shared_ptr<spdlog::logger> make_log() const;

  result_of_seed found_;
  dice random_;
  plan plan_;
  trace trace_;
  one_thread config_;
  caf::actor_system system_{config_};
  timeline time_;
  callers users_;
  server_model server_;
  std::shared_ptr<database_core> core_;
  std::weak_ptr<const database_context> context_;
  database_snapshot shown_;
  bool stopped_ = false;
};

std::shared_ptr<spdlog::logger> simulation::make_log() const {
  if (!trace_.on()) {
    auto log = std::make_shared<spdlog::logger>("simulation",
                                                std::make_shared<spdlog::sinks::null_sink_mt>());
    log->set_level(spdlog::level::off);
    return log;
  }
  auto log = std::make_shared<spdlog::logger>("simulation", std::make_shared<trace_sink>(trace_));
  log->set_level(spdlog::level::trace);
  return log;
}

void simulation::begin() {
  // Not at the clock's zero: a point in time there is one that was never set.
  time_.run_until(time_.now() + seconds{1000});
  auto made = std::make_shared<database_context>();
  made->options = plan_.options;
  made->drain_timeout = plan_.drain_timeout;
  made->log = make_log();
  made->connect = [this](const session_request& from) { return server_.connect(from); };
  made->now = [this] { return time_.now(); };
  made->entropy = [this] { return random_.bits(); };
  made->ids = std::make_shared<query_ids>(random_.bits());
  made->own_threads = false;
  context_ = made;
  core_ = std::make_shared<database_core>(std::move(made), system_);
  core_->start();
}

void simulation::plan_events(time_point start) {
  users_.begin(core_, [this](milliseconds time) { server_.nap(time); });
  const auto sometime = [&] { return start + random_.time(0, plan_.busy_for.count()); };
  for (std::size_t i = 0; i < plan_.kills; ++i) {
    time_.at(sometime(), [this] {
      if (const caf::strong_actor_ptr victim = server_.some_owner()) {
        trace_("a connection actor is killed");
        caf::anon_send_exit(caf::actor_cast<caf::actor>(victim), caf::exit_reason::kill);
      }
    });
  }
  for (std::size_t i = 0; i < plan_.ddl; ++i)
    time_.at(sometime(), [this] { server_.change_table(users_.some_sql()); });
  for (std::size_t i = 0; i < plan_.resets; ++i)
    time_.at(sometime(), [this] { server_.reset_names(); });
  for (int i = 0; i < 10; ++i)
    time_.at(sometime(), [this] { look(); });
  if (plan_.stop_at) {
    time_.at(start + *plan_.stop_at, [this] {
      trace_("stop");
      stopped_ = true;
      caf::anon_send(core_->supervisor(), stop_database{});
    });
  }
}

// Asks for a snapshot, as somebody who is in no hurry.
void simulation::look() {
  system_.spawn([this](caf::event_based_actor* self) {
    self->request(core_->supervisor(), caf::infinite, ask_snapshot{})
        .then(
            [this](const database_snapshot& shown) {
              check_bounds(seen(), shown, found_.laws);
              check_circuit(shown_.circuit, shown.circuit, found_.laws);
              shown_ = shown;
            },
            [](const caf::error&) { /* it has stopped */ });
  });
}

// The server is well again: whatever happened, a read succeeds before long, and then everything
// comes to rest.
void simulation::recover() {
  trace_("calm");
  constexpr int most = 20;
  bool well = false;
  for (int i = 0; i < most && !well; ++i) {
    const asked& who = users_.probe();
    while (who.answers == 0 && time_.now() < who.deadline + seconds{1})
      time_.run_until(time_.now() + milliseconds{20});
    well = who.succeeded();
    if (!well)
      time_.run_until(who.deadline);
  }
  if (!well)
    found_.laws.broken("recovery",
                       "a server that is well again was not found out about by {} "
                       "reads over {} s",
                       most, most);
  users_.leave();
  // Longer than any deadline, nap or lease of the plan.
  time_.run_until(time_.now() + seconds{5});
  // Connections come and go with their lifetimes: one may be on its way just now.
  for (int i = 0; i < 20; ++i) {
    look();
    time_.run_until(time_.now() + milliseconds{3});
    if (counts_agree(seen(), shown_))
      break;
  }
  check_rest(seen(), shown_, found_.laws);
}

void simulation::stop() {
  users_.leave();
  core_->refuse("the simulation has stopped");
  caf::anon_send(core_->supervisor(), stop_database{});
  time_.run_until(time_.now() + plan_.drain_timeout + seconds{20});
  core_->end_requests();
  time_.run_until(time_.now() + milliseconds{1});
  core_.reset();
  time_.run_until(time_.now() + milliseconds{1});
}

void simulation::judge() {
  check_one_reply(seen(), found_.laws);
  check_no_blind_repeat(seen(), found_.laws);
  check_right_results(seen(), found_.laws);
  check_names_heal(seen(), found_.laws);
  if (server_.alive() > 0)
    found_.laws.broken("nothing leaked", "{} sessions after the end", server_.alive());
  const std::size_t actors = system_.registry().running();
  if (actors > 0 || time_.anything_waits()) {
    found_.laws.broken("nothing leaked", "{} actors after the end", actors);
    system_.await_actors_before_shutdown(false);
  }
  if (!context_.expired())
    found_.laws.broken("nothing leaked", "something still knows of the database");
  for (const asked& who : users_.all()) {
    ++found_.requests;
    found_.succeeded += who.succeeded() ? 1 : 0;
  }
}

} // namespace

result_of_seed simulate(std::uint64_t seed, fibers& stacks, bool verbose) {
  return simulation{seed, stacks, verbose}.run();
}

} // namespace freehold::simulation
