// A service whose own actors live in the runtime's supervision tree: the file says which run
// and how they are supervised, code says how each is made. One of them has a defect.

#include <freehold/freehold.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstdlib>
#include <future>
#include <iostream>

namespace fh = freehold;
using namespace std::chrono_literals;

// Usually a file: fh::load_config("freehold.toml"). The variable is one of tests/sandbox/sandbox.
constexpr const char* configuration = R"(
[runtime]
service = "example-tree"
level = "warn"

[database.primary]
url = "${FREEHOLD_TEST_URL}"
pool.max_connections = 2

[child.search]                      # a supervisor of two actors that belong together
strategy = "one_for_all"
restarts = 3
period = "10 s"

[child.search.child.cache]
actor = "cache"

[child.search.child.indexer]
actor = "indexer"
restart = "transient"
shutdown = "1 s"
)";

const fh::statement homes{"homes", "SELECT count(*) FROM generate_series(1, 100)", fh::read_only};

// Reads what it needs in its first message; a factory must not block.
caf::actor make_cache(caf::actor_system& system, const fh::runtime& on) {
  return system.spawn([db = on.database("primary")](caf::event_based_actor* self) -> caf::behavior {
    self->request(db.actor(), 5s, db.request(homes))
        .then(
            [](const fh::result_set& rows) {
              std::cout << "the cache holds " << rows.scalar<std::int64_t>() << " homes\n";
            },
            // Not to be served without: the supervisor tries again.
            [self](const caf::error& why) { self->quit(why); });
    return {[](int) {}};
  });
}

// Ends on a defect the first two times.
fh::actor_factory indexers(std::promise<void>& survived) {
  return [&survived, made = 0](caf::actor_system& system, const fh::runtime&) mutable {
    const int number = ++made;
    const caf::actor indexer =
        system.spawn([&survived, number](caf::event_based_actor* self) -> caf::behavior {
          return {[&survived, number, self](int) {
            std::cout << "indexer " << number << (number < 3 ? " crashes\n" : " works\n");
            if (number < 3)
              return self->quit(caf::exit_reason::unhandled_exception);
            survived.set_value();
          }};
        });
    caf::anon_send(indexer, 1);
    return indexer;
  };
}

void print(const fh::child_snapshot& shown, int depth = 0) {
  std::cout << std::string(2 * depth, ' ') << shown.name << " (" << shown.kind
            << "): " << to_string(shown.state) << ", started again " << shown.restarts_total
            << " times" << (shown.last_reason.empty() ? "" : "; last: " + shown.last_reason)
            << '\n';
  for (const fh::child_snapshot& each : shown.children)
    print(each, depth + 1);
}

int main() try {
  std::promise<void> survived;
  fh::embedding service;
  service.actors = {{"cache", make_cache}, {"indexer", indexers(survived)}};
  // What a service usually does here: end, and be started again by whoever watches it.
  service.on_failure = [](const std::string& why) { std::cerr << why << '\n'; };
  fh::runtime runtime{fh::parse_config(configuration), std::move(service)};

  survived.get_future().wait();
  const fh::child_snapshot tree = runtime.snapshot().tree;
  print(tree);
  const fh::child_snapshot& search = tree.children.back();
  const bool as_expected = search.restarts_total == 0 && search.children.back().restarts_total == 2;
  return as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& why) { // a config_error names every problem and its line
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
