// A service that has actors already: the runtime moves into its actor system,
// writes to its log, and leaves both to it.

#include <freehold/freehold.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

namespace fh = freehold;
using namespace std::chrono_literals;

// The service's own interface: the number of homes cheaper than a rent.
using catalogue_actor = caf::typed_actor<caf::replies_to<double>::with<std::int64_t>>;

const fh::statement count_cheaper{
    "count_cheaper",
    "SELECT count(*) FROM (VALUES (950.0), (480.5), (3200.0)) AS home (rent) WHERE rent < $1",
    fh::read_only};

catalogue_actor::behavior_type catalogue(catalogue_actor::pointer self, fh::database homes) {
  return {[=](double rent) -> caf::result<std::int64_t> {
    auto promise = self->make_response_promise<std::int64_t>();
    self->request(homes.actor(), 2s, homes.request(count_cheaper, rent))
        .then(
            [promise](const fh::result_set& rows) mutable {
              promise.deliver(rows.scalar<std::int64_t>());
            },
            [promise](caf::error& why) mutable { promise.deliver(std::move(why)); });
    return promise;
  }};
}

std::string database_url() {
  for (const char* name : {"FREEHOLD_TEST_URL", "DATABASE_URL"}) {
    if (const char* value = std::getenv(name))
      return value;
  }
  throw std::runtime_error{"set DATABASE_URL"};
}

int main() try {
  caf::actor_system_config settings; // nothing of Freehold's to register
  caf::actor_system system{settings};
  std::ostringstream log;
  bool right = false;
  {
    fh::config options = fh::config_from_url(database_url());
    options.runtime.service = "example-host";
    options.runtime.level = fh::log_level::debug;
    fh::runtime runtime{options,
                        {&system, {std::make_shared<spdlog::sinks::ostream_sink_mt>(log)}}};

    const catalogue_actor homes = system.spawn(catalogue, runtime.database("primary"));
    caf::scoped_actor self{system};
    self->request(homes, 5s, 1000.0)
        .receive(
            [&](std::int64_t count) {
              std::cout << count << " homes under 1000\n";
              right = count == 2;
            },
            [](const caf::error& why) { std::cerr << fh::to_error(why).message << '\n'; });
  } // the runtime stops here; the system goes on
  const std::string text = log.str();
  const auto lines = std::count(text.begin(), text.end(), '\n');
  std::cout << "the service's log got " << lines << " lines of the runtime\n";
  return right && lines > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
