// Searches and homes, as people see them.
#include "examples/rental/tests/stand.hpp"

#include <set>

using namespace rental;
using namespace rental::testing;

namespace {

std::vector<int> ids_by(const std::string& conditions) {
  std::vector<int> ids;
  for (const auto& each : all_homes().sql("SELECT id FROM property WHERE " + conditions))
    ids.push_back(each[0].as<int>());
  return ids;
}

// Where the link to the next page or the one before leads.
std::string neighbour(const response& page, const std::string& which) {
  const auto found = all_of(page.body, "rel=\"" + which + "\" href=\"([^\"]*)\"");
  std::string path = found.empty() ? std::string{} : found.front();
  for (auto at = path.find("&amp;"); at != std::string::npos; at = path.find("&amp;"))
    path.replace(at, 5, "&");
  return path;
}

struct refusal {
  const char *field, *value, *text, *kept;
};

} // namespace

TEST_CASE("the first page leads to the homes") {
  const stand at;
  const response answer = guest{at}.get("/");
  CHECK(answer.status == 303);
  CHECK(location(answer) == "/properties");
}

TEST_CASE("without a search the newest homes are shown, and more of them than are counted") {
  const stand at;
  const response page = guest{at}.get("/properties");
  CHECK(page.status == 200);
  CHECK(page.get_header_value("Content-Type") == "text/html; charset=utf-8");
  CHECK(homes_in(page) == ids_by("true ORDER BY listed DESC, id DESC LIMIT 12"));
  CHECK(shows(page, "<strong>960 or more</strong> homes"));
  CHECK(shows(page, "Page 1 of 80"));
  CHECK(neighbour(page, "prev").empty());
  CHECK_FALSE(shows(page, "This is what we knew"));
}

TEST_CASE("a search shows what it is asked for, in each order, and no other home") {
  const stand at;
  guest someone{at};
  const std::string matching = "rent BETWEEN 700 AND 2400 AND rooms >= 3";
  const auto [city, in_city] =
      GENERATE(std::pair{"", ""}, std::pair{"Lisbon", " AND city = 'Lisbon'"},
               std::pair{" Zürich ", " AND city = 'Zürich'"});
  const auto [sort, order] =
      GENERATE(std::pair{"newest", "listed DESC, id DESC"}, std::pair{"cheapest", "rent, id"},
               std::pair{"largest", "area DESC, id DESC"});
  const std::string where = matching + in_city;
  INFO(where << " by " << order);
  const response page = someone.get(
      "/properties",
      {{"city", city}, {"rent_from", "700"}, {"rent_to", "2400"}, {"rooms", "3"}, {"sort", sort}});
  CHECK(page.status == 200);
  CHECK(homes_in(page) == ids_by(where + " ORDER BY " + order + " LIMIT 12"));
  const int total = all_homes().number("SELECT count(*) FROM property WHERE " + where);
  CHECK(shows(page, total < 960 ? "<strong>" + std::to_string(total) + "</strong> homes"
                                : std::string{"<strong>960 or more</strong> homes"}));
  CHECK(shows(page, "name=\"rent_from\" value=\"700\""));
  CHECK(shows(page, std::string{"<option value=\""} + sort + "\" selected>"));
}

TEST_CASE("page after page shows each home once, and back again") {
  const stand at;
  guest someone{at};
  const std::string where = "city = 'Porto' AND rooms >= 6 ORDER BY rent, id";
  response page =
      someone.get("/properties", {{"city", "Porto"}, {"rooms", "6"}, {"sort", "cheapest"}});
  std::vector<int> seen = homes_in(page);
  int pages = 1;
  for (std::string next = neighbour(page, "next"); !next.empty(); next = neighbour(page, "next")) {
    page = someone.get(next);
    REQUIRE(page.status == 200);
    REQUIRE(++pages < 80);
    for (const int id : homes_in(page))
      seen.push_back(id);
  }
  CHECK(seen == ids_by(where));
  CHECK(seen.size() > 24);
  const std::string last = std::to_string(pages);
  CHECK(shows(page, "Page " + last + " of " + last));
  const std::string back = neighbour(page, "prev");
  CHECK(homes_in(someone.get(back)) ==
        ids_by(where + " LIMIT 12 OFFSET " + std::to_string(12 * (pages - 2))));
}

