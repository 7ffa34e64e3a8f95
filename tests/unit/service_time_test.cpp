#include "runtime/service_time.hpp"
#include "tests/support/catch.hpp"

#include <cmath>
#include <random>

using freehold::service_times;
using namespace std::chrono_literals;

TEST_CASE("an unknown statement is fast") {
  const service_times times{10};
  CHECK_FALSE(times.is_slow(1, 20ms));
  CHECK(times.size() == 0);
}

TEST_CASE("the first execution sets the average and later ones move it by a fifth") {
  service_times times{10};
  times.record(1, 1'000us);
  CHECK(std::abs(times.of(1).average_us - 1'000.0) < 1e-9);
  times.record(1, 2'000us);
  CHECK(std::abs(times.of(1).average_us - 1'200.0) < 1e-9);
  CHECK(times.of(1).executions == 2);
}

TEST_CASE("a statement becomes slow above the threshold and fast below half of it") {
  service_times times{10};
  times.record(1, 20ms);
  CHECK_FALSE(times.is_slow(1, 20ms));
  times.record(1, 30ms); // average 22 ms
  CHECK(times.is_slow(1, 20ms));
  for (int i = 0; i < 3; ++i)
    times.record(1, 5ms); // average 13.7 ms
  CHECK(times.is_slow(1, 20ms));
  for (int i = 0; i < 3; ++i)
    times.record(1, 5ms); // average 9.5 ms
  CHECK_FALSE(times.is_slow(1, 20ms));
  for (int i = 0; i < 5; ++i)
    times.record(1, 18ms);
  CHECK_FALSE(times.is_slow(1, 20ms));
}

TEST_CASE("slow company makes each of it suspect until it was seen alone") {
  service_times times{10};
  times.record_in_company(1, 50ms, 2, 20ms);
  times.record_in_company(2, 50ms, 2, 20ms);
  CHECK(times.is_slow(1, 20ms));
  CHECK(times.is_slow(2, 20ms));
  times.record(1, 100us);
  times.record(2, 49ms);
  CHECK_FALSE(times.is_slow(1, 20ms));
  CHECK(times.is_slow(2, 20ms));
}

TEST_CASE("quick company says nothing against anybody") {
  service_times times{10};
  times.record_in_company(1, 20ms, 2, 20ms);
  CHECK_FALSE(times.is_slow(1, 20ms));
}

TEST_CASE("one that was quick alone is suspected again only after much slow company") {
  service_times times{10};
  times.record(1, 100us);
  times.record_in_company(1, 50ms, 2, 20ms);
  CHECK_FALSE(times.is_slow(1, 20ms));
  for (int i = 0; i < 100; ++i)
    times.record_in_company(1, 50ms, 2, 20ms);
  CHECK(times.is_slow(1, 20ms));
}

TEST_CASE("a full table forgets the half that was recorded longest ago") {
  service_times times{4};
  for (std::uint64_t id = 1; id <= 4; ++id)
    times.record(id, 100ms);
  times.record(1, 100ms); // 2 and 3 are now the oldest
  times.record(5, 100ms);
  CHECK(times.size() == 3);
  CHECK(times.is_slow(1, 20ms));
  CHECK_FALSE(times.is_slow(2, 20ms));
  CHECK_FALSE(times.is_slow(3, 20ms));
  CHECK(times.is_slow(4, 20ms));
  CHECK(times.is_slow(5, 20ms));
}

TEST_CASE("no number of statements passes the bound") {
  std::mt19937_64 engine{5};
  for (const std::size_t bound : {0U, 1U, 2U, 3U, 64U}) {
    service_times times{bound};
    for (int i = 0; i < 5'000; ++i) {
      const std::uint64_t id = engine() % 200;
      times.record(id, 30ms);
      REQUIRE(times.size() <= std::max<std::size_t>(bound, 1));
      REQUIRE(times.is_slow(id, 20ms));
    }
  }
}

TEST_CASE("what a statement costs a pipeline is its share of the time, and a cold start fades") {
  freehold::service_times times{10};
  times.record(1, 5ms); // connecting, preparing, reading from disk
  for (int i = 0; i < 40; ++i)
    times.record_in_company(1, 1'600us, 32, 20ms);
  CHECK(times.judge(1, 20ms).share_us < 60.0);
  CHECK(times.judge(2, 20ms).share_us == 0.0);
}
