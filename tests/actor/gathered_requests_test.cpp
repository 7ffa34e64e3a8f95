#include "actors/gathered_requests.hpp"
#include "tests/support/catch.hpp"

#include <set>

using namespace freehold;

namespace {

database_context context_of(const std::shared_ptr<query_ids>& ids) {
  database_context made;
  made.ids = ids;
  return made;
}

bool gathers(const database_context& of) {
  const auto now = std::chrono::steady_clock::now();
  auto one = std::make_shared<request>(request_kind::lease, std::vector<bound_statement>{}, now,
                                       now, 1, std::make_shared<waiting_receiver>());
  return gathered_requests::gather(of, one);
}

} // namespace

TEST_CASE("after a reload the requests of a database are gathered as before, and nobody else's") {
  const auto ids = std::make_shared<query_ids>(7);
  const database_context as_it_began = context_of(ids);
  const database_context reloaded = as_it_began;
  const database_context other = context_of(ids);
  CHECK_FALSE(gathers(as_it_began));
  gathered_requests gathered{reloaded, 4};
  CHECK(gathers(as_it_began));
  CHECK(gathers(reloaded));
  CHECK_FALSE(gathers(other));
  CHECK(gathered.take().size() == 2);
}

TEST_CASE("ids are not given twice, whether gathered or not, and however few were expected") {
  const auto ids = std::make_shared<query_ids>(7);
  const database_context of = context_of(ids);
  std::set<std::uint32_t> seen;
  for (const std::size_t expected : {0u, 1u, 3u}) {
    const gathered_requests gathered{of, expected};
    for (int i = 0; i < 5; ++i) {
      CHECK(seen.insert(gathered_requests::next_id(of)).second);
      CHECK(seen.insert(ids->next()).second);
    }
  }
}
