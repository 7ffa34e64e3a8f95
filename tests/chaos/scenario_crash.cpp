// The server crashes under load, again and again.

#include "tests/chaos/scenarios.hpp"

#include <algorithm>

namespace chaos {
namespace {

struct outage {
  clock::duration away{0}; ///< until the server took connections again
  std::optional<clock::duration> first_success;
};

outage crash_once(const setting& with, trial& under, bool brutally) {
  outage seen;
  const auto begun = clock::now();
  with.servers.act(brutally ? "server kill" : "server crash");
  with.servers.act("server start");
  static_cast<void>(eventually([] { return accepts(cluster::url()); }));
  seen.away = clock::now() - begun;
  seen.first_success = under.next_success();
  return seen;
}

} // namespace

void crash(const setting& with) {
  with.on.scenario("crash", "The server crashes every 5 s under 64 writers");
  trial under{with, chaos_config(cluster::url(), "crash", fh::base_profile::production, 8), {}};
  const int crashes = with.whole ? 36 : 2;
  std::vector<outage> all;
  for (int i = 0; i < crashes; ++i) {
    const auto due = clock::now() + 5s;
    std::this_thread::sleep_until(due - 1s); // waits for the outside: the load is to run a while
    all.push_back(crash_once(with, under, i % 2 == 1));
  }
  std::vector<clock::duration> waits;
  for (const outage& each : all)
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
