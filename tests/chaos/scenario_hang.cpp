// The server hangs: every process of it is stopped, and continues later.

#include "tests/chaos/scenarios.hpp"

namespace chaos {

void hang(const setting& with) {
  with.on.scenario("sigstop", "All processes of the server are stopped, then continue");
  const writing load{.shortest = 200ms, .longest = 1'500ms};
  trial under{with, chaos_config(cluster::url(), "sigstop", fh::base_profile::production, 8), load};
  const int times = with.whole ? 6 : 1;
  std::uint64_t answered = 0;
  clock::duration longest{0};
  for (int i = 0; i < times; ++i) {
    const std::uint64_t before = under.load().answered();
    with.servers.act("server pause");
    // Each request that is under way comes to its deadline, and so do many after it.
    std::this_thread::sleep_for(with.whole ? 5s : 3s); // waits for the outside: the server hangs
    answered += under.load().answered() - before;
    with.servers.act("server continue");
    longest = std::max(longest, under.next_success().value_or(1min));
    std::this_thread::sleep_for(with.whole ? 3s : 200ms); // waits for the outside: some load
  }
  with.on.holds(answered >= 64, "answered while it hung", grouped(answered),
                fmt::format("requests, in {} halts of {}", times, with.whole ? "5 s" : "3 s"));
  with.on.holds(longest < 10s, "first success", shown(longest),
                "after the server goes on, at worst");
  under.conclude();
}

} // namespace chaos
