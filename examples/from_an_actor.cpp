// An actor that asks a database and is answered by message, as it would ask any
// other actor. Nothing blocks.

#include <freehold/freehold.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdlib>
#include <future>
#include <iostream>

namespace fh = freehold;
using namespace std::chrono_literals;

const fh::statement squares{"squares", "SELECT n * n FROM generate_series(1, $1::int) n",
                            fh::read_only};
const fh::statement share{"share", "SELECT 100 / $1::int", fh::read_only};

// Asks two things; the second fails. Says on `done` whether all went as it should.
void accountant(caf::event_based_actor* self, const fh::database& numbers,
                std::promise<bool>& done) {
  self->request(numbers.actor(), 5s, numbers.request(squares, 4))
      .then(
          [=, &done](const fh::result_set& rows) {
            std::int64_t sum = 0;
            for (auto [square] : rows.as<std::int64_t>())
              sum += square;
            std::cout << "sum of squares: " << sum << '\n';

            self->request(numbers.actor(), 5s, numbers.request(share, 0))
                .then([&done](const fh::result_set&) { done.set_value(false); },
                      [&done](const caf::error& why) {
                        // Freehold's own error, with all that is known.
                        const fh::error told = fh::to_error(why);
                        std::cout << told.statement << ": " << told.sqlstate << ' ' << told.message
                                  << " (" << to_string(told.fate) << ")\n";
                        done.set_value(told.sqlstate == "22012");
                      });
          },
          [&done](const caf::error& why) {
            std::cerr << fh::to_error(why).message << '\n';
            done.set_value(false);
          });
}

std::string database_url() {
  for (const char* name : {"FREEHOLD_TEST_URL", "DATABASE_URL"}) {
    if (const char* value = std::getenv(name))
      return value;
  }
  throw std::runtime_error{"set DATABASE_URL"};
}

int main() try {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  fh::runtime runtime{fh::config_from_url(database_url()), {&system, {}}};

  std::promise<bool> done;
  system.spawn(
      [&](caf::event_based_actor* self) { accountant(self, runtime.database("primary"), done); });
  return done.get_future().get() ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& why) {
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
