#include "runtime/pool_ledger.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <vector>

using freehold::connection_id;
using freehold::connection_state;
using freehold::pool_counts;
using freehold::pool_ledger;
using freehold::pool_options;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::steady_clock::time_point start{};

pool_options options(std::size_t least = 1, std::size_t most = 5) {
  pool_options pool;
  pool.min_connections = least;
  pool.max_connections = most;
  pool.pipeline_depth = 3;
  pool.idle_timeout = 60s;
  pool.max_lifetime = 600s;
  pool.lifetime_jitter = 0.0;
  return pool;
}

struct fixture {
  pool_ledger pool{options(), 1};

  connection_id idle(std::chrono::seconds at = 0s) {
    const connection_id id = pool.add(start + at);
    pool.ready(id, start + at);
    return id;
  }
  connection_id busy(std::size_t n) {
    const connection_id id = idle();
    pool.assigned(id, n);
    return id;
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a connection is picked when it is ready and not before") {
  const connection_id id = pool.add(start);
  CHECK(pool.state(id) == connection_state::connecting);
  CHECK_FALSE(pool.pick(false, start));
  CHECK_FALSE(pool.pick(true, start));
  pool.ready(id, start + 1s);
  CHECK(pool.pick(false, start + 1s) == id);
  CHECK(pool.since(id) == start + 1s);
}

TEST_CASE_METHOD(fixture, "ids are not used again") {
  const connection_id first = idle();
  pool.remove(first);
  CHECK_FALSE(pool.contains(first));
  CHECK(idle() != first);
}

TEST_CASE_METHOD(fixture, "the idle connection used last is picked first") {
  const connection_id a = idle();
  const connection_id b = idle(1s);
  CHECK(pool.pick(false, start) == b);
  pool.assigned(a, 1);
  pool.settled(a, 1, start + 2s);
  CHECK(pool.pick(false, start) == a);
}

TEST_CASE_METHOD(fixture, "with none idle the shortest pipeline is fed up to the depth") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  CHECK(pool.pick(false, start) == b);
  pool.assigned(b, 2);
  CHECK(pool.pick(false, start) == a);
  pool.assigned(a, 1);
  CHECK_FALSE(pool.pick(false, start));
  pool.settled(b, 1, start);
  CHECK(pool.pick(false, start) == b);
}

TEST_CASE_METHOD(fixture, "an exclusive request has its connection alone") {
  const connection_id a = idle();
  const connection_id b = busy(1);
  REQUIRE(pool.pick(true, start + 5s) == a);
  CHECK(pool.state(a) == connection_state::exclusive);
  CHECK(pool.since(a) == start + 5s);
  pool.assigned(a, 1);
  CHECK(pool.pick(false, start) == b);
  CHECK_FALSE(pool.pick(true, start));
  pool.settled(a, 1, start + 6s);
  CHECK(pool.state(a) == connection_state::idle);
}

TEST_CASE_METHOD(fixture, "one connection is always left to plain requests") {
  for (int i = 0; i < 5; ++i)
    idle();
  for (int i = 0; i < 4; ++i)
    REQUIRE(pool.pick(true, start));
  CHECK_FALSE(pool.pick(true, start));
  CHECK(pool.pick(false, start));
}

TEST_CASE("a pool of one connection serves exclusive requests too") {
  pool_ledger pool{options(1, 1), 1};
  const connection_id id = pool.add(start);
  pool.ready(id, start);
  CHECK(pool.pick(true, start) == id);
  CHECK_FALSE(pool.pick(false, start));
}

TEST_CASE_METHOD(fixture, "a lease lasts until its release, whatever is settled in between") {
  const connection_id id = idle();
  REQUIRE(pool.pick(true, start) == id);
  pool.lease(id, start + 1s);
  CHECK(pool.state(id) == connection_state::leased);
  CHECK(pool.since(id) == start + 1s);
  pool.assigned(id, 2);
  pool.settled(id, 2, start + 2s);
  CHECK(pool.state(id) == connection_state::leased);
  CHECK_FALSE(pool.pick(false, start));
  pool.released(id, start + 3s);
  CHECK(pool.pick(false, start) == id);
}

TEST_CASE_METHOD(fixture, "an exclusive pick that was not used can be given back") {
  const connection_id id = idle();
  REQUIRE(pool.pick(true, start) == id);
  pool.released(id, start);
  CHECK(pool.pick(true, start) == id);
}

TEST_CASE_METHOD(fixture, "a reservation lets the shortest pipeline run empty for an exclusive") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  CHECK(pool.pick(false, start) == a); // b is not fed any more
  pool.settled(b, 1, start);
  CHECK(pool.pick(false, start) == a);
  CHECK(pool.pick(true, start) == b);
}

TEST_CASE_METHOD(fixture, "a cancelled reservation gives the connection back to all") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  pool.cancel_reservation();
  CHECK(pool.pick(false, start) == b);
  pool.reserve_one();
  pool.settled(b, 1, start + 1s);
  pool.settled(a, 2, start + 2s);
  pool.cancel_reservation();
  CHECK(pool.pick(false, start) == a); // idle for less long than b
}

TEST_CASE_METHOD(fixture, "an exclusive pick that finds another connection ends the reservation") {
  const connection_id a = busy(1);
  pool.reserve_one();
  const connection_id b = idle();
  CHECK(pool.pick(true, start) == b);
  CHECK(pool.pick(false, start) == a);
}

