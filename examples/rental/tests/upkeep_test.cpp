// What the service does when nobody asks.
#include "examples/rental/tests/stand.hpp"

using namespace rental;
using namespace rental::testing;

namespace {

constexpr std::uint64_t warmed_searches = 3 * (1 + 16); // each order; all cities, and each one

std::uint64_t searches_made(const stand& at) {
  std::uint64_t count = 0;
  for (const fh::statement_snapshot& each : at.db.snapshot().statements)
    if (each.name.find("_homes") != std::string::npos)
      count += each.count;
  return count;
}

} // namespace

TEST_CASE("sessions and tokens that are over are deleted, and nothing else is") {
  const own_database& homes = all_homes();
  homes.sql("INSERT INTO person (email) VALUES ('swept@mail.example')");
  homes.sql(
      "INSERT INTO session SELECT 'swept ' || h, id, now() + h * interval '1 hour' "
      "FROM person, unnest(ARRAY[-1000, -1, 1, 1000]) AS h WHERE email = 'swept@mail.example'");
  homes.sql("INSERT INTO verification_token SELECT 'swept@mail.example', 'swept ' || h, "
            "now() + h * interval '1 hour' FROM unnest(ARRAY[-1000, -1, 1, 1000]) AS h");
  homes.sql("INSERT INTO enquiry (id, property_id, person_id, message, sent) "
            "SELECT gen_random_uuid(), 1, id, 'Long ago.', '2020-01-01' FROM person "
            "WHERE email = 'swept@mail.example'");
  const auto left = [&](const std::string& table) {
    return homes
        .sql("SELECT string_agg(token_hash, ', ' ORDER BY expires) FROM " + table +
             " WHERE token_hash LIKE 'swept%'")[0][0]
        .as<std::string>();
  };
  const std::string expected = "swept 1, swept 1000";
  REQUIRE(left("session").starts_with("swept -1000"));
  const stand at{{.upkeep = true}};
  CHECK(eventually(
      [&] { return left("session") == expected && left("verification_token") == expected; }));
  CHECK(left("session") == expected);
  CHECK(left("verification_token") == expected);
  CHECK(homes.number("SELECT count(*) FROM person WHERE email = 'swept@mail.example'") == 1);
  CHECK(homes.number("SELECT count(*) FROM enquiry WHERE message = 'Long ago.'") == 1);
}

TEST_CASE("a search that nobody has made is there during an outage, if many would make it") {
  const stand at{{.upkeep = true}};
  REQUIRE(eventually([&] { return searches_made(at) >= warmed_searches; }, 30s));
  outage now;
  guest someone{at};
  const response page = someone.get("/properties", {{"city", "Zürich"}, {"sort", "largest"}});
  CHECK(page.status == 200);
  CHECK(homes_in(page).size() == 12);
  CHECK(shows(page, ", Zürich</p>"));
  CHECK(all_of(page.body, "This is what we knew ([0-9]+ seconds) ago").size() == 1);
  CHECK_FALSE(shows(page, "Your search cannot be made right now."));
  const response rare = someone.get("/properties", {{"city", "Zürich"}, {"rooms", "5"}});
  CHECK(rare.status == 200);
  CHECK(shows(rare, "Your search cannot be made right now."));
  now.end();
  CHECK(eventually([&] {
    return !shows(someone.get("/properties?city=Oslo&rooms=4"), "This is what we knew");
  }));
}
