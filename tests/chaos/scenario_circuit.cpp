// What a caller sees of an outage: at once, with a reason, with something to show meanwhile.

#include "tests/chaos/proxy.hpp"
#include "tests/chaos/scenarios.hpp"

#include <algorithm>
#include <optional>
#include <thread>
#include <vector>

namespace chaos {
namespace {

const fh::statement known{"known", "SELECT 42", fh::read_only, 2s};

struct asked {
  clock::time_point answered;
  clock::duration took;
  std::optional<fh::errc> why;
  fh::result_origin origin = fh::result_origin::fresh;
};

asked ask(const fh::database& db, fh::request_options how = {}) {
  const auto begun = clock::now();
  asked made{};
  try {
    made.origin = db.execute(fh::bind(known), std::move(how)).get().origin();
  } catch (const fh::failure& why) {
    made.why = why.code();
  }
  made.answered = clock::now();
  made.took = made.answered - begun;
  return made;
}

struct outage_seen {
  std::size_t connects_before_open = 0;
  std::vector<clock::duration> refused; ///< sorted
  std::size_t stale = 0;
  std::size_t asked_with_fallback = 0;
};

outage_seen look(const fh::database& db, proxy& network, clock::time_point stopped,
                 clock::duration away) {
  outage_seen all;
  for (int i = 0; clock::now() < stopped + away; ++i) {
    const asked one = ask(db);
    if (one.why == fh::errc::circuit_open) {
      if (all.refused.empty())
        all.connects_before_open = network.accepted_since(stopped);
      all.refused.push_back(one.took);
      const asked with = ask(db, {.fallbacks = {fh::fallback::last_good(1min)}});
      ++all.asked_with_fallback;
      all.stale += !with.why && with.origin == fh::result_origin::stale ? 1 : 0;
    }
    std::this_thread::sleep_for(2ms); // waits for the outside: a caller's pace
  }
  std::sort(all.refused.begin(), all.refused.end());
  return all;
}

} // namespace

void circuit(const setting& with) {
  with.on.scenario("circuit", "The server is stopped; profile development");
  proxy network{cluster::port(), with.seed};
  fh::config how = chaos_config(with_port(cluster::url(), network.port()), "circuit",
                                fh::base_profile::development, 4);
  const fh::breaker_options limits = how.databases.front().breaker;
  const fh::runtime on{std::move(how), chaos_embedding()};
  const fh::database db = on.database("primary");
  if (ask(db, {.fallbacks = {fh::fallback::last_good(1min)}}).why)
    throw std::runtime_error{"no service to begin with"};
  with.servers.act("server stop");
  const auto stopped = clock::now();
  const auto away = with.whole ? 30s : 4s;
  const outage_seen all = look(db, network, stopped, away);
  const std::size_t connects = network.accepted_since(stopped);
  with.on.holds(
      !all.refused.empty() && all.connects_before_open <= limits.consecutive_failures,
      "connects until it opens", grouped(all.connects_before_open),
      fmt::format("at most {} (breaker.consecutive_failures)", limits.consecutive_failures));
  const auto median =
      all.refused.empty() ? clock::duration{1h} : all.refused[all.refused.size() / 2];
  with.on.holds(median < 1ms, "an answer takes", shown(median),
                fmt::format("median of {} while it is open, {} at worst; less than 1 ms",
                            all.refused.size(),
                            shown(all.refused.empty() ? 0ms : all.refused.back())));
  with.on.holds(all.stale > 0 && all.stale == all.asked_with_fallback, "the last good answer",
                grouped(all.stale), "times, each time that it was asked for");
  with.servers.act("server start");
  static_cast<void>(eventually([] { return accepts(cluster::url()); }));
  const auto back = clock::now();
  asked one = ask(db);
  while (one.why && clock::now() < back + 10s) {
    std::this_thread::sleep_for(2ms); // waits for the outside: a caller's pace
    one = ask(db);
  }
  with.on.holds(!one.why && one.answered - back < 1s, "and it recovers", shown(one.answered - back),
                "after the server accepts again; less than 1 s");
  const double rate = double(connects) / std::chrono::duration<double>(away).count();
  with.on.holds(
      rate <= 3, "connects a second", fmt::format("{:.1f}", rate),
      fmt::format("while it was away; at most 3, for a trial comes each {} ms or a little "
                  "sooner",
                  limits.open_first.count()));
}

} // namespace chaos
