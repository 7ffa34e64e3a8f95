#include <freehold/freehold.hpp>

#include <caf/event_based_actor.hpp>

#include <csignal>
#include <iostream>

namespace fh = freehold;
using namespace std::chrono_literals;

const fh::statement sweep{"sweep", "DELETE FROM token WHERE expires <= now() RETURNING email",
                          fh::idempotent};

// Asks once a second. The answer comes as a message too: no thread waits for it.
caf::behavior sweeper(caf::event_based_actor* self, const fh::database& db) {
  self->send(self, caf::tick_atom_v);
  return {[self, db](caf::tick_atom) {
    self->request(db.actor(), 2s, db.request(sweep))
        .then(
            [](const fh::result_set& swept) {
              for (const auto& [email] : swept.as<std::string>())
                std::cout << "the link of " << email << " is over" << std::endl;
            },
            [](const caf::error&) {}); // the log says why; the next second asks again
    self->delayed_send(self, 1s, caf::tick_atom_v);
  }};
}

caf::actor make_sweeper(caf::actor_system& system, const fh::runtime& on) {
  return system.spawn(sweeper, on.database("primary"));
}

int main() {
  sigset_t ends; // before any thread starts, so that only sigwait gets these
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const fh::runtime runtime{fh::load_config("service.toml"),
                            {.actors = {{"sweeper", make_sweeper}}}};
  int which = 0;
  sigwait(&ends, &which);
} // the runtime stops here: its children first, then the databases
