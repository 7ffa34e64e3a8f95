// What people with bad intentions send.
#include "examples/rental/tests/stand.hpp"

using namespace rental;
using namespace rental::testing;

namespace {

const std::string markup = "</textarea></title>'\"><script>alert(1)</script><img src=x onerror=1>&";

// Nothing in it became a tag or left the value of an attribute.
void is_harmless(const response& page) {
  INFO(page.body);
  CHECK_FALSE(shows(page, "<script"));
  CHECK_FALSE(shows(page, "<img"));
  CHECK_FALSE(shows(page, "\" onfocus="));
  CHECK_FALSE(shows(page, "' onfocus="));
}

std::string home_page(int id) {
  return "/properties/" + std::to_string(id);
}

} // namespace

TEST_CASE("markup in a field of a search is text") {
  const stand at;
  for (const std::string& typed : {markup, std::string{"x\" onfocus=\"alert(1)"}}) {
    for (const char* field : {"city", "rent_from", "rent_to", "rooms", "sort", "page"}) {
      INFO(field);
      const response page = guest{at}.get("/properties", {{field, typed}});
      is_harmless(page);
      if (std::string{field}.starts_with("r"))
        CHECK(shows(page, typed == markup ? "&lt;script&gt;" : "x&quot; onfocus=&quot;"));
    }
  }
}

TEST_CASE("markup in a search stays text in the links to its other pages") {
  const stand at;
  for (int i = 0; i < 13; ++i)
    let(at, {.city = "\"><script>x"});
  const response page =
      guest{at}.get("/properties", {{"city", "\"><script>x"}, {"x\"><script>", "1"}});
  CHECK(homes_in(page).size() == 12);
  CHECK(shows(page, "rel=\"next\""));
  is_harmless(page);
}

