#include "runtime/sizing.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

#include <limits>
#include <random>

using freehold::connect_options;
using freehold::connection_ceiling;
using freehold::connections_to_open;
using freehold::pool_options;
using freehold::sizing_input;
using freehold::testing::start;
using namespace std::chrono_literals;

namespace {

pool_options limits(std::size_t least, std::size_t most) {
  pool_options pool;
  pool.min_connections = least;
  pool.max_connections = most;
  return pool;
}

connect_options at_once(std::size_t concurrent) {
  connect_options connect;
  connect.concurrent = concurrent;
  return connect;
}

} // namespace

TEST_CASE("an idle pool is filled to its minimum and no further") {
  CHECK(connections_to_open(limits(2, 10), at_once(5), {}) == 2);
  CHECK(connections_to_open(limits(0, 10), at_once(5), {}) == 0);
  const sizing_input two{.counts = {.connecting = 1, .idle = 1}};
  CHECK(connections_to_open(limits(3, 10), at_once(5), two) == 1);
  CHECK(connections_to_open(limits(2, 10), at_once(5), {.counts = {.idle = 4}}) == 0);
}

TEST_CASE("waiting requests grow the pool by what they could use") {
  sizing_input now{.counts = {.busy = 2}, .waiting = 3, .all_busy = true};
  CHECK(connections_to_open(limits(2, 10), at_once(5), now) == 3);
  now.counts.connecting = 2;
  CHECK(connections_to_open(limits(2, 10), at_once(5), now) == 1);
  now.waiting = 100;
  CHECK(connections_to_open(limits(2, 10), at_once(50), now) == 6);
}

TEST_CASE("one connection is opened ahead when none is idle") {
  sizing_input now{.counts = {.busy = 4}, .all_busy = true};
  CHECK(connections_to_open(limits(2, 10), at_once(5), now) == 1);
  now.counts.connecting = 1;
  CHECK(connections_to_open(limits(2, 10), at_once(5), now) == 0);
}

TEST_CASE("draining connections count towards the maximum") {
  const sizing_input now{.counts = {.busy = 1, .draining = 8}, .waiting = 20};
  CHECK(connections_to_open(limits(2, 10), at_once(5), now) == 1);
}

TEST_CASE("nothing is opened while backing off") {
  CHECK(connections_to_open(limits(2, 10), at_once(5), {.waiting = 20, .backing_off = true}) == 0);
}

TEST_CASE("a ceiling below the minimum wins") {
  CHECK(connections_to_open(limits(4, 10), at_once(5), {.ceiling = 1}) == 1);
  CHECK(connections_to_open(limits(4, 10), at_once(5), {.counts = {.idle = 3}, .ceiling = 1}) == 0);
}

TEST_CASE("no input opens more than the limits allow") {
  std::mt19937_64 engine{3};
  const auto upto = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n}(engine);
  };
  for (int i = 0; i < 20'000; ++i) {
    const pool_options pool = limits(upto(5), 5 + upto(10));
    const connect_options connect = at_once(upto(4));
    const sizing_input now{.counts = {upto(4), upto(4), upto(4), upto(4), upto(4), upto(4)},
                           .waiting = upto(300),
                           .all_busy = upto(1) == 1,
                           .ceiling = upto(20)};
    const std::size_t opened = connections_to_open(pool, connect, now);
    if (opened == 0)
      continue;
    REQUIRE(now.counts.total() + opened <= std::min(pool.max_connections, now.ceiling));
    REQUIRE(now.counts.connecting + opened <= connect.concurrent);
  }
}

TEST_CASE("a refused connection lowers the ceiling, which then recovers step by step") {
  connection_ceiling ceiling{10s};
  const std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  CHECK(ceiling.limit(start) == unlimited);
  ceiling.too_many(4, start);
  CHECK(ceiling.limit(start) == 4);
  CHECK(ceiling.limit(start + 9'999ms) == 4);
  CHECK(ceiling.limit(start + 10s) == 5);
  CHECK(ceiling.limit(start + 35s) == 7);
  ceiling.too_many(5, start + 36s);
  CHECK(ceiling.limit(start + 36s) == 5);
  ceiling.lift();
  CHECK(ceiling.limit(start + 36s) == unlimited);
}

TEST_CASE("the ceiling always leaves one connection to find out with") {
  connection_ceiling ceiling{10s};
  ceiling.too_many(0, start);
  CHECK(ceiling.limit(start) == 1);
}
