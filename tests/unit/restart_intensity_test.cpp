#include "runtime/restart_intensity.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/instant.hpp"

using freehold::restart_intensity;
using freehold::testing::start;
using namespace std::chrono_literals;

TEST_CASE("one restart more than allowed within the period escalates") {
  restart_intensity intensity{3, 10s};
  CHECK(intensity.restart(start));
  CHECK(intensity.restart(start + 1s));
  CHECK(intensity.restart(start + 2s));
  CHECK_FALSE(intensity.restart(start + 9s));
}

TEST_CASE("restarts further apart than the period go on for ever") {
  restart_intensity intensity{1, 10s};
  for (int i = 0; i < 100; ++i)
    CHECK(intensity.restart(start + i * 10s));
}

TEST_CASE("the period slides with each restart") {
  restart_intensity intensity{2, 10s};
  CHECK(intensity.restart(start));
  CHECK(intensity.restart(start + 6s));
  CHECK(intensity.restart(start + 11s)); // the first no longer counts
  CHECK_FALSE(intensity.restart(start + 12s));
  CHECK(intensity.recent(start + 12s) == 2);
  CHECK(intensity.recent(start + 30s) == 0);
}

TEST_CASE("an intensity of zero escalates at the first restart") {
  restart_intensity intensity{0, 10s};
  CHECK_FALSE(intensity.restart(start));
}

TEST_CASE("new limits judge the restarts that were noted before") {
  restart_intensity intensity{5, 10s};
  for (int i = 0; i < 3; ++i)
    CHECK(intensity.restart(start + i * 1s));
  intensity.reconfigure(3, 10s);
  CHECK_FALSE(intensity.restart(start + 4s));
  intensity.reconfigure(3, 2s);
  CHECK(intensity.restart(start + 4s));
}