TEST_CASE("a search that no home is like says so") {
  const stand at;
  const response page = guest{at}.get("/properties", {{"city", "Atlantis"}});
  CHECK(page.status == 200);
  CHECK(homes_in(page).empty());
  CHECK(shows(page, "No home is like that."));
  CHECK_FALSE(shows(page, "Page 1 of"));
}

TEST_CASE("each field that cannot be used is explained, and what was typed is kept") {
  const stand at;
  guest someone{at};
  const refusal each = GENERATE(
      refusal{"rent_from", "cheap", "Rent from: a whole number", "value=\"cheap\""},
      refusal{"rent_from", "-1", "Rent from: a whole number", "value=\"-1\""},
      refusal{"rent_to", "100001", "Rent to: a whole number", "value=\"100001\""},
      refusal{"rooms", "1.5", "Rooms: a whole number from 1 to 20", "value=\"1.5\""},
      refusal{"rooms", "99999999999999", "Rooms: a whole number", "value=\"99999999999999\""},
      refusal{"page", "0", "There are the pages 1 to 80", "value=\"Porto\""},
      refusal{"page", "next", "There are the pages 1 to 80", "value=\"Porto\""},
      refusal{"sort", "best", "Sorted by: newest, cheapest or largest", "value=\"Porto\""},
      refusal{"city", "B\x01", "City: a name of at most 80 letters", "aria-invalid"},
      refusal{"city", "B\xff", "City: a name of at most 80 letters", "aria-invalid"});
  INFO(each.field << " = " << each.value);
  httplib::Params fields{{each.field, each.value}};
  if (each.field != std::string{"city"})
    fields.emplace("city", "Porto");
  const response page = someone.get("/properties", fields);
  CHECK(page.status == 400);
  CHECK(shows(page, each.text));
  CHECK(shows(page, each.kept));
  CHECK(homes_in(page).empty());
  CHECK(all_of(page.body, "(<p class=\"problem\">)").size() == 1);
}

TEST_CASE("a home is shown with its landlord and what tenants said") {
  const stand at;
  const int id = let(at, {.title = "Lighthouse", .city = "Harbourville", .landlord = "Mia Keeper"});
  const response alone = guest{at}.get("/properties/" + std::to_string(id));
  CHECK(alone.status == 200);
  for (const char* part :
       {"<h1>Lighthouse</h1>", "<title>Lighthouse ·", "Test Street 1, Harbourville", "€1,000",
        "50 m²", "24 Dec 2026", "Mia Keeper", "since 2015", "within 3 h", "verified",
        "Nobody has said anything yet."}) {
    INFO(part);
    CHECK(shows(alone, part));
  }
  const std::string home = std::to_string(id);
  all_homes().sql("INSERT INTO trust_reference VALUES (" + home +
                  ", 'Old', '2019-05-01', 2, 'Dark.'),"
                  " (" +
                  home + ", 'New', '2024-05-01', 5, 'Bright now.')");
  const response praised = guest{at}.get("/properties/" + home);
  CHECK_FALSE(shows(praised, "Nobody has said anything yet."));
  CHECK(shows(praised, "5 of 5 stars"));
  CHECK(shows(praised, "Old, until May"));
  CHECK(praised.body.find("Bright now.") < praised.body.find("Dark."));
}

TEST_CASE("a home that is not there, or that no number names, is no page") {
  const stand at;
  guest someone{at};
  for (const char* path :
       {"/properties/999999999", "/properties/0", "/properties/abc", "/properties/-1",
        "/properties/1x", "/properties/12345678901", "/properties/1/2", "/nothing",
        "/static/../main.cpp", "/static/%2e%2e/main.cpp", "/static/nothing.css"}) {
    INFO(path);
    const response page = someone.get(path);
    CHECK(page.status == 404);
    CHECK(shows(page, "There is no such page"));
  }
}

TEST_CASE("styles and pictures are there, and browsers keep them for a while") {
  const stand at;
  for (const char* path : {"/static/style.css", "/static/homes.svg", "/static/icon.svg"}) {
    const response file = guest{at}.get(path);
    CHECK(file.status == 200);
    CHECK(file.get_header_value("Cache-Control") == "max-age=300");
  }
}
