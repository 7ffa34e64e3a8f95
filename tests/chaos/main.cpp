// Runs scenarios against the servers of the sandbox; ./dev chaos gives it one.
//
//   freehold_chaos [--short] [--seed N] [SCENARIO...]

#include "tests/chaos/scenarios.hpp"

#include <array>
#include <cstdlib>
#include <exception>

namespace {

using namespace chaos;

struct scenario {
  std::string_view name;
  void (*run)(const setting&);
};

constexpr std::array scenarios{
    scenario{"checker", checker}, scenario{"crash", crash},       scenario{"sigstop", hang},
    scenario{"outage", outage},   scenario{"network", network},   scenario{"faults", random_faults},
    scenario{"kills", kills},     scenario{"slots", slots},       scenario{"failover", failover},
    scenario{"lag", lag},         scenario{"refusals", refusals}, scenario{"abandoned", abandoned},
    scenario{"freeze", freeze},   scenario{"overload", overload}, scenario{"flood", flood},
    scenario{"circuit", circuit}, scenario{"reload", reloads},
};

struct wish {
  bool whole = true;
  std::uint64_t seed = 1;
  std::vector<scenario> chosen;
};

std::string known_names() {
  std::string names;
  for (const scenario& each : scenarios)
    names += fmt::format(" {}", each.name);
  return names;
}

wish read(int count, char** arguments) {
  wish made;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    const auto named = [word](const scenario& each) { return each.name == word; };
    const auto found = std::find_if(scenarios.begin(), scenarios.end(), named);
    if (word == "--short")
      made.whole = false;
    else if (word == "--seed" && i + 1 < count)
      made.seed = std::stoull(arguments[++i]);
    else if (found != scenarios.end())
      made.chosen.push_back(*found);
    else
      throw std::runtime_error{
          fmt::format("no such scenario: {}; there are:{}", word, known_names())};
  }
  if (made.chosen.empty())
    made.chosen.assign(scenarios.begin(), scenarios.end());
  return made;
}

// What a process opens once and keeps must not count as a leak later.
void warm_up() {
  const fh::runtime first{chaos_config(cluster::url(), "warm-up", fh::base_profile::development, 1),
                          chaos_embedding()};
  static_cast<void>(first.database("primary").execute(fh::statement{"one", "SELECT 1"}).get());
}

} // namespace

int main(int count, char** arguments) {
  try {
    const auto begun = chaos::clock::now();
    const wish what = read(count, arguments);
    stage on;
    const setting with{.on = on, .whole = what.whole, .seed = what.seed};
    with.servers.restore();
    on.headline(fmt::format("PostgreSQL {}, {} processors, seed {}",
                            observer{cluster::url()}.ask("SHOW server_version"),
                            std::thread::hardware_concurrency(), what.seed));
    warm_up();
    for (const scenario& each : what.chosen) {
      with.servers.restore();
      each.run(with);
    }
    with.servers.restore();
    return on.end(chaos::clock::now() - begun);
  } catch (const std::exception& why) {
    fmt::print(stderr, "freehold_chaos: {}\n", why.what());
    return EXIT_FAILURE;
  }
}
