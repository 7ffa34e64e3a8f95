#include "tests/unit/ledger_support.hpp"

#include <algorithm>
#include <vector>

using namespace freehold;
using namespace freehold::testing;

TEST_CASE_METHOD(ledger_fixture, "a connection is picked when it is ready and not before") {
  const connection_id id = pool.add(start);
  CHECK(pool.state(id) == connection_state::connecting);
  CHECK_FALSE(pool.pick_shared());
  CHECK_FALSE(pool.pick_exclusive(start));
  pool.ready(id, start + 1s);
  CHECK(pool.pick_shared() == id);
  CHECK(pool.since(id) == start + 1s);
}

TEST_CASE_METHOD(ledger_fixture,
                 "who asks for a connection that was open before gets one if it is idle") {
  const connection_id old = idle();
  const connection_id recent = idle(5s);
  CHECK(pool.pick_exclusive(start + 9s, start + 5s) == old);
  CHECK(pool.pick_exclusive(start + 9s, start + 5s) == recent);
}

TEST_CASE_METHOD(ledger_fixture, "ids are not used again") {
  const connection_id first = idle();
  pool.remove(first);
  CHECK_FALSE(pool.contains(first));
  CHECK(idle() != first);
}

TEST_CASE_METHOD(ledger_fixture, "the idle connection used last is picked first") {
  const connection_id a = idle();
  const connection_id b = idle(1s);
  CHECK(pool.pick_shared() == b);
  pool.assigned(a, 1);
  pool.settled(a, 1, start + 2s);
  CHECK(pool.pick_shared() == a);
}

TEST_CASE_METHOD(ledger_fixture, "with none idle the shortest pipeline is fed up to the depth") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  CHECK(pool.pick_shared() == b);
  pool.assigned(b, 2);
  CHECK(pool.pick_shared() == a);
  pool.assigned(a, 1);
  CHECK_FALSE(pool.pick_shared());
  pool.settled(b, 1, start);
  CHECK(pool.pick_shared() == b);
}

TEST_CASE_METHOD(ledger_fixture, "an exclusive request has its connection alone") {
  const connection_id a = idle();
  const connection_id b = busy(1);
  REQUIRE(pool.pick_exclusive(start + 5s) == a);
  CHECK(pool.state(a) == connection_state::exclusive);
  CHECK(pool.since(a) == start + 5s);
  pool.assigned(a, 1);
  CHECK(pool.pick_shared() == b);
  CHECK_FALSE(pool.pick_exclusive(start));
  pool.settled(a, 1, start + 6s);
  CHECK(pool.state(a) == connection_state::idle);
}

TEST_CASE_METHOD(ledger_fixture, "one connection is always left to plain requests") {
  for (int i = 0; i < 5; ++i)
    idle();
  for (int i = 0; i < 4; ++i)
    REQUIRE(pool.pick_exclusive(start));
  CHECK_FALSE(pool.pick_exclusive(start));
  CHECK(pool.pick_shared());
}

TEST_CASE("a pool of one connection serves exclusive requests too") {
  pool_ledger pool{ledger_options(1, 1), 1};
  const connection_id id = pool.add(start);
  pool.ready(id, start);
  CHECK(pool.pick_exclusive(start) == id);
  CHECK_FALSE(pool.pick_shared());
}

TEST_CASE_METHOD(ledger_fixture,
                 "a lease lasts until its release, whatever is settled in between") {
  const connection_id id = idle();
  REQUIRE(pool.pick_exclusive(start) == id);
  pool.lease(id, start + 1s);
  CHECK(pool.state(id) == connection_state::leased);
  CHECK(pool.since(id) == start + 1s);
  pool.assigned(id, 2);
  pool.settled(id, 2, start + 2s);
  CHECK(pool.state(id) == connection_state::leased);
  CHECK_FALSE(pool.pick_shared());
  pool.released(id, start + 3s);
  CHECK(pool.pick_shared() == id);
}

