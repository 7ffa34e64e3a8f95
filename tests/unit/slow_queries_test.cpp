#include "runtime/slow_queries.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

TEST_CASE("a fraction of the slow queries is logged, and tells of the others") {
  slow_query_sampling sampling;
  std::uint64_t logged = 0;
  std::uint64_t told = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto left_out = sampling.admit(0.25, (i % 100) / 100.0, start + i * 20ms);
    logged += left_out ? 1 : 0;
    told += left_out.value_or(0);
  }
  CHECK(logged == 250);
  CHECK(told == 9 * 75);
}

TEST_CASE("a fraction of 1 leaves none out, and one of 0 lets none through") {
  slow_query_sampling all;
  slow_query_sampling none;
  for (const double chance : {0.0, 0.5, 0.999'999'999}) {
    CHECK(all.admit(1.0, chance, start) == 0U);
    CHECK_FALSE(none.admit(0.0, chance, start));
  }
  CHECK(none.admit(1.0, 0.0, start) == 3U);
}

TEST_CASE("a hundred a second are logged at most, and the next tells how many there were") {
  slow_query_sampling sampling;
  std::uint64_t logged = 0;
  for (int i = 0; i < 1'000; ++i)
    logged += sampling.admit(1.0, 0.0, start + i * 1us) ? 1 : 0;
  CHECK(logged == 100);
  CHECK(sampling.admit(1.0, 0.0, start + 1s) == 900U);
}

TEST_CASE("threshold and fraction may change at any time") {
  slow_queries slow{[] { return ~std::uint64_t{0} / 2; }}; // a chance of a half
  CHECK(slow.is_slow(500ms));
  CHECK_FALSE(slow.is_slow(499'999us));
  CHECK(slow.admit(start) == 0U);
  slow.set(10ms, 0.4);
  CHECK(slow.is_slow(10ms));
  CHECK_FALSE(slow.admit(start));
  slow.set(10ms, 0.6);
  CHECK(slow.admit(start) == 1U);
}
