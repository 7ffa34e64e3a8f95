#include "tests/simulation/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold::simulation {
namespace {

// Most of what can go wrong does not, in one run: else everything fails early, and always the
// same way.
double rate(dice& random, double often) {
  switch (random.below(8)) {
  case 0:
    return often / 10;
  case 1:
    return often / 2;
  case 2:
    return often;
  default:
    return 0;
  }
}

mishap_rates draw_rates(dice& random) {
  mishap_rates r;
  r.connect_refused = rate(random, 0.5);
  r.connect_hangs = rate(random, 0.1);
  r.connect_slow = rate(random, 0.5);
  r.lost_before = rate(random, 0.03);
  r.lost_after = rate(random, 0.03);
  r.blackout = rate(random, 0.03);
  r.fatal = rate(random, 0.03);
  r.hang = rate(random, 0.03);
  r.deaf = rate(random, 0.02);
  r.slow = rate(random, 0.1);
  r.conflict = rate(random, 0.2);
  r.refused = rate(random, 0.1);
  r.surprise = rate(random, 0.05);
  r.too_large = rate(random, 0.05);
  r.name_taken = rate(random, 0.1);
  return r;
}

void draw_pool(dice& random, database_options& o) {
  o.pool.max_connections = random.between(1, 6);
  o.pool.min_connections = random.below(o.pool.max_connections + 1);
  o.pool.queue_length = random.one_of<std::size_t>({1, 4, 20, 50, 200});
  o.pool.acquire_timeout = random.time(20, 3000);
  o.pool.pipeline_depth = random.one_of<std::size_t>({1, 2, 3, 8, 64});
  o.pool.idle_timeout = random.chance(0.3) ? milliseconds{0} : random.time(50, 5000);
  o.pool.max_lifetime = random.chance(0.5) ? milliseconds{0} : random.time(200, 5000);
  o.connect.timeout = random.time(50, 1000);
  o.connect.concurrent = random.between(1, 3);
  o.connect.backoff_first = random.time(1, 100);
  o.connect.backoff_base = random.time(1, 300);
  o.connect.backoff_cap = std::max(o.connect.backoff_base, random.time(100, 2000));
  o.liveness.check_idle_after = random.time(0, 500);
  o.liveness.ping_interval = random.time(100, 3000);
  o.liveness.ping_timeout = random.time(10, 99);
}

void draw_policies(dice& random, database_options& o) {
  o.statements.policy = random.chance(0.8)   ? statement_policy::automatic
                        : random.chance(0.5) ? statement_policy::named
                                             : statement_policy::unnamed;
  o.statements.cache_size = random.one_of<std::size_t>({1, 2, 5, 200});
  o.statements.timeout = random.time(200, 2000);
  o.statements.cancel_grace = random.time(10, 300);
  o.statements.slow_threshold = random.time(1, 200);
  o.lease.warn_after = random.chance(0.5) ? milliseconds{0} : random.time(10, 100);
  o.lease.reclaim_after = random.chance(0.3) ? milliseconds{0} : random.time(100, 1000);
  o.breaker.consecutive_failures = random.between(1, 10);
  o.breaker.minimum_calls = random.between(1, 20);
  o.breaker.open_first = random.time(10, 500);
  o.breaker.open_cap = o.breaker.open_first + random.time(0, 1000);
  o.retry.attempts = random.below(6);
  o.retry.budget = random.one_of({0.0, 0.2, 1.0, 1.0});
  o.retry.backoff_base = random.time(1, 50);
  o.retry.backoff_cap = o.retry.backoff_base + random.time(0, 300);
  o.shedding.enabled = random.chance(0.5);
  o.shedding.target = random.time(5, 100);
  o.shedding.interval = o.shedding.target + random.time(10, 1000);
}

} // namespace

plan draw_plan(dice& random) {
  plan p;
  p.options = default_database(base_profile::production, "primary");
  draw_pool(random, p.options);
  draw_policies(random, p.options);
  p.kind = random.one_of({server_kind::direct, server_kind::direct, server_kind::pooler,
                          server_kind::tracking_pooler});
  p.backends = random.between(1, 3);
  p.drain_timeout = random.one_of({milliseconds{0}, milliseconds{50}, milliseconds{3000}});
  if (random.chance(0.85))
    p.rates = draw_rates(random);
  p.round_trip = microseconds{random.one_of({0, 0, 100, 1000, 10'000})};
  p.slow_for = random.time(5, 2000);
  p.turn_cost = microseconds{random.one_of({0, 0, 10, 100})};
  p.requests = random.between(5, 80);
  p.busy_for = random.time(5, 2000);
  p.abandoned = rate(random, 0.3);
  p.follow_ups = rate(random, 0.5);
  p.kills = random.chance(0.3) ? random.between(1, 4) : 0;
  p.ddl = random.chance(0.3) ? random.between(1, 4) : 0;
  p.resets = random.chance(0.2) ? random.between(1, 3) : 0;
  if (random.chance(0.3))
    p.stop_at = random.time(0, p.busy_for.count() + 100);
  return p;
}

std::string describe(const plan& p) {
  const char* kind = p.kind == server_kind::direct   ? "direct"
                     : p.kind == server_kind::pooler ? "pooler"
                                                     : "tracking pooler";
  const database_options& o = p.options;
  return fmt::format(
      "{} server, {} backends; {}-{} connections, queue {}, depth {}, cache {}, acquire {} ms, "
      "grace {} ms, reclaim {} ms, {} retries; round trip {} us; {} requests in {} ms; {} kills, "
      "{} ddl, {} resets; stop {}",
      kind, p.backends, o.pool.min_connections, o.pool.max_connections, o.pool.queue_length,
      o.pool.pipeline_depth, o.statements.cache_size, o.pool.acquire_timeout.count(),
      o.statements.cancel_grace.count(), o.lease.reclaim_after.count(), o.retry.attempts,
      p.round_trip.count(), p.requests, p.busy_for.count(), p.kills, p.ddl, p.resets,
      p.stop_at ? fmt::format("after {} ms", p.stop_at->count()) : "at the end");
}

} // namespace freehold::simulation
