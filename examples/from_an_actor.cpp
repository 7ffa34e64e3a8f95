// From an actor of one's own, in one's own actor system: messages instead of calls.

#include <freehold/freehold.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <cstdlib>
#include <iostream>

namespace fh = freehold;
using namespace std::chrono_literals;

const fh::statement squares{"squares", "SELECT n * n FROM generate_series(1, $1::int) n",
                            fh::read_only};
const fh::statement broken{"broken", "SELECT 1 / 0", fh::read_only};

caf::behavior counter(caf::event_based_actor* self, const fh::database& numbers) {
  self->request(numbers.actor(), 5s, numbers.request(squares, 4))
      .then([](const fh::result_set& rows) {
        std::int64_t sum = 0;
        for (auto [square] : rows.as<std::int64_t>()) sum += square;
        std::cout << "sum of squares: " << sum << '\n';
      });
  self->request(numbers.actor(), 5s, numbers.request(broken))
      .then([](const fh::result_set&) {},
            [self](const caf::error& why) {
              std::cout << "as expected: " << fh::to_error(why).message << '\n';
              self->quit();
            });
  return {};
}

int main() {
  caf::actor_system_config options;
  caf::actor_system system{options}; // the service's own; it outlives the runtime
  const char* url = std::getenv("FREEHOLD_TEST_URL");
  fh::runtime runtime{fh::config_from_url(url != nullptr ? url : "postgresql:///"),
                      {&system, {}}};
  const fh::database numbers = runtime.database("primary");
  const caf::actor done = system.spawn(counter, numbers);
  caf::scoped_actor self{system};
  self->wait_for(done);
}
