#include <freehold/freehold.hpp>

#include <caf/event_based_actor.hpp>
#include <httplib.h>

#include <csignal>
#include <iostream>
#include <sstream>
#include <thread>

namespace fh = freehold;
using namespace std::chrono_literals;

struct home {
  int id;
  std::string title;
  std::string city;
  int rent;
};

const fh::statement search{"search",
                           "SELECT home.*, count(enquiry.id) "
                           "FROM home LEFT JOIN enquiry ON home_id = home.id "
                           "WHERE city = $1 GROUP BY home.id ORDER BY rent",
                           fh::read_only};
const fh::statement sweep{"sweep", "DELETE FROM token WHERE expires <= now()", fh::idempotent};

std::string page(const fh::result_set& found) {
  std::ostringstream text;
  for (const auto& [each, enquiries] : found.as<home, std::int64_t>())
    text << each.title << ", " << each.rent << " euros, " << enquiries << " enquiries\n";
  if (found.origin() != fh::result_origin::fresh)
    text << '(' << to_string(found.origin()) << ", from " << found.age().count() << " ms ago)\n";
  return text.str();
}

caf::behavior sweeper(caf::event_based_actor* self, const fh::database& db) {
  self->send(self, caf::tick_atom_v);
  return {[self, db](caf::tick_atom) {
    self->request(db.actor(), 2s, db.request(sweep))
        .then([](const fh::result_set&) {}, [](const caf::error&) {});
    self->delayed_send(self, 1min, caf::tick_atom_v);
  }};
}

caf::actor make_sweeper(caf::actor_system& system, const fh::runtime& on) {
  return system.spawn(sweeper, on.database("primary"));
}

int main(int, char** argv) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  const fh::config config = fh::load_config("service.toml");
  const fh::config_source source{.file = "service.toml", .on_sighup = true};
  const fh::runtime runtime{config, {.actors = {{"sweeper", make_sweeper}}, .source = source}};
  const fh::database db = runtime.database("primary");
  const fh::request_options or_last_good{.fallbacks = {fh::fallback::last_good(10min)}};

  httplib::Server server;
  server.Get("/homes", [&](const httplib::Request& asked, httplib::Response& to) {
    try {
      const auto bound = fh::bind(search, asked.get_param_value("city"));
      to.set_content(page(db.execute(bound, or_last_good).get()), "text/plain");
    } catch (const fh::failure& why) {
      to.status = 503;
      to.set_header("X-Query-Id", why.why().query_id);
      std::cerr << "no page: " << to_string(why.why()) << std::endl;
    }
  });
  const std::jthread listener{[&] { server.listen("127.0.0.1", std::stoi(argv[1])); }};
  int which = 0;
  sigwait(&ends, &which);
  server.stop(); // takes no more, and lets those finish that are here
}
