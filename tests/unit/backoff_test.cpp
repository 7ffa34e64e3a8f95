#include "runtime/backoff.hpp"
#include "tests/support/catch.hpp"

#include <set>

using freehold::backoff;
using freehold::full_jitter;
using namespace std::chrono_literals;

TEST_CASE("the first delay is the short one, and again after a success") {
  backoff delays{100ms, 1s, 30s, 7};
  CHECK(delays.failures() == 0);
  CHECK(delays.next() == 100ms);
  CHECK(delays.next() >= 1s);
  CHECK(delays.failures() == 2);
  delays.reset();
  CHECK(delays.failures() == 0);
  CHECK(delays.next() == 100ms);
}

TEST_CASE("each delay is between the base and three times the one before") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    backoff delays{100ms, 1s, 30s, seed};
    (void)delays.next();
    std::chrono::milliseconds before = 1s;
    for (int i = 0; i < 100; ++i) {
      const auto delay = delays.next();
      REQUIRE(delay >= 1s);
      REQUIRE(delay <= 30s);
      REQUIRE(delay <= before * 3);
      before = delay;
    }
  }
}

TEST_CASE("clients that failed together do not come back together") {
  std::set<std::chrono::milliseconds> delays;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    backoff one{100ms, 1s, 30s, seed};
    for (int i = 0; i < 10; ++i)
      (void)one.next();
    delays.insert(one.next());
  }
  CHECK(delays.size() > 80);
}

TEST_CASE("the same seed gives the same delays") {
  backoff one{100ms, 1s, 30s, 42};
  backoff other{100ms, 1s, 30s, 42};
  for (int i = 0; i < 20; ++i)
    CHECK(one.next() == other.next());
}

TEST_CASE("a cap below the other delays bounds them too") {
  backoff delays{100ms, 1s, 50ms, 1};
  for (int i = 0; i < 5; ++i)
    CHECK(delays.next() <= 50ms);
}

TEST_CASE("full jitter draws below a ceiling that doubles up to the cap") {
  CHECK(full_jitter(50ms, 1s, 1, 0.0) == 0ms);
  CHECK(full_jitter(50ms, 1s, 1, 0.5) == 25ms);
  CHECK(full_jitter(50ms, 1s, 2, 0.5) == 50ms);
  CHECK(full_jitter(50ms, 1s, 4, 0.5) == 200ms);
  CHECK(full_jitter(50ms, 1s, 10, 0.5) == 500ms);
  CHECK(full_jitter(50ms, 1s, 1'000'000, 0.5) == 500ms);
}
