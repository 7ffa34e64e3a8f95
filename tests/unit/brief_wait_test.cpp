#include "runtime/brief_wait.hpp"

#include "tests/support/catch.hpp"

#include <functional>

using namespace freehold;
using namespace std::chrono_literals;

namespace {

/// How often a predicate was asked that comes true when it is asked the `when`th time.
struct asked {
  int when;
  int times = 0;
  bool operator()() { return ++times >= when; }
};

constexpr int never = 1'000'000'000;

bool tries(brief_wait& wait) {
  asked in_vain{never};
  static_cast<void>(wait.until(std::ref(in_vain), 0us));
  return in_vain.times > 0;
}

} // namespace

TEST_CASE("a brief wait ends as soon as what is waited for is there") {
  brief_wait wait;
  asked third{3};
  CHECK(wait.until(std::ref(third), 1h));
  CHECK(third.times == 3);
}

TEST_CASE("a brief wait that was in vain is not tried again for a while, and then it is") {
  brief_wait wait;
  CHECK(tries(wait));
  int skipped = 0;
  while (!tries(wait))
    ++skipped;
  CHECK(skipped == 63);
}

TEST_CASE("after many that paid, one that was in vain changes nothing") {
  brief_wait wait;
  for (int i = 0; i < 100; ++i)
    REQUIRE(wait.until([] { return true; }, 1h));
  CHECK(tries(wait));
  CHECK(tries(wait));
}
