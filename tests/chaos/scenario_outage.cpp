// The server is stopped for a while and started again.

#include "tests/chaos/proxy.hpp"
#include "tests/chaos/scenarios.hpp"

namespace chaos {

void outage(const setting& with) {
  const auto away = with.whole ? 60s : 3s;
  with.on.scenario("outage", "The server is stopped for a while; profile development");
  proxy network{cluster::port(), with.seed};
  fh::config how = chaos_config(with_port(cluster::url(), network.port()), "outage",
                                fh::base_profile::development, 4);
  const std::size_t concurrent = how.databases.front().connect.concurrent;
  trial under{with, std::move(how), {}};
  const std::uint64_t before = under.load().answered();
  with.servers.act("server stop");
  const auto stopped = clock::now();
  std::this_thread::sleep_for(away); // waits for the outside: the server is away
  const std::size_t connects = network.accepted_since(stopped);
  const std::size_t in_a_second = network.most_in_a_second(stopped);
  const std::uint64_t answered = under.load().answered() - before;
  with.servers.act("server start");
  static_cast<void>(eventually([] { return accepts(cluster::url()); }));
  const auto first = under.next_success();
  // The first pause is 100 ms, later ones 100 ms at least; each ends with `concurrent` connects.
  const std::size_t bound = 10 * concurrent;
  with.on.holds(in_a_second <= bound, "connects in any second", grouped(in_a_second),
                fmt::format("at most {} may be; {} in all while it was away for {}", bound,
                            connects, shown(away)));
  with.on.holds(answered >= 64, "answered meanwhile", grouped(answered),
                "requests of 64 writers with 2 s each");
  with.on.holds(first && *first < 6s, "first success", shown(first.value_or(1min)),
                "after the server accepts again; the longest pause between connects is 5 s");
  under.conclude();
}

} // namespace chaos
