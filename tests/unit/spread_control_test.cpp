#include "runtime/spread_control.hpp"

#include "tests/support/catch.hpp"

#include <cmath>
#include <functional>
#include <random>

using namespace freehold;
using namespace std::chrono_literals;

namespace {

/// A closed loop of requesters whose latency depends on the spread.
class traffic {
public:
  using latency_of = std::function<double(std::size_t spread)>; // µs

  traffic(spread_control& control, latency_of latency)
      : control_{control}, latency_{std::move(latency)} {}

  void run(std::chrono::milliseconds time, std::size_t requesters = 64) {
    for (const auto until = now + time; now < until;) {
      const std::chrono::microseconds took{
          static_cast<std::int64_t>(latency_(control_.spread()) * noise_(random_))};
      control_.present(requesters, now);
      now += took;
      control_.present(0, now);
      control_.answered(requesters);
      control_.judge(now);
      now += idle;
      spread_sum += double(control_.spread()) * double(took.count());
      time_sum += double(took.count());
    }
  }

  spread_control::time_point now{1h};
  std::chrono::microseconds idle{0}; // before they ask again
  double spread_sum = 0;
  double time_sum = 0;

private:
  spread_control& control_;
  latency_of latency_;
  std::mt19937_64 random_{42};
  std::uniform_real_distribution<double> noise_{0.7, 1.3};
};

/// The mean spread, once it has settled.
double settled(std::size_t most, const traffic::latency_of& latency) {
  spread_control control{most, spread_control::time_point{1h}};
  traffic load{control, latency};
  load.run(3s);
  load.spread_sum = load.time_sum = 0;
  load.run(20s);
  return load.spread_sum / load.time_sum;
}

} // namespace

TEST_CASE("a spread starts wide: each request has a connection of its own") {
  const spread_control control{8, spread_control::time_point{}};
  CHECK(control.spread() == 8);
}

TEST_CASE("where company is cheaper, the spread narrows to what is best and stays there") {
  const auto two_is_best = [](std::size_t w) { return w == 1 ? 300.0 : 180.0 + 25.0 * double(w); };
  CHECK(std::abs(settled(8, two_is_best) - 2.0) < 0.3);
  CHECK(std::abs(settled(50, two_is_best) - 2.0) < 0.3);
}

TEST_CASE("where the network decides, the spread stays wide") {
  const auto wide_is_best = [](std::size_t w) { return 1000.0 + 800.0 / double(w); };
  CHECK(settled(8, wide_is_best) > 6.0);
}

TEST_CASE("where the spread makes no difference, it moves seldom") {
  CHECK(settled(8, [](std::size_t) { return 300.0; }) > 5.0);
}

TEST_CASE("the time in which nobody waits is nobody's") {
  spread_control control{8, spread_control::time_point{1h}};
  traffic bursts{control, [](std::size_t w) { return 180.0 + 25.0 * double(w); }};
  bursts.idle = 5ms;
  bursts.run(10s);
  CHECK(control.spread() <= 2);
}

TEST_CASE("a load that changes sides is followed both ways") {
  double best = 2;
  spread_control control{8, spread_control::time_point{1h}};
  traffic load{control,
               [&best](std::size_t w) { return 200.0 + 40.0 * std::abs(double(w) - best); }};
  load.run(3s);
  CHECK(control.spread() <= 3);
  best = 7;
  load.run(30s);
  CHECK(control.spread() >= 5);
}

TEST_CASE("without traffic to measure the spread is wide again") {
  spread_control control{8, spread_control::time_point{1h}};
  traffic load{control, [](std::size_t w) { return 100.0 * double(w); }};
  load.run(3s);
  REQUIRE(control.spread() <= 2);
  traffic quiet{control, [](std::size_t) { return 50'000.0; }};
  quiet.now = load.now;
  quiet.run(3s, 1);
  CHECK(control.spread() == 8);
}

TEST_CASE("a pool of one connection has nothing to choose") {
  spread_control control{1, spread_control::time_point{1h}};
  traffic load{control, [](std::size_t) { return 200.0; }};
  load.run(1s);
  CHECK(control.spread() == 1);
}
