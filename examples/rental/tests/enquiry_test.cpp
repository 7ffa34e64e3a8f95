// Asking about a home.
#include "examples/rental/tests/stand.hpp"

using namespace rental;
using namespace rental::testing;

namespace {

const std::string polite = "Good day, we are two and would like to move in.";

int enquiries_about(int home) {
  return all_homes().number("SELECT count(*) FROM enquiry WHERE property_id = " +
                            std::to_string(home));
}

std::string form_in(const response& page) {
  const auto found = all_of(page.body, "name=\"form\" value=\"([0-9a-f]{32})\"");
  REQUIRE(found.size() == 1);
  return found.front();
}

std::string page_of(int home) {
  return "/properties/" + std::to_string(home);
}

} // namespace

TEST_CASE("an enquiry by the form of a home's page arrives and is among one's own") {
  const stand at;
  const int home = let(at, {.title = "The asked one"});
  guest someone{at, at.session_of("asks@mail.example")};
  CHECK(shows(someone.get("/enquiries"), "You have not asked for a home yet."));
  const response sent = someone.enquire(home, polite, form_in(someone.get(page_of(home))));
  CHECK(sent.status == 303);
  CHECK(location(sent) == "/enquiries");
  CHECK(enquiries_about(home) == 1);
  const response mine = someone.get("/enquiries");
  CHECK(shows(mine, polite));
  CHECK(shows(mine, "The asked one"));
  CHECK_FALSE(shows(mine, "You have not asked for a home yet."));
}

TEST_CASE("each form has an id of its own") {
  const stand at;
  guest someone{at, at.session_of("forms@mail.example")};
  CHECK(form_in(someone.get("/properties/1")) != form_in(someone.get("/properties/1")));
}

TEST_CASE("who is not signed in cannot ask, and keeps what was typed") {
  const stand at;
  const int home = let(at, {});
  const std::string form = new_form();
  guest someone{at};
  CHECK(shows(someone.get(page_of(home)), "Sign in to ask"));
  const response refused = someone.enquire(home, polite, form);
  CHECK(refused.status == 401);
  CHECK(shows(refused, "You are not signed in any more."));
  CHECK(shows(refused, polite));
  CHECK(form_in(refused) == form);
  CHECK(enquiries_about(home) == 0);

  someone.session = at.session_of("later@mail.example");
  CHECK(someone.enquire(home, polite, form).status == 303);
  CHECK(enquiries_about(home) == 1);
}

TEST_CASE("a form sent twice is one enquiry, the first") {
  const stand at;
  const int home = let(at, {});
  const std::string form = new_form();
  guest someone{at, at.session_of("twice@mail.example")};
  CHECK(someone.enquire(home, polite + " First.", form).status == 303);
  CHECK(someone.enquire(home, polite + " Second.", form).status == 303);
  CHECK(enquiries_about(home) == 1);
  const response mine = someone.get("/enquiries");
  CHECK(shows(mine, "First."));
  CHECK_FALSE(shows(mine, "Second."));
}

TEST_CASE("a form sent by many at once is one enquiry, and each is told that it arrived") {
  const stand at{{.through = GENERATE("URL", "POOLER_URL")}};
  const int home = let(at, {});
  const std::string form = new_form();
  const std::string token = at.session_of("many@mail.example");
  const auto statuses = at_once(20, [&](int) {
    return guest{at, token}.enquire(home, polite, form).status;
  });
  CHECK(statuses == std::vector<int>(20, 303));
  CHECK(enquiries_about(home) == 1);
}

TEST_CASE("the form of somebody else's enquiry is refused and changes nothing") {
  const stand at;
  const int home = let(at, {});
  const std::string form = new_form();
  guest first{at, at.session_of("first@mail.example")};
  guest second{at, at.session_of("second@mail.example")};
  REQUIRE(first.enquire(home, polite, form).status == 303);
  const response refused = second.enquire(home, "Mine, mine, mine, mine.", form);
  CHECK(refused.status == 400);
  CHECK(shows(refused, "Mine, mine, mine, mine."));
  CHECK_FALSE(shows(refused, polite));
  CHECK(enquiries_about(home) == 1);
  CHECK(shows(first.get("/enquiries"), polite));
  CHECK(shows(second.get("/enquiries"), "You have not asked for a home yet."));
}

TEST_CASE("everybody sees their own enquiries only, the latest first") {
  const stand at;
  const int home = let(at, {});
  guest one{at, at.session_of("one@mail.example")};
  guest other{at, at.session_of("other@mail.example")};
  REQUIRE(one.enquire(home, "The earlier one of two.", new_form()).status == 303);
  REQUIRE(other.enquire(home, "What somebody else asks.", new_form()).status == 303);
  REQUIRE(one.enquire(home, "The later one of two.", new_form()).status == 303);
  const response mine = one.get("/enquiries");
  CHECK_FALSE(shows(mine, "What somebody else asks."));
  const auto later = mine.body.find("The later one of two.");
  CHECK(later < mine.body.find("The earlier one of two."));
  CHECK(later != std::string::npos);
  CHECK_FALSE(shows(other.get("/enquiries"), "one of two."));
  const response nobody = guest{at}.get("/enquiries");
  CHECK(nobody.status == 303);
  CHECK(location(nobody) == "/sign-in?next=/enquiries");
}

TEST_CASE("a message that is too short or too long is explained and kept, and can be mended") {
  const stand at;
  const int home = let(at, {});
  const std::string form = new_form();
  guest someone{at, at.session_of("length@mail.example")};
  for (const std::string& message :
       {std::string{}, std::string{"Hello!"}, std::string(2'001, 'w')}) {
    const response refused = someone.enquire(home, message, form);
    CHECK(refused.status == 400);
    CHECK(shows(refused, "Please write 10 to 2000 characters"));
    CHECK(shows(refused, message + "</textarea>"));
    CHECK(form_in(refused) == form);
  }
  CHECK(enquiries_about(home) == 0);
  CHECK(someone.enquire(home, std::string(2'000, 'w'), form).status == 303);
  CHECK(enquiries_about(home) == 1);
}

TEST_CASE("a message of 2000 letters of four bytes arrives as it was typed") {
  const stand at;
  const int home = let(at, {});
  std::string message;
  for (int i = 0; i < 2'000; ++i)
    message += "🏠";
  guest someone{at, at.session_of("bytes@mail.example")};
  CHECK(someone.enquire(home, message, new_form()).status == 303);
  CHECK(shows(someone.get("/enquiries"), message));
}

TEST_CASE("a home that is not there cannot be asked about") {
  const stand at;
  guest someone{at, at.session_of("nowhere@mail.example")};
  const response page = someone.enquire(999'999'999, polite, new_form());
  CHECK(page.status == 404);
  CHECK(shows(page, "There is no such page"));
}

TEST_CASE("a form without a good id is refused and keeps what was typed") {
  const stand at;
  const int home = let(at, {});
  guest someone{at, at.session_of("noform@mail.example")};
  const std::string id = new_form();
  for (const std::string& form : {std::string{}, id.substr(1), id + "0", std::string{"1"},
                                  std::string{"'); DROP TABLE enquiry; --"}}) {
    const response refused = someone.enquire(home, polite, form);
    CHECK(refused.status == 400);
    CHECK(shows(refused, polite));
  }
  CHECK(enquiries_about(home) == 0);
}
