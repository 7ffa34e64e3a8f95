// What is left of the service while its database is away.
#include "examples/rental/tests/stand.hpp"

using namespace rental;
using namespace rental::testing;

namespace {

const std::string written = "We would like to see it on Friday, if we may.";

// A second or so; a busy machine takes more.
constexpr std::chrono::milliseconds soon = 5s;

// With the service's own time limits.
const stand_options as_it_is{.patient = false};

bool has_age(const response& page) {
  return all_of(page.body, "This is what we knew ([0-9]+ seconds) ago").size() == 1;
}

// An answer that says when to try again and under which name the operators find it.
void is_refusal(const response& page) {
  INFO(page.body);
  CHECK(page.status == 503);
  CHECK(all_of(page.get_header_value("X-Query-Id"), "^([0-9a-zA-Z]{6})$").size() == 1);
  CHECK(page.get_header_value("Retry-After") == "1");
  CHECK_FALSE(page.has_header("Set-Cookie"));
  CHECK(shows(page, "database does not answer"));
}

bool is_fresh(guest& someone) {
  const response page = someone.get("/properties");
  return page.status == 200 && !has_age(page);
}

} // namespace

TEST_CASE("during an outage what was seen is shown with its age, and all of it again afterwards") {
  const stand at{as_it_is};
  guest someone{at};
  REQUIRE(eventually([&] { return is_fresh(someone); }));
  const response newest = someone.get("/properties");
  REQUIRE(newest.status == 200);
  REQUIRE(someone.get("/properties/5").status == 200);
  outage now;

  const response again = someone.get("/properties");
  CHECK(again.status == 200);
  CHECK(has_age(again));
  CHECK(homes_in(again) == homes_in(newest));

  const response other = someone.get("/properties", {{"city", "Oslo"}, {"rooms", "2"}});
  CHECK(other.status == 200);
  CHECK(has_age(other));
  CHECK(shows(other, "Your search cannot be made right now."));
  CHECK(shows(other, "name=\"city\" value=\"Oslo\""));
  CHECK(homes_in(other) == homes_in(newest));
  CHECK(other.has_header("X-Query-Id"));

  const response home = someone.get("/properties/5");
  CHECK(home.status == 200);
  CHECK(has_age(home));
  CHECK(shows(home, "Ask about this home"));
  is_refusal(someone.get("/properties/6"));
  CHECK(someone.get("/properties?rooms=x").status == 400);
  CHECK(someone.get("/nothing").status == 404);
  CHECK(someone.get("/static/style.css").status == 200);

  now.end();
  CHECK(eventually([&] { return is_fresh(someone); }, soon));
  CHECK(someone.get("/properties/6").status == 200);
  CHECK_FALSE(has_age(someone.get("/properties/5")));
}

TEST_CASE("an enquiry during an outage is kept, and sent again with its form arrives once") {
  const stand at{as_it_is};
  const int home = let(at, {});
  const std::string about = "SELECT count(*)::int FROM enquiry WHERE property_id = $1";
  guest someone{at, at.session_of("patient@mail.example")};
  const std::string path = "/properties/" + std::to_string(home);
  const response page = someone.get(path);
  const std::string form = all_of(page.body, "name=\"form\" value=\"([0-9a-f]{32})\"").at(0);
  {
    const outage now;
    for (int i = 0; i < 3; ++i) {
      const response refused = someone.enquire(home, written, form);
      is_refusal(refused);
      CHECK(shows(refused, "Your enquiry has not been sent."));
      CHECK(shows(refused, written + "</textarea>"));
      CHECK(shows(refused, "name=\"form\" value=\"" + form + "\""));
      CHECK(has_age(refused));
    }
    const response unseen = someone.enquire(7, written, form);
    is_refusal(unseen);
    CHECK(shows(unseen, written + "</textarea>"));
    is_refusal(someone.get("/enquiries"));
    is_refusal(someone.post("/sign-out"));
    CHECK(someone.session.size() == 64);
  }
  REQUIRE(eventually([&] { return is_fresh(someone); }, soon));
  CHECK(ask<int>(at, about, home) == 0);
  CHECK(someone.enquire(home, written, form).status == 303);
  CHECK(someone.enquire(home, written, form).status == 303);
  CHECK(ask<int>(at, about, home) == 1);
  CHECK(shows(someone.get("/enquiries"), written));
}

TEST_CASE("nobody can sign in during an outage, and the address and the link stay good") {
  const stand at{as_it_is};
  guest someone{at};
  REQUIRE(someone.post("/sign-in", {{"email", "stays@mail.example"}}).status == 200);
  const std::string token = all_of(at.mails().at(0), "token=([0-9a-f]{64})").at(0);
  const httplib::Params link{
      {"email", "stays@mail.example"}, {"token", token}, {"next", "/enquiries"}};
  {
    const outage now;
    const response asked =
        someone.post("/sign-in", {{"email", "away@mail.example"}, {"next", "/enquiries"}});
    is_refusal(asked);
    CHECK(shows(asked, "value=\"away@mail.example\""));
    CHECK(shows(asked, "value=\"/enquiries\""));
    CHECK(at.mails().size() == 1);
    CHECK(someone.post("/sign-in", {{"email", "nonsense"}}).status == 400);

    CHECK(someone.get("/sign-in/confirm", link).status == 200);
    const response confirmed = someone.post("/sign-in/confirm", link);
    is_refusal(confirmed);
    CHECK(shows(confirmed, "Your link stays good"));
    CHECK(shows(confirmed, "value=\"" + token + "\""));
  }
  CHECK(eventually([&] { return someone.post("/sign-in/confirm", link).status == 303; }, soon));
  CHECK(someone.get("/enquiries").status == 200);
}

TEST_CASE("during a time in which the server hangs, people wait a second and see what was seen") {
  const stand at{as_it_is};
  guest someone{at};
  REQUIRE(eventually([&] { return is_fresh(someone); }));
  outage now{"pause", "continue"};
  const auto asked = std::chrono::steady_clock::now();
  const response page = someone.get("/properties");
  CHECK(std::chrono::steady_clock::now() - asked < soon);
  CHECK(page.status == 200);
  CHECK(has_age(page));
  is_refusal(someone.post("/sign-in", {{"email", "hangs@mail.example"}}));
  now.end();
  CHECK(eventually([&] { return is_fresh(someone); }, soon));
}

TEST_CASE("a service that has never seen its database has a page that says so") {
  const stand at{as_it_is};
  outage now;
  guest someone{at};
  is_refusal(someone.get("/properties"));
  is_refusal(someone.get("/properties/1"));
  CHECK(someone.get("/sign-in").status == 200);
  now.end();
  CHECK(eventually([&] { return is_fresh(someone); }, soon));
}