TEST_CASE_METHOD(ledger_fixture, "an exclusive pick that was not used can be given back") {
  const connection_id id = idle();
  REQUIRE(pool.pick_exclusive(start) == id);
  pool.released(id, start);
  CHECK(pool.pick_exclusive(start) == id);
}

TEST_CASE_METHOD(ledger_fixture,
                 "a reservation lets the shortest pipeline run empty for an exclusive") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  CHECK(pool.pick_shared() == a); // b is not fed any more
  pool.settled(b, 1, start);
  CHECK(pool.pick_shared() == a);
  CHECK(pool.pick_exclusive(start) == b);
}

TEST_CASE_METHOD(ledger_fixture, "a cancelled reservation gives the connection back to all") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  pool.cancel_reservation();
  CHECK(pool.pick_shared() == b);
  pool.reserve_one();
  pool.settled(b, 1, start + 1s);
  pool.settled(a, 2, start + 2s);
  pool.cancel_reservation();
  CHECK(pool.pick_shared() == a); // idle for less long than b
}

TEST_CASE_METHOD(ledger_fixture,
                 "an exclusive pick that finds another connection ends the reservation") {
  const connection_id a = busy(1);
  pool.reserve_one();
  const connection_id b = idle();
  CHECK(pool.pick_exclusive(start) == b);
  CHECK(pool.pick_shared() == a);
}

TEST_CASE_METHOD(ledger_fixture, "a reservation moves on when its connection is lost") {
  const connection_id a = busy(2);
  const connection_id b = busy(1);
  pool.reserve_one();
  pool.remove(b);
  CHECK_FALSE(pool.pick_shared());
  pool.settled(a, 2, start);
  CHECK_FALSE(pool.pick_shared());
  CHECK(pool.pick_exclusive(start) == a);
}

TEST_CASE_METHOD(ledger_fixture, "a reservation made while none is connected takes the first") {
  const connection_id a = pool.add(start);
  pool.reserve_one();
  pool.ready(a, start);
  CHECK_FALSE(pool.pick_shared());
  CHECK(pool.pick_exclusive(start) == a);
}

TEST_CASE_METHOD(ledger_fixture,
                 "a reservation holds nothing back while no more may be exclusive") {
  std::vector<connection_id> held;
  for (int i = 0; i < 4; ++i) {
    idle();
    held.push_back(*pool.pick_exclusive(start));
  }
  const connection_id plain = busy(1);
  pool.reserve_one();
  CHECK(pool.pick_shared() == plain);
  pool.released(held[0], start);
  CHECK(pool.pick_shared() == plain);
  CHECK(pool.pick_exclusive(start) == held[0]);
}

TEST_CASE_METHOD(ledger_fixture, "a draining connection finishes its work and takes nothing new") {
  const connection_id a = busy(2);
  const connection_id b = idle();
  pool.drain(a);
  pool.drain(b);
  CHECK_FALSE(pool.drained(a));
  CHECK(pool.drained(b));
  CHECK_FALSE(pool.pick_shared());
  pool.settled(a, 2, start);
  CHECK(pool.drained(a));
  CHECK(pool.counts() == pool_counts{.draining = 2});
  CHECK(pool.counts().usable() == 0);
}

TEST_CASE_METHOD(ledger_fixture, "a draining lease is drained when it is released") {
  const connection_id id = idle();
  REQUIRE(pool.pick_exclusive(start) == id);
  pool.lease(id, start);
  pool.drain(id);
  CHECK_FALSE(pool.drained(id));
  pool.released(id, start);
  CHECK(pool.drained(id));
}

TEST_CASE_METHOD(ledger_fixture, "a connection that drains while connecting is drained") {
  const connection_id id = pool.add(start);
  pool.drain(id);
  CHECK(pool.drained(id));
  pool.ready(id, start);
  CHECK(pool.drained(id));
  CHECK_FALSE(pool.pick_shared());
}
