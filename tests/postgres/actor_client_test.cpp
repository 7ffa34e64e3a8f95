// A service's own actors as clients, in the service's own actor system.

#include "tests/support/live_runtime.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <spdlog/sinks/null_sink.h>

#include <future>

using namespace freehold;
using namespace freehold::testing;

namespace {

// A service: its actor system outlives the runtime that it hosts.
struct service {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  runtime on;
  database db;

  explicit service(config options)
      : on{std::move(options), {&system, {std::make_shared<spdlog::sinks::null_sink_mt>()}}},
        db{on.database("primary")} {}
};

const statement plus_one{"actor plus one", "SELECT $1::int + 1", read_only};

} // namespace

TEST_CASE("an actor of the host asks a database and is answered by message") {
  service host{sandbox_config("actor_client", "URL", 2)};
  std::promise<int> sum;
  host.system.spawn([&](caf::event_based_actor* self) {
    self->request(host.db.actor(), 2s, host.db.request(plus_one, 41))
        .then([&](const result_set& rows) { sum.set_value(rows.scalar<int>()); },
              [&](const caf::error& why) {
                sum.set_exception(std::make_exception_ptr(failure{to_error(why)}));
              });
  });
  CHECK(sum.get_future().get() == 42);
}

TEST_CASE("actors send scripts and functions and get errors as values") {
  service host{sandbox_config("actor_kinds", "URL", 2)};
  caf::scoped_actor self{host.system};
  error seen;
  const auto keep = [&](const caf::error& why) { seen = to_error(why); };
  self->request(host.db.actor(), 5s, script_message{{bind(plus_one, 1), bind(plus_one, 2)}, {}})
      .receive([&](const std::vector<result_set>& all) { CHECK(all.size() == 2); }, keep);
  self->request(host.db.actor(), 5s,
                transact_message{[](transaction& tx) -> std::any {
                                   return tx.execute(plus_one, 6).scalar<int>();
                                 },
                                 {}})
      .receive([&](const transaction_value& value) { CHECK(value.as<int>() == 7); }, keep);
  CHECK(seen.code == errc::none);
  self->request(host.db.actor(), 5s, execute_message{bind(sql("SELEC 1")), {}})
      .receive([](const result_set&) { FAIL("it succeeded"); }, keep);
  CHECK(seen.code == errc::server_error);
  CHECK(seen.sqlstate == "42601");
  CHECK(seen.statement == "SELEC 1");
  self->request(host.db.actor(), 5s,
                execute_message{bind(sql("SELECT pg_sleep(10)")), {.timeout = 100ms}})
      .receive([](const result_set&) { FAIL("it succeeded"); }, keep);
  CHECK(seen.code == errc::deadline_exceeded);
}

TEST_CASE("a stopped runtime leaves the host's actor system to the host") {
  service host{sandbox_config("actor_stopped", "URL", 1)};
  CHECK(host.db.execute(plus_one, 1).get().scalar<int>() == 2);
  const database_actor left = host.db.actor();
  host.on.stop();
  caf::scoped_actor self{host.system};
  error seen;
  self->request(left, 5s, host.db.request(plus_one, 1))
      .receive([](const result_set&) { FAIL("it succeeded"); },
               [&](const caf::error& why) { seen = to_error(why); });
  CHECK(seen.code == errc::stopped);
  std::promise<bool> alive;
  host.system.spawn([&] { alive.set_value(true); });
  CHECK(alive.get_future().get());
}

#ifndef NDEBUG
TEST_CASE("a blocking wait inside a cooperative actor is refused") {
  service host{sandbox_config("actor_blocking", "URL", 1)};
  std::promise<errc> outcome;
  host.system.spawn([&](caf::event_based_actor*) {
    try {
      static_cast<void>(host.db.execute(plus_one, 1).get());
      outcome.set_value(errc::none);
    } catch (const failure& why) {
      outcome.set_value(why.code());
    }
  });
  CHECK(outcome.get_future().get() == errc::would_block);
  CHECK(host.db.execute(plus_one, 1).get().scalar<int>() == 2); // a thread may
}
#endif
