#include "runtime/statement_totals.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/near.hpp"

using namespace freehold;
using freehold::testing::near;
using namespace std::chrono_literals;

namespace {

void run(statement_totals& totals, std::uint64_t key, const std::string& name,
         std::chrono::nanoseconds share, std::chrono::nanoseconds took, bool failed = false) {
  totals.record(
      key, [&] { return name; }, share, took, failed);
}

} // namespace

TEST_CASE("statements are shown by the time they took, dearest first") {
  statement_totals totals;
  for (int i = 0; i < 10; ++i)
    run(totals, 1, "quick", 1ms, 4ms);
  run(totals, 2, "slow", 100ms, 100ms, true);
  const auto shown = totals.shown();
  REQUIRE(shown.size() == 2);
  CHECK(shown[0].name == "slow");
  CHECK(shown[0].failed == 1);
  CHECK(shown[1].name == "quick");
  CHECK(shown[1].count == 10);
  CHECK(shown[1].failed == 0);
  CHECK(shown[1].total == 10ms);
  CHECK(near(static_cast<double>(shown[1].p99.count()), 4e6, 0.07));
}

TEST_CASE("beyond the bound they are counted together") {
  statement_totals totals{2};
  for (std::uint64_t key = 1; key <= 5; ++key)
    run(totals, key, "s" + std::to_string(key), 10ms * static_cast<int>(key), 10ms);
  run(totals, 1, "s1", 1ms, 1ms); // known: it keeps its place
  const auto shown = totals.shown();
  REQUIRE(shown.size() == 3);
  CHECK(shown.back().name == "(other)");
  CHECK(shown.back().count == 3);
  CHECK(shown.back().total == 120ms);
  CHECK(shown[1].name == "s1");
  CHECK(shown[1].count == 2);
}

TEST_CASE("names are cut, and are text whatever they were made of") {
  statement_totals totals;
  const std::string tail(100, 'x');
  run(totals, 1, std::string(62, 'a') + "\xC3\xA9\xC3\xA9" + tail, 1ms, 1ms);
  run(totals, 2, "bad \xFF byte\nand line", 1ms, 1ms);
  run(totals, 3, std::string(80, 'b') + "1", 2ms, 1ms);
  run(totals, 4, std::string(80, 'b') + "2", 3ms, 1ms);
  const auto shown = totals.shown();
  REQUIRE(shown.size() == 3); // two of them are one name now
  CHECK(shown[0].name == std::string(64, 'b') + "…");
  CHECK(shown[0].count == 2);
  CHECK(shown[0].total == 5ms);
  CHECK(shown[1].name.substr(0, 64) == std::string(62, 'a') + "\xC3\xA9");
  CHECK(shown[2].name == "bad ? byte and line");
}

TEST_CASE("a statement that is itself called (other) is one with the rest") {
  statement_totals totals{1};
  run(totals, 1, "(other)", 1ms, 1ms);
  run(totals, 2, "more", 1ms, 1ms);
  REQUIRE(totals.shown().size() == 1);
  CHECK(totals.shown().front().count == 2);
}
