// A service whose own actors live in the runtime's supervision tree: the file says which run
// and how they are supervised, code says how each is made. One of them has a defect.

#include <freehold/freehold.hpp>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <cstddef>
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

// What the indexer depends on: it is replaced whenever the indexer is.
caf::actor make_cache(caf::actor_system& system, const fh::runtime&) {
  return system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
}

// Ends on a defect the first two times; then it reads what it is to index.
fh::actor_factory indexers(std::promise<void>& indexed) {
  return [&indexed, made = 0](caf::actor_system& system, const fh::runtime& on) mutable {
    const int number = ++made;
    const auto index = [&indexed, number](caf::event_based_actor* self,
                                          const fh::result_set& rows) {
      std::cout << "indexer " << number << " reads " << rows.scalar<std::int64_t>() << " homes\n";
      if (number < 3)
        return self->quit(caf::exit_reason::unhandled_exception);
      indexed.set_value();
    };
    // A factory must not block: the actor asks when it runs.
    return system.spawn(
        [index, db = on.database("primary")](caf::event_based_actor* self) -> caf::behavior {
          self->request(db.actor(), 5s, db.request(homes))
              .then([self, index](const fh::result_set& rows) { index(self, rows); },
                    // Not to be worked without: the supervisor tries again.
                    [self](const caf::error& why) { self->quit(why); });
          return {[](int) {}};
        });
  };
}

void print(const fh::child_snapshot& shown, std::size_t depth = 0) {
  std::cout << std::string(2 * depth, ' ') << shown.name << " (" << shown.kind
            << "): " << to_string(shown.state) << ", started again " << shown.restarts_total
            << " times" << (shown.last_reason.empty() ? "" : "; last: " + shown.last_reason)
            << '\n';
  for (const fh::child_snapshot& each : shown.children)
    print(each, depth + 1);
}

int main() try {
  std::promise<void> indexed;
  fh::embedding service;
  service.actors = {{"cache", make_cache}, {"indexer", indexers(indexed)}};
  // What a service usually does here: end, and be started again by whoever watches it.
  service.on_failure = [](const std::string& why) { std::cerr << why << '\n'; };
  fh::runtime runtime{fh::parse_config(configuration), std::move(service)};

  indexed.get_future().wait();
  const fh::child_snapshot tree = runtime.snapshot().tree;
  print(tree);
  const fh::child_snapshot& search = tree.children.back();
  const bool as_expected = search.restarts_total == 0 && search.children.back().restarts_total == 2;
  return as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& why) { // a config_error names every problem and its line
  std::cerr << why.what() << '\n';
  return EXIT_FAILURE;
}
