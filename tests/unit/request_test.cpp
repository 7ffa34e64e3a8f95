#include "tests/support/batch.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {
const statement reading{"read", "SELECT a", read_only};
const statement again{"again", "UPDATE a", idempotent};
const statement writing{"write", "UPDATE b"};
} // namespace

TEST_CASE("the first answer wins and there is no second") {
  const sent_request one = ask({bind(reading)});
  CHECK(one.what->succeed(result_set{}));
  CHECK_FALSE(one.what->fail(errc::cancelled, "too late"));
  CHECK(one.to->answers == 1);
  CHECK(one.to->last.why == nullptr);
  CHECK(one.what->unwanted());
}

TEST_CASE("a dropped request answers for itself with what is known") {
  const auto [what, sent, code, known] =
      GENERATE(std::tuple{writing, false, errc::connection_lost, fate::not_sent},
               std::tuple{writing, true, errc::outcome_unknown, fate::unknown},
               std::tuple{again, true, errc::outcome_unknown, fate::unknown},
               std::tuple{reading, true, errc::connection_lost, fate::rolled_back});
  sent_request one = ask({bind(what)});
  one.what->mark_sent(sent);
  one.what.reset();
  CHECK(one.why().code == code);
  CHECK(one.why().fate == known);
  CHECK(one.why().statement == what.name());
}

TEST_CASE("the effect of a script is the strongest of its steps") {
  const auto effect_of = [](std::vector<bound_statement> steps) {
    return ask(std::move(steps), request_kind::script).what->effect();
  };
  CHECK(effect_of({bind(reading), bind(reading)}) == effect::read_only);
  CHECK(effect_of({bind(reading), bind(again)}) == effect::idempotent);
  CHECK(effect_of({bind(again), bind(writing)}) == effect::writes);
  CHECK(ask({}, request_kind::function).what->effect() == effect::writes);
}
