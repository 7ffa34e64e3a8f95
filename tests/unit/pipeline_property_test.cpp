#include "tests/support/batch.hpp"

#include <map>
#include <random>

using namespace freehold;
using namespace freehold::testing;

namespace {

using generator = std::minstd_rand;

trouble any_trouble(generator& random) {
  switch (random() % 9) {
  case 0:
    return refusal("22012");
  case 1:
    return refusal("40001");
  case 2:
    return refusal("42P05");
  case 3:
    return refusal("26000");
  case 4:
    return refusal("0A000", "RevalidateCachedQuery");
  case 5:
    return refusal("57P01", "", "FATAL");
  case 6:
    return {mishap::lose_before, {}};
  case 7:
    return {mishap::lose_after, {}};
  default:
    return {mishap::too_large, {}};
  }
}

sent_request any_request(generator& random, int number) {
  const statement read{"r", "SELECT " + std::to_string(random() % 4), read_only};
  const statement write{"w", "UPDATE " + std::to_string(random() % 4)};
  sent_request made = random() % 5 == 0
                          ? ask({bind(write, number), bind(read, number), bind(write, number)},
                                request_kind::script)
                          : ask({bind(random() % 2 == 0 ? read : write, number)});
  made.to->dropped = random() % 20 == 0;
  return made;
}

std::string entry(const bound_statement& step, int number) {
  return step.what.sql() + "|" + std::to_string(number);
}

} // namespace

TEST_CASE("whatever happens, each request has one answer and it is true") {
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    generator random{seed};
    bench bed;
    bed.options.cache_size = 1 + random() % 5;
    bed.state.names = statement_cache{bed.options.cache_size, 1000, "n1"};
    bed.state.server.strict_isolation = random() % 4 == 0;
    for (auto i = random() % 4; i > 0; --i) {
      bed.on.at_execute[1 + random() % 20] = any_trouble(random);
    }
    if (random() % 4 == 0)
      bed.on.at_sync[1 + random() % 8] = any_trouble(random);
    int number = 0;
    for (int batch = 0; batch < 3; ++batch) {
      std::vector<sent_request> all;
      for (auto i = 1 + random() % 12; i > 0; --i)
        all.push_back(any_request(random, ++number));
      const int first = number - static_cast<int>(all.size()) + 1;
      std::map<const request*, fate> unanswered;
      for (const attempt_failure& each : bed.run(all)) {
        CHECK(unanswered.emplace(each.what.get(), each.why.fate).second);
      }
      for (std::size_t i = 0; i < all.size(); ++i) {
        const counting_receiver& to = *all[i].to;
        CHECK(to.answers + static_cast<int>(unanswered.count(all[i].what.get())) == 1);
        if (all[i].what->effect() == effect::read_only)
          continue;
        const bool failed = to.answers == 0 || to.last.why != nullptr;
        const fate known = to.answers == 0 ? unanswered.at(all[i].what.get())
                           : failed        ? to.last.why->fate
                                           : fate::unknown;
        for (const bound_statement& step : all[i].what->steps) {
          const std::size_t times = bed.server->times(entry(step, first + static_cast<int>(i)));
          const std::size_t once = // a script writes the same row twice
              all[i].what->kind == request_kind::script && !step.what.is_read_only() ? 2 : 1;
          CHECK((times == 0 || times == once));
          if (!failed)
            CHECK(times == once);
          if (failed && known != fate::unknown)
            CHECK(times == 0);
        }
      }
    }
  }
}