TEST_CASE("markup in what landlords and tenants write is text") {
  const stand at;
  const int id = let(at, {.title = markup,
                          .city = "Markup",
                          .street = markup,
                          .description = markup,
                          .landlord = markup});
  all_homes().sql("INSERT INTO trust_reference VALUES (" + std::to_string(id) +
                  ", '<script>author', '2019-05-01', 2, '<script>text')");
  guest someone{at, at.session_of("reader@mail.example")};
  REQUIRE(someone.enquire(id, markup, new_form()).status == 303);
  for (const std::string& path :
       {home_page(id), std::string{"/enquiries"}, std::string{"/properties?city=Markup"}}) {
    INFO(path);
    const response page = someone.get(path);
    CHECK(page.status == 200);
    CHECK(shows(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    is_harmless(page);
  }
  const response for_guests = guest{at}.get(home_page(id));
  CHECK(shows(for_guests, "&lt;script&gt;author"));
  CHECK(shows(for_guests, "&lt;script&gt;text"));
  is_harmless(for_guests);
}

TEST_CASE("markup in a message or a form's id that is shown again is text") {
  const stand at;
  for (const std::string& session : {std::string{}, at.session_of("writer@mail.example")}) {
    guest someone{at, session};
    const response page = someone.enquire(1, markup, markup);
    CHECK(page.status == (session.empty() ? 401 : 400));
    CHECK(shows(page, "&lt;/textarea&gt;"));
    is_harmless(page);
  }
}

TEST_CASE("markup in an address, a token or the page to go to is text") {
  const stand at;
  for (const std::string& typed : {markup, std::string{"x\" onfocus=\"alert(1)"}}) {
    const httplib::Params fields{{"email", typed}, {"token", typed}, {"next", "/" + typed}};
    for (const char* path : {"/sign-in", "/sign-in/confirm"}) {
      const response form = guest{at}.get(path, fields);
      is_harmless(form);
      CHECK(shows(form, typed == markup ? "&lt;script&gt;" : "x&quot; onfocus=&quot;"));
      is_harmless(guest{at}.post(path, fields));
    }
  }
  const std::string email = "\"onfocus='alert(1)'@mail.example";
  is_harmless(guest{at}.post("/sign-in", {{"email", email}}));
  const response mine = guest{at, at.session_of(email)}.get("/enquiries");
  CHECK(shows(mine, "title=\"&quot;onfocus=&#39;alert(1)&#39;@mail.example\""));
}

TEST_CASE("SQL in any field is only text") {
  const stand at;
  const std::string sql = "x'); DROP TABLE enquiry, session, person CASCADE; --";
  const std::string before =
      "SELECT (SELECT count(*) FROM property) + (SELECT count(*) FROM person)";
  guest someone{at, at.session_of("sql@mail.example")};
  const int rows = all_homes().number(before);
  for (const char* field : {"city", "rent_from", "rent_to", "rooms", "sort", "page"})
    CHECK(someone.get("/properties", {{field, sql}}).status < 500);
  CHECK(someone.post("/sign-in", {{"email", "x'--@mail.example"}, {"next", "/" + sql}}).status ==
        200);
  CHECK(someone.post("/sign-in/confirm", {{"email", "x'--@mail.example"}, {"token", sql}}).status ==
        400);
  CHECK(someone.enquire(1, sql, sql).status == 400);
  CHECK(guest{at, sql}.get("/enquiries").status == 303);
  CHECK(all_homes().number(before) == rows);
  CHECK(someone.enquire(1, sql, new_form()).status == 303);
  CHECK(all_homes().number("SELECT count(*) FROM enquiry WHERE message = $$" + sql + "$$") == 1);
}

TEST_CASE("a body that is too long is refused with a page that says so") {
  const stand at;
  guest someone{at, at.session_of("long@mail.example")};
  const response message = someone.enquire(1, std::string(70'000, 'a'), new_form());
  CHECK(message.status == 413);
  CHECK(shows(message, "That was too long"));
  const response form = someone.post("/sign-in", {{"email", std::string(9'000, 'a') + "@b"}});
  CHECK(form.status == 413);
  CHECK(shows(form, "That was too long"));
  CHECK(someone.get("/properties").status == 200);
}

TEST_CASE("forms that are encoded wrongly are refused, and none is the service's fault") {
  const stand at;
  guest someone{at, at.session_of("encoded@mail.example")};
  const std::string multipart = "multipart/form-data";
  const std::string plain = "application/x-www-form-urlencoded";
  const std::string part =
      "--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\nHello, you";
  const std::pair<std::string, std::string> bodies[]{
      {multipart, part},
      {multipart + "; boundary=", part},
      {multipart + "; boundary=b", part},
      {multipart + "; boundary=b", "no part at all"},
      {multipart + "; boundary=other", part + "\r\n--b--\r\n"},
      {multipart + "; boundary=b", "--b\r\n\r\n\r\n--b--\r\n"},
      {multipart + "; boundary=b", ""},
      {plain, "message=a+message+in+another+form&form=" + new_form()},
      {plain, "%&%%=%zz&message=%ff%fe&=&&form"},
      {plain, ""},
      {"application/json", "{\"message\": \"Is it quiet there?\"}"},
      {"", "message=x"}};
  for (const auto& [type, body] : bodies) {
    INFO(type << ": " << body);
    CHECK(someone.post("/properties/1", body, type).status == 400);
    CHECK(someone.post("/sign-in", body, type).status == 400);
    CHECK(someone.post("/sign-in/confirm", body, type).status == 400);
  }
  CHECK(someone.enquire(1, "A message \xff of broken UTF-8", new_form()).status == 400);
  CHECK(someone.enquire(1, std::string{"A message \0 with nothing in it", 29}, new_form()).status ==
        400);
  CHECK(someone.get("/properties").status == 200);
}

TEST_CASE("what another site makes a browser send is refused and does nothing") {
  const stand at;
  const std::string token = at.session_of("crossed@mail.example");
  guest someone{at, token};
  someone.also = {{"Sec-Fetch-Site", "cross-site"}};
  for (const char* path : {"/sign-in", "/sign-in/confirm", "/sign-out", "/properties/1"}) {
    INFO(path);
    const response refused = someone.post(path, {{"email", "a@b.c"}});
    CHECK(refused.status == 403);
    CHECK(shows(refused, "That came from another site"));
  }
  CHECK(someone.enquire(1, "Sent by another site.", new_form()).status == 403);
  CHECK(at.mails().empty());
  CHECK(someone.get("/enquiries").status == 200); // a link from there is fine
  for (const char* from : {"same-origin", "same-site", "none"}) {
    someone.also = {{"Sec-Fetch-Site", from}};
    CHECK(someone.post("/sign-in", {{"email", "crossed@mail.example"}}).status == 200);
  }
}

TEST_CASE("every answer tells the browser what the page may do, errors too") {
  const stand at;
  guest someone{at};
  someone.also = {{"Sec-Fetch-Site", "cross-site"}};
  const response answers[]{someone.get("/properties"),
                           someone.get("/properties/1"),
                           someone.get("/sign-in"),
                           someone.get("/nothing"),
                           someone.get("/properties?rooms=x"),
                           someone.get("/enquiries"),
                           someone.get("/static/style.css"),
                           someone.post("/sign-out")};
  for (const response& each : answers) {
    INFO(each.status << ' ' << each.body);
    const std::string policy = each.get_header_value("Content-Security-Policy");
    CHECK(policy.find("default-src 'none'") == 0);
    CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CHECK(policy.find("form-action 'self'") != std::string::npos);
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(each.get_header_value("X-Content-Type-Options") == "nosniff");
    CHECK(each.get_header_value("Referrer-Policy") == "same-origin");
  }
}

TEST_CASE("no page has a script or a style of its own, which its policy would forbid") {
  const stand at;
  for (const char* path : {"/properties", "/properties/1", "/sign-in"}) {
    const response page = guest{at}.get(path);
    for (const char* forbidden : {"<script", "<style", " style=", " onclick=", "http://"})
      CHECK_FALSE(shows(page, forbidden));
  }
}
