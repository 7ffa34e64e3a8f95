#include "tests/unit/ledger_support.hpp"

#include <algorithm>
#include <vector>

using namespace freehold;
using namespace freehold::testing;

TEST_CASE_METHOD(ledger_fixture, "idle connections above the minimum retire, idle longest first") {
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

TEST_CASE_METHOD(ledger_fixture, "a connection retires after its lifetime, busy or not") {
  const connection_id a = busy(1);
  CHECK(pool.due_for_retirement(start + 599s).empty());
  CHECK(pool.due_for_retirement(start + 600s) == std::vector<connection_id>{a});
  pool.drain(a);
  CHECK(pool.due_for_retirement(start + 600s).empty());
  CHECK_FALSE(pool.next_event());
}

TEST_CASE_METHOD(ledger_fixture, "retirement by age counts against what may retire as idle") {
  const connection_id a = idle();
  pool.assigned(a, 1);
  pool.settled(a, 1, start + 595s);
  const connection_id b = idle(300s);
  CHECK(pool.due_for_retirement(start + 600s) == std::vector<connection_id>{a});
  CHECK(pool.contains(b));
}

TEST_CASE("times of zero retire nobody") {
  pool_options never = ledger_options();
  never.idle_timeout = 0ms;
  never.max_lifetime = 0ms;
  pool_ledger pool{never, 1};
  for (int i = 0; i < 3; ++i)
    pool.ready(pool.add(start), start);
  CHECK(pool.due_for_retirement(start + 24h).empty());
  CHECK_FALSE(pool.next_event());
}

TEST_CASE("lifetimes vary within the jitter so that a pool is not renewed at once") {
  pool_options jittered = ledger_options(200, 200);
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

TEST_CASE_METHOD(ledger_fixture, "new limits hold from the reconfiguration on") {
  const connection_id a = busy(3);
  CHECK_FALSE(pool.pick_shared());
  pool_options wider = ledger_options();
  wider.pipeline_depth = 4;
  wider.max_lifetime = 10s;
  pool.reconfigure(wider);
  CHECK(pool.pick_shared() == a);
  CHECK(pool.due_for_retirement(start + 10s) == std::vector<connection_id>{a});
}

TEST_CASE_METHOD(ledger_fixture, "above a maximum that was lowered idle connections go first") {
  const connection_id working = busy(2);
  const connection_id resting = idle();
  const connection_id rested_last = idle();
  pool.reconfigure(ledger_options(1, 2));
  CHECK(pool.due_for_retirement(start) == std::vector<connection_id>{resting});
  pool.reconfigure(ledger_options(1, 1));
  CHECK(pool.due_for_retirement(start) == std::vector<connection_id>{resting, rested_last});
  for (const connection_id each : {resting, rested_last})
    pool.drain(each);
  CHECK(pool.due_for_retirement(start).empty());
  static_cast<void>(working);
}

TEST_CASE("above a maximum that was lowered working connections go when none rests") {
  pool_ledger pool{ledger_options(1, 5), 1};
  std::vector<connection_id> all;
  for (int i = 0; i < 3; ++i) {
    all.push_back(pool.add(start));
    pool.ready(all.back(), start);
  }
  for (const connection_id each : all)
    pool.assigned(each, 1);
  pool.reconfigure(ledger_options(1, 2));
  CHECK(pool.due_for_retirement(start) == std::vector<connection_id>{all.front()});
}
