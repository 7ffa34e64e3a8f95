#include "runtime/circuit_breaker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

breaker_options options() {
  breaker_options made;
  made.window = 10s;
  made.minimum_calls = 20;
  made.consecutive_failures = 3;
  made.open_first = 1s;
  made.open_cap = 4s;
  made.jitter = 0.0;
  return made;
}

circuit_breaker fresh(const breaker_options& how = options()) {
  return {how, 8, 1, start};
}

void lose(circuit_breaker& breaker, int sessions, std::chrono::steady_clock::time_point now) {
  for (int i = 0; i < sessions; ++i)
    breaker.lost("reset", now);
}

circuit_breaker opened() {
  circuit_breaker made = fresh();
  for (int i = 0; i < 3; ++i)
    made.connect_failed("refused", false, start);
  return made;
}

} // namespace

TEST_CASE("failed connects in a row open the circuit, and one less does not") {
  circuit_breaker breaker = fresh();
  breaker.connect_failed("refused", false, start);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::closed);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::open);
  CHECK_FALSE(breaker.admits());
  CHECK(breaker.connections() == 0);
  CHECK(breaker.cause() == "refused");
}

TEST_CASE("a success in between begins the row anew") {
  circuit_breaker breaker = fresh();
  for (int i = 0; i < 10; ++i) {
    breaker.connect_failed("refused", false, start);
    breaker.connect_failed("refused", false, start);
    if (i % 2 == 0)
      breaker.succeeded(1, 0, start);
    else
      breaker.connected(start);
  }
  CHECK(breaker.state() == circuit_state::closed);
}

TEST_CASE("many sessions lost at once do not open it, but the connect that fails then does") {
  circuit_breaker breaker = fresh();
  for (int i = 0; i < 8; ++i)
    breaker.lost("ended by the administrator", start);
  CHECK(breaker.state() == circuit_state::closed);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::open);
}

TEST_CASE("a connect that works after many losses keeps the circuit closed") {
  circuit_breaker breaker = fresh();
  for (int i = 0; i < 8; ++i)
    breaker.lost("ended by the administrator", start);
  breaker.connected(start);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::closed);
}

TEST_CASE("the failure rate opens it once there are enough calls to tell") {
  circuit_breaker breaker = fresh();
  breaker.succeeded(9, 0, start);
  lose(breaker, 10, start);
  CHECK(breaker.state() == circuit_state::closed); // 19 calls
  lose(breaker, 1, start);
  CHECK(breaker.state() == circuit_state::open);
  CHECK(breaker.cause().find("55 % of 20 calls") != std::string::npos);
  CHECK(breaker.cause().find("reset") != std::string::npos);
}

TEST_CASE("a failure rate below the limit does not open it") {
  circuit_breaker breaker = fresh();
  breaker.succeeded(60, 0, start);
  lose(breaker, 40, start);
  CHECK(breaker.state() == circuit_state::closed);
}

TEST_CASE("failures older than the window are forgotten") {
  circuit_breaker breaker = fresh();
  lose(breaker, 19, start);
  breaker.succeeded(1, 0, start + 5s);
  lose(breaker, 18, start + 11s);
  CHECK(breaker.state() == circuit_state::closed); // 19 calls in the window
}

TEST_CASE("slow calls open it when they are said to count") {
  breaker_options how = options();
  circuit_breaker unaware = fresh(how);
  unaware.succeeded(30, 30, start);
  CHECK(unaware.state() == circuit_state::closed);
  how.slow_call = 2s;
  circuit_breaker breaker = fresh(how);
  breaker.succeeded(30, 14, start);
  CHECK(breaker.state() == circuit_state::closed);
  breaker.succeeded(10, 10, start);
  CHECK(breaker.state() == circuit_state::open);
  CHECK(breaker.cause().find("breaker.slow_call") != std::string::npos);
}

TEST_CASE("what nobody can mend by waiting opens it at once and for the longest time") {
  circuit_breaker breaker = fresh();
  breaker.connect_failed("password authentication failed", true, start);
  CHECK(breaker.state() == circuit_state::open);
  CHECK(breaker.retry_after(start) == 4s);
}

TEST_CASE("after its time one trial is made, and requests are still refused") {
  circuit_breaker breaker = opened();
  CHECK(breaker.next_event() == start + 1s);
  breaker.advance(start + 999ms);
  CHECK(breaker.state() == circuit_state::open);
  breaker.advance(start + 1s);
  CHECK(breaker.state() == circuit_state::half_open);
  CHECK(breaker.connections() == 1);
  CHECK_FALSE(breaker.admits());
}

