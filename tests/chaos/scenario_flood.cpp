// One key asks for far more than its share.

#include "tests/chaos/scenarios.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

namespace chaos {
namespace {

constexpr std::size_t flood_size = 10'000;

/// Keeps ten thousand requests of one key waiting until it ends.
class flooder {
public:
  flooder(fh::database db, fh::statement what) : all_{std::make_shared<state>(db, what)} {
    for (std::size_t i = 0; i < flood_size; ++i)
      ask(all_);
  }
  flooder(const flooder&) = delete;
  flooder& operator=(const flooder&) = delete;
  ~flooder() { all_->over = true; }

private:
  struct state {
    state(fh::database d, fh::statement w) : db{std::move(d)}, what{std::move(w)} {}
    fh::database db;
    fh::statement what;
    std::atomic<bool> over{false};
  };
  static void ask(const std::shared_ptr<state>& on) {
    on->db.execute(fh::bind(on->what),
                   [on](fh::outcome&& answer) {
                     if (!on->over && !answer.why)
                       ask(on);
                   },
                   {.timeout = 1min, .key = "the flood"});
  }
  std::shared_ptr<state> all_;
};

/// The p99 of somebody who asks one thing at a time.
clock::duration latency(const fh::database& db, const fh::statement& what, clock::duration time) {
  std::vector<clock::duration> took;
  for (const auto end = clock::now() + time; clock::now() < end;) {
    const auto asked = clock::now();
    static_cast<void>(db.execute(fh::bind(what), {.timeout = 1min, .key = "somebody else"}).get());
    took.push_back(clock::now() - asked);
  }
  std::sort(took.begin(), took.end());
  return took[took.size() * 99 / 100];
}

struct seen {
  clock::duration quiet;
  clock::duration flooded;
  [[nodiscard]] double ratio() const {
    return std::chrono::duration<double>(flooded) / std::chrono::duration<double>(quiet);
  }
};

seen compare(const setting& with, const fh::statement& what) {
  fh::config how = chaos_config(cluster::url(), "flood", fh::base_profile::production, 8);
  fh::database_options& options = how.databases.front();
  options.pool.min_connections = 8;
  options.pool.queue_length = 2 * flood_size; // that it may wait is the point
  options.pool.acquire_timeout = 1min;
  options.shedding.enabled = false; // it would refuse the flood
  const fh::runtime on{std::move(how), chaos_embedding()};
  const fh::database db = on.database("primary");
  const auto time = with.whole ? 10s : 5s;     // of a hundred answers the p99 would be the latest
  static_cast<void>(latency(db, what, 500ms)); // connections, prepared statements
  const clock::duration quiet = latency(db, what, time);
  const flooder others{db, what};
  return {quiet, latency(db, what, time)};
}

} // namespace

void flood(const setting& with) {
  with.on.scenario("flood", "One key has 10 000 requests waiting, another asks for one at a time");
  const seen longer = compare(with, {"ten ms", "SELECT pg_sleep(0.01)", fh::read_only});
  with.on.holds(longer.ratio() <= 2, "the other's p99", fmt::format("{:.2f} x", longer.ratio()),
                fmt::format("of its quiet value: {} after {}, statements of 10 ms; at most 2",
                            shown(longer.flooded), shown(longer.quiet)));
  // There the flood has all processors, so the statement itself takes longer.
  const seen quick = compare(with, {"quick", "SELECT 1", fh::read_only});
  with.on.shows("the same, quick statements", shown(quick.flooded),
                fmt::format("after {} when it is quiet", shown(quick.quiet)));
}

} // namespace chaos
