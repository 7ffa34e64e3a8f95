// The way of a request from a handle to its answer, without a server and on one thread, so that
// its instructions can be counted: `bench_instructions REQUESTS`.

#include "actors/database_core.hpp"
#include "actors/requests.hpp"
#include "actors/supervisor.hpp"
#include "bench/guard/fixed_load.hpp"
#include "bench/guard/null_session.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <spdlog/sinks/null_sink.h>

#include <string>

namespace bench {
namespace {

namespace fh = freehold;
using namespace std::chrono_literals;

struct one_thread : caf::actor_system_config {
  one_thread() { set("scheduler.policy", caf::atom("testing")); }
};

fh::context_ptr make_context() {
  auto made = std::make_shared<fh::database_context>();
  made->options = fh::default_database(fh::base_profile::production, "primary");
  made->options.pool.max_connections = 2;
  made->options.pool.min_connections = 2;
  // Counting is slow: no clock may change what happens.
  made->options.statements.timeout = 1h;
  made->options.statements.slow_threshold = 1h;
  made->options.liveness.check_idle_after = 1h;
  made->slow->set(1h, 1.0);
  made->log =
      std::make_shared<spdlog::logger>("bench", std::make_shared<spdlog::sinks::null_sink_mt>());
  made->connect = [](const fh::session_request&) { return std::make_unique<null_session>(); };
  made->ids = std::make_shared<fh::query_ids>(7);
  made->own_threads = false;
  return made;
}

int run(std::int64_t requests) {
  one_thread config;
  caf::actor_system system{config};
  auto& scheduler = dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  scheduler.advance_time(std::chrono::steady_clock::now().time_since_epoch());
  const auto core = std::make_shared<fh::database_core>(make_context(), system);
  core->start();
  scheduler.run();

  fixed_load load{fh::database{core},
                  {"select", "SELECT id, name FROM item WHERE id = $1", fh::read_only},
                  requests};
  load.begin();
  scheduler.run();
  const bool answered = load.done();
  caf::anon_send(core->supervisor(), fh::stop_database{});
  scheduler.run();
  if (!answered)
    std::fprintf(stderr, "not all requests were answered\n");
  return answered ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace
} // namespace bench

int main(int count, char** arguments) {
  return bench::run(count > 1 ? std::stol(arguments[1]) : 1'000);
}