TEST_CASE("each trial that fails doubles the open time up to the cap, and closing forgets it") {
  circuit_breaker breaker = opened();
  auto now = start;
  for (const auto expected : {1s, 2s, 4s, 4s}) {
    CHECK(breaker.retry_after(now) == expected);
    now += expected;
    breaker.advance(now);
    REQUIRE(breaker.state() == circuit_state::half_open);
    breaker.connect_failed("still refused", false, now);
  }
  CHECK(breaker.open_since() == start);
  CHECK(breaker.opened_total() == 5);
  breaker.advance(now + 4s);
  breaker.connected(now + 4s);
  breaker.advance(now + 10s);
  REQUIRE(breaker.state() == circuit_state::closed);
  for (int i = 0; i < 3; ++i)
    breaker.connect_failed("refused", false, now + 20s);
  CHECK(breaker.retry_after(now + 20s) == 1s);
}

TEST_CASE("after a trial that works the pool grows by doubling until it is whole") {
  circuit_breaker breaker = opened();
  breaker.advance(start + 1s);
  breaker.connected(start + 1s);
  CHECK(breaker.admits());
  for (const std::size_t expected : {1u, 2u, 4u}) {
    CHECK(breaker.state() == circuit_state::recovering);
    CHECK(breaker.connections() == expected);
    breaker.advance(*breaker.next_event());
  }
  CHECK(breaker.state() == circuit_state::closed);
  CHECK_FALSE(breaker.next_event());
}

TEST_CASE("one connect that fails while it recovers opens it again") {
  circuit_breaker breaker = opened();
  breaker.advance(start + 1s);
  breaker.connected(start + 1s);
  breaker.connect_failed("refused", false, start + 1s);
  CHECK(breaker.state() == circuit_state::open);
  CHECK(breaker.retry_after(start + 1s) == 2s);
}

TEST_CASE("jitter makes the trial sooner and never later") {
  breaker_options how = options();
  how.jitter = 0.2;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    circuit_breaker breaker{how, 8, seed, start};
    for (int i = 0; i < 3; ++i)
      breaker.connect_failed("refused", false, start);
    CHECK(breaker.retry_after(start) <= 1s);
    CHECK(breaker.retry_after(start) >= 800ms);
  }
}

TEST_CASE("what old sessions still report while it is open changes nothing") {
  circuit_breaker breaker = opened();
  breaker.succeeded(100, 0, start);
  lose(breaker, 100, start);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::open);
  CHECK(breaker.opened_total() == 1);
}

TEST_CASE("forced open it stays open, and is tried when it is automatic again") {
  circuit_breaker breaker = fresh();
  breaker.force(circuit_override::open, start);
  CHECK_FALSE(breaker.admits());
  CHECK_FALSE(breaker.next_event());
  breaker.advance(start + 1h);
  CHECK(breaker.state() == circuit_state::open);
  breaker.force(circuit_override::automatic, start + 1h);
  CHECK(breaker.state() == circuit_state::half_open);
}

TEST_CASE("forced closed it takes everything on, whatever fails") {
  circuit_breaker breaker = opened();
  breaker.force(circuit_override::closed, start);
  CHECK(breaker.admits());
  for (int i = 0; i < 100; ++i)
    breaker.connect_failed("refused", false, start);
  lose(breaker, 100, start);
  CHECK(breaker.admits());
}

TEST_CASE("other options judge what comes from then on, and leave the state") {
  circuit_breaker open_one = opened();
  breaker_options stricter = options();
  stricter.consecutive_failures = 1;
  open_one.reconfigure(stricter, 8);
  CHECK(open_one.state() == circuit_state::open);

  circuit_breaker breaker = fresh();
  breaker.reconfigure(stricter, 8);
  breaker.connect_failed("refused", false, start);
  CHECK(breaker.state() == circuit_state::open);
}

TEST_CASE("when something was mended an open circuit is tried at once, unless a hand opened it") {
  circuit_breaker breaker = opened();
  breaker.try_soon(start + 1ms);
  CHECK(breaker.next_event() == start + 1ms);
  breaker.advance(start + 1ms);
  CHECK(breaker.state() == circuit_state::half_open);

  circuit_breaker by_hand = opened();
  by_hand.force(circuit_override::open, start);
  by_hand.try_soon(start);
  by_hand.advance(start);
  CHECK(by_hand.state() == circuit_state::open);
}
