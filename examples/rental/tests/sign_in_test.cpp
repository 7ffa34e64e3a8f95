// Signing in with the link of a mail, and out again.
#include "examples/rental/tests/stand.hpp"

#include <map>

using namespace rental;
using namespace rental::testing;
using namespace std::string_literals;

namespace {

time_point hence(std::chrono::seconds time) {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() + time);
}

// The link of the only mail that there is.
std::string link_of(const stand& at) {
  const auto mails = at.mails();
  REQUIRE(mails.size() == 1);
  const auto links = all_of(mails.front(), "(https?://[^\\s]+)");
  REQUIRE(links.size() == 1);
  return links.front();
}

// The fields of the form on a page.
httplib::Params form_of(const response& page) {
  httplib::Params fields;
  for (const char* name : {"email", "token", "next"}) {
    const auto found = all_of(page.body, std::string{"name=\""} + name + "\" value=\"([^\"]*)\"");
    REQUIRE(found.size() == 1);
    fields.emplace(name, found.front());
  }
  return fields;
}

// Statuses, and how many had them.
std::map<int, int> counted(const std::vector<response>& answers) {
  std::map<int, int> statuses;
  for (const response& each : answers)
    ++statuses[each.status];
  return statuses;
}

} // namespace

TEST_CASE("a hundred who race with one token end in exactly one session") {
  const stand at{{.through = GENERATE("URL", "POOLER_URL")}};
  const std::string email = new_form() + "@race.example";
  const std::string token = new_token();
  at.people.create_verification_token(email, token, hence(10min));
  const auto answers = at_once(100, [&](int) {
    return guest{at}.post("/sign-in/confirm", {{"email", email}, {"token", token}});
  });
  CHECK(counted(answers) == std::map<int, int>{{303, 1}, {400, 99}});
  for (const response& each : answers) {
    CHECK(each.has_header("Set-Cookie") == (each.status == 303));
    CHECK(shows(each, "This link has ended.") == (each.status == 400));
  }
  CHECK(ask<int>(at,
                 "SELECT count(*)::int FROM session JOIN person ON id = person_id WHERE email = $1",
                 email) == 1);
  CHECK(ask<int>(at, "SELECT count(*)::int FROM verification_token WHERE identifier = $1", email) ==
        0);
}

TEST_CASE("twenty tokens used at once make twenty sessions of one person") {
  const stand at;
  const std::string email = new_form() + "@race.example";
  const auto answers = at_once(20, [&](int) {
    const std::string token = new_token();
    at.people.create_verification_token(email, token, hence(10min));
    return guest{at}.post("/sign-in/confirm", {{"email", email}, {"token", token}});
  });
  CHECK(counted(answers) == std::map<int, int>{{303, 20}});
  CHECK(ask<int>(at, "SELECT count(*)::int FROM person WHERE email = $1", email) == 1);
}

TEST_CASE("from the form over the mail to being signed in and back where one was") {
  const stand at;
  guest someone{at};
  const std::string name = new_form();
  const response form = someone.get("/sign-in", {{"next", "/properties/7"}});
  CHECK(form.status == 200);
  CHECK(shows(form, "name=\"next\" value=\"/properties/7\""));
  const response sent = someone.post(
      "/sign-in", {{"email", " " + name + "@Mail.Example "}, {"next", "/properties/7"}});
  CHECK(sent.status == 200);
  CHECK(shows(sent, "Look into your mail."));
  CHECK(at.mails().front().starts_with("To: " + name + "@mail.example\n"));
  const std::string link = link_of(at);
  CHECK(link.starts_with("http://rental.example/sign-in/confirm?"));
  const std::string path = link.substr(link.find("/sign-in"));

  // Programs that look at links may come first, as often as they like.
  CHECK(someone.get(path).status == 200);
  const response asked = someone.get(path);
  CHECK(someone.session.empty());
  const response in = someone.post("/sign-in/confirm", form_of(asked));
  CHECK(in.status == 303);
  CHECK(location(in) == "/properties/7");
  CHECK(someone.session.size() == 64);
  CHECK(shows(someone.get("/enquiries"), "title=\"" + name + "@mail.example\""));
  CHECK(guest{at}.post("/sign-in/confirm", form_of(asked)).status == 400);
}

TEST_CASE("an address that is none is explained and kept, and nothing is sent") {
  const stand at;
  guest someone{at};
  for (const char* typed : {"", "ann", "a@b@c", "a@b\nBcc: everybody@example.org"}) {
    const response page = someone.post("/sign-in", {{"email", typed}});
    CHECK(page.status == 400);
    CHECK(shows(page, "That is no e-mail address."));
    CHECK(shows(page, std::string{"value=\""} + std::string{typed}.substr(0, 3)));
  }
  CHECK(at.mails().empty());
}

