#include "runtime/query_id.hpp"
#include "tests/support/catch.hpp"

#include <random>
#include <set>

using freehold::format_query_id;
using freehold::query_id_at;
using freehold::query_id_count;
using freehold::query_ids;

TEST_CASE("a query id is six base-36 characters with its leading zeros") {
  CHECK(format_query_id(0) == "000000");
  CHECK(format_query_id(35) == "00000z");
  CHECK(format_query_id(36) == "000010");
  CHECK(format_query_id(static_cast<std::uint32_t>(query_id_count - 1)) == "zzzzzz");
}

TEST_CASE("ids do not repeat and stay in range") {
  std::set<std::uint32_t> seen;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    const std::uint32_t id = query_id_at(i, 12345);
    REQUIRE(id < query_id_count);
    REQUIRE(seen.insert(id).second);
  }
}

TEST_CASE("the sequence starts over after all ids") {
  CHECK(query_id_at(query_id_count + 17, 5) == query_id_at(17, 5));
  CHECK(query_id_at(UINT64_MAX, UINT64_MAX) < query_id_count);
}

TEST_CASE("neighbours in time look different") {
  std::mt19937_64 engine{1};
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t at = engine() >> 1U;
    CHECK(format_query_id(query_id_at(at, 0))[0] != format_query_id(query_id_at(at + 1, 0))[0]);
  }
}

TEST_CASE("two runtimes walk through different ids") {
  query_ids one{1};
  query_ids other{987'654'321};
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    CHECK(seen.insert(one.next()).second);
    CHECK(seen.insert(other.next()).second);
  }
}

TEST_CASE("places taken in a row are nobody else's") {
  query_ids ids{1};
  std::set<std::uint32_t> seen{ids.next()};
  const std::uint64_t first = ids.take(3);
  for (std::uint64_t place = first; place < first + 3; ++place)
    CHECK(seen.insert(ids.at(place)).second);
  CHECK(seen.insert(ids.next()).second);
}
