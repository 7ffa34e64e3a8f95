// The server crashes under load, again and again.

#include "tests/chaos/proxy.hpp"
#include "tests/chaos/scenarios.hpp"

#include <algorithm>

namespace chaos {
namespace {

struct absence {
  clock::duration away{0}; ///< until the server took connections again
  std::optional<clock::duration> first_success;
};

// As the process ends: its kernel says goodbye to the clients.
void crash_server(const setting& with) {
  with.servers.act("server crash");
}

// As the machine goes down: what it did last, nobody is told.
void crash_machine(const setting& with, proxy& network) {
  network.stall(heading::to_client, 0);
  std::this_thread::sleep_for(20ms); // waits for the outside: the server is to write unheard
  network.cut(ending::reset);
  with.servers.act("server kill");
  network.pass();
}

absence crash_once(const setting& with, trial& under, proxy& network, bool whole_machine) {
  absence seen;
  const auto begun = clock::now();
  if (whole_machine)
    crash_machine(with, network);
  else
    crash_server(with);
  with.servers.act("server start");
  static_cast<void>(eventually([] { return accepts(cluster::url()); }));
  seen.away = clock::now() - begun;
  seen.first_success = under.next_success();
  return seen;
}

} // namespace

void crash(const setting& with) {
  with.on.scenario("crash", "The server or its whole machine crashes every 5 s under 64 writers");
  proxy network{cluster::port(), with.seed};
  fh::config how = chaos_config(with_port(cluster::url(), network.port()), "crash",
                                fh::base_profile::production, 8);
  // Some outlast the outage, so that what is wrongly sent again is there twice.
  trial under{with, std::move(how), {.shortest = 1s, .longest = 6s}};
  const int crashes = with.whole ? 36 : 2;
  std::vector<absence> all;
  for (int i = 0; i < crashes; ++i) {
    std::this_thread::sleep_for(with.whole ? 3s : 1s); // waits for the outside: some load
    all.push_back(crash_once(with, under, network, i % 2 == 0));
  }
  std::vector<clock::duration> waits;
  for (const absence& each : all)
    waits.push_back(each.first_success.value_or(1min));
  std::sort(waits.begin(), waits.end());
  const auto longest = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
                         return a.away < b.away;
                       })->away;
  with.on.holds(waits.back() < 10s, "first success", shown(waits[waits.size() / 2]),
                fmt::format("after the server accepts again, median of {} crashes; at worst {}. "
                            "It was away for {} at most",
                            crashes, shown(waits.back()), shown(longest)));
  under.conclude();
}

} // namespace chaos