TEST_CASE_METHOD(fixture, "a reservation moves on when its connection is lost") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  pool.remove(b);
  CHECK_FALSE(pool.pick(false, start));
  pool.settled(a, 2, start);
  CHECK_FALSE(pool.pick(false, start));
  CHECK(pool.pick(true, start) == a);
}

TEST_CASE_METHOD(fixture, "a reservation made while none is connected takes the first") {
  const connection_id a = pool.add(start);
  pool.reserve_one();
  pool.ready(a, start);
  CHECK_FALSE(pool.pick(false, start));
  CHECK(pool.pick(true, start) == a);
}

TEST_CASE_METHOD(fixture, "a reservation holds nothing back while no more may be exclusive") {
  std::vector<connection_id> held;
  for (int i = 0; i < 4; ++i) {
    idle();
    held.push_back(*pool.pick(true, start));
  }
  const connection_id plain = busy(1);
  pool.reserve_one();
  CHECK(pool.pick(false, start) == plain);
  pool.released(held[0], start);
  CHECK(pool.pick(false, start) == plain);
  CHECK(pool.pick(true, start) == held[0]);
}

TEST_CASE_METHOD(fixture, "a draining connection finishes its work and takes nothing new") {
  const connection_id a = busy(2);
  const connection_id b = idle();
  pool.drain(a);
  pool.drain(b);
  CHECK_FALSE(pool.drained(a));
  CHECK(pool.drained(b));
  CHECK_FALSE(pool.pick(false, start));
  pool.settled(a, 2, start);
  CHECK(pool.drained(a));
  CHECK(pool.counts() == pool_counts{.draining = 2});
  CHECK(pool.counts().usable() == 0);
}

TEST_CASE_METHOD(fixture, "a draining lease is drained when it is released") {
  const connection_id id = idle();
  REQUIRE(pool.pick(true, start) == id);
  pool.lease(id, start);
  pool.drain(id);
  CHECK_FALSE(pool.drained(id));
  pool.released(id, start);
  CHECK(pool.drained(id));
}

TEST_CASE_METHOD(fixture, "a connection that drains while connecting is drained") {
  const connection_id id = pool.add(start);
  pool.drain(id);
  CHECK(pool.drained(id));
  pool.ready(id, start);
  CHECK(pool.drained(id));
  CHECK_FALSE(pool.pick(false, start));
}

TEST_CASE_METHOD(fixture, "idle connections above the minimum retire, idle longest first") {
  const connection_id a = idle(0s);
  const connection_id b = idle(1s);
  const connection_id c = idle(2s);
  CHECK(pool.next_event() == start + 60s);
  CHECK(pool.due_for_retirement(start + 59s).empty());
  CHECK(pool.due_for_retirement(start + 60s) == std::vector<connection_id>{a});
  CHECK(pool.due_for_retirement(start + 90s) == std::vector<connection_id>{a, b});
  pool.remove(a);
  pool.remove(b);
  CHECK(pool.due_for_retirement(start + 90s).empty());
  CHECK(pool.next_event() == start + 602s); // the lifetime of c
  CHECK(pool.contains(c));
}

TEST_CASE_METHOD(fixture, "a connection retires after its lifetime, busy or not") {
  const connection_id a = busy(1);
  CHECK(pool.due_for_retirement(start + 599s).empty());
  CHECK(pool.due_for_retirement(start + 600s) == std::vector<connection_id>{a});
  pool.drain(a);
  CHECK(pool.due_for_retirement(start + 600s).empty());
  CHECK_FALSE(pool.next_event());
}

TEST_CASE_METHOD(fixture, "retirement by age counts against what may retire as idle") {
  const connection_id a = idle();
  pool.assigned(a, 1);
  pool.settled(a, 1, start + 595s);
  const connection_id b = idle(300s);
  CHECK(pool.due_for_retirement(start + 600s) == std::vector<connection_id>{a});
  CHECK(pool.contains(b));
}

TEST_CASE("times of zero retire nobody") {
  pool_options never = options();
  never.idle_timeout = 0ms;
  never.max_lifetime = 0ms;
  pool_ledger pool{never, 1};
  for (int i = 0; i < 3; ++i)
    pool.ready(pool.add(start), start);
  CHECK(pool.due_for_retirement(start + 24h).empty());
  CHECK_FALSE(pool.next_event());
}

TEST_CASE("lifetimes vary within the jitter so that a pool is not renewed at once") {
  pool_options jittered = options(200, 200);
  jittered.lifetime_jitter = 0.1;
  pool_ledger pool{jittered, 9};
  for (int i = 0; i < 200; ++i)
    pool.ready(pool.add(start), start);
  CHECK(pool.due_for_retirement(start + 539s).empty());
  const std::size_t half = pool.due_for_retirement(start + 600s).size();
  CHECK(half > 60);
  CHECK(half < 140);
  CHECK(pool.due_for_retirement(start + 661s).size() == 200);
}

TEST_CASE_METHOD(fixture, "new limits hold from the reconfiguration on") {
  const connection_id a = busy(3);
  CHECK_FALSE(pool.pick(false, start));
  pool_options wider = options();
  wider.pipeline_depth = 4;
  wider.max_lifetime = 10s;
  pool.reconfigure(wider);
  CHECK(pool.pick(false, start) == a);
  CHECK(pool.due_for_retirement(start + 10s) == std::vector<connection_id>{a});
}