TEST_CASE("a forged, foreign or expired token signs nobody in and leaves the right one good") {
  const stand at;
  guest someone{at};
  const std::string email = new_form() + "@forged.example";
  const std::string token = new_token();
  const std::string old = new_token();
  at.people.create_verification_token(email, token, hence(10min));
  at.people.create_verification_token(email, old, hence(-1s));
  const std::pair<std::string, std::string> tries[]{{email, new_token()},
                                                    {email, old},
                                                    {email, hash_of(token)},
                                                    {email, ""},
                                                    {email, "' OR true --"},
                                                    {email, std::string(6'000, 'f')},
                                                    {email, std::string{"\0\xff", 2}},
                                                    {"somebody@else.example", token},
                                                    {"", token},
                                                    {"no address", token}};
  for (const auto& [who, with] : tries) {
    INFO(who << ' ' << with);
    const response page = someone.post("/sign-in/confirm", {{"email", who}, {"token", with}});
    CHECK(page.status == 400);
    CHECK(shows(page, "This link has ended."));
    CHECK_FALSE(page.has_header("Set-Cookie"));
  }
  CHECK(someone.post("/sign-in/confirm", {{"email", email}, {"token", token}}).status == 303);
}

TEST_CASE("nobody is led to another site by a link for signing in") {
  const stand at;
  guest someone{at};
  const std::string next =
      GENERATE("//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example",
               "javascript:alert(1)", "evil.example", "", "/\t/evil.example", "/\n/evil.example",
               "\t//evil.example", " //evil.example", "/\r\n\\evil.example", "/a\tb",
               "/properties\r\nSet-Cookie: session=evil");
  INFO(next);
  const std::string token = new_token();
  at.people.create_verification_token("led@mail.example", token, hence(10min));
  for (const char* path : {"/sign-in", "/sign-in/confirm"})
    CHECK(shows(someone.get(path, {{"next", next}}), "name=\"next\" value=\"/properties\""));
  const response in = someone.post(
      "/sign-in/confirm", {{"email", "led@mail.example"}, {"token", token}, {"next", next}});
  CHECK(in.status == 303);
  CHECK(location(in) == "/properties");
}

TEST_CASE("a cookie is for this site's requests only, and for https alone where there is that") {
  const bool secure = GENERATE(false, true);
  const stand at{{.url = secure ? "https://rental.example" : "http://rental.example"}};
  guest someone{at};
  const std::string token = new_token();
  at.people.create_verification_token("cookie@mail.example", token, hence(10min));
  const response in =
      someone.post("/sign-in/confirm", {{"email", "cookie@mail.example"}, {"token", token}});
  const std::string cookie = in.get_header_value("Set-Cookie");
  CHECK(cookie == "session=" + someone.session +
                      "; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax" +
                      (secure ? "; Secure" : ""));
  CHECK(someone.post("/sign-out").get_header_value("Set-Cookie") ==
        std::string{"session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"} +
            (secure ? "; Secure" : ""));
}

TEST_CASE("signing out ends that session in the database, and no other one") {
  const stand at;
  guest here{at, at.session_of("out@mail.example")};
  guest there{at, at.session_of("out@mail.example")};
  const std::string before = here.session;
  const response out = here.post("/sign-out");
  CHECK(out.status == 303);
  CHECK(location(out) == "/properties");
  CHECK(here.session.empty());
  CHECK(ask<int>(at, "SELECT count(*)::int FROM session WHERE token_hash = $1", hash_of(before)) ==
        0);
  CHECK(guest{at, before}.get("/enquiries").status == 303);
  CHECK(there.get("/enquiries").status == 200);
  CHECK(here.post("/sign-out").status == 303);
}

TEST_CASE("a forged, expired, hashed or over-long cookie is nobody's") {
  const stand at;
  const std::string token = at.session_of("cookie@mail.example");
  const std::string old = at.session_of("cookie@mail.example");
  REQUIRE(at.people.update_session(old, hence(-1s)));
  for (const std::string& forged : {new_token(), old, hash_of(token), token + "0", token.substr(1),
                                    "' OR true --"s, "\xff\xfe"s, std::string(7'000, 'a')}) {
    INFO(forged);
    guest someone{at, forged};
    const response mine = someone.get("/enquiries");
    CHECK(mine.status == 303);
    CHECK(location(mine) == "/sign-in?next=/enquiries");
    CHECK(shows(someone.get("/properties/1"), "Sign in to ask"));
  }
  CHECK(guest{at, token}.get("/enquiries").status == 200);
  CHECK(guest{at, token + "; other=1"}.get("/enquiries").status == 200);
}

TEST_CASE("a cookie longer than any that is read is refused, and the service goes on") {
  const stand at;
  CHECK(guest{at, std::string(20'000, 'a')}.get("/enquiries").status == 400);
  CHECK(guest{at}.get("/properties").status == 200);
}

TEST_CASE("no token and no address is in a log that tells each query") {
  stand at;
  guest someone{at};
  CHECK(someone.post("/sign-in", {{"email", "log@mail.example"}}).status == 200);
  const std::string link = link_of(at);
  const std::string path = link.substr(link.find("/sign-in"));
  const httplib::Params form = form_of(someone.get(path));
  CHECK(someone.post("/sign-in/confirm", form).status == 303);
  CHECK(someone.get("/enquiries").status == 200);
  const std::string log = at.log();
  CHECK(log.find("session_with_user") != std::string::npos);
  for (const std::string& secret : {someone.session, hash_of(someone.session),
                                    form.find("token")->second, "log@mail.example"s}) {
    INFO(secret);
    CHECK(log.find(secret) == std::string::npos);
  }
}
