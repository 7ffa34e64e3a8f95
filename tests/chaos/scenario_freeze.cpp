// The service itself is stopped for a while, as a virtual machine is when it
// moves: deadlines pass while nobody of it runs.

#include "tests/chaos/scenarios.hpp"

#include <unistd.h>

namespace chaos {

void freeze(const setting& with) {
  with.on.scenario("freeze", "This process is stopped for 300 ms, again and again");
  const writing load{.shortest = 50ms, .longest = 400ms};
  trial under{with, chaos_config(cluster::url(), "freeze", fh::base_profile::production, 8), load};
  const int times = with.whole ? 60 : 6;
  for (int i = 0; i < times; ++i) {
    const bool done = shell(fmt::format("kill -STOP {0} && sleep 0.3; kill -CONT {0}", getpid()));
    if (!done)
      throw std::runtime_error{"cannot stop this process"};
    std::this_thread::sleep_for(200ms); // waits for the outside: some load
  }
  const auto first = under.next_success();
  with.on.holds(first && *first < 5s, "first success", shown(first.value_or(1min)),
                fmt::format("after the last of {} halts", times));
  under.conclude();
}

} // namespace chaos
