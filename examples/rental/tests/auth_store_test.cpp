// People, accounts, sessions and tokens in the database.
#include "examples/rental/auth_store.hpp"

#include "examples/rental/tests/stand.hpp"

#include <set>
#include <utility>

using namespace rental;
using namespace rental::testing;

namespace {

time_point from_now(std::chrono::seconds time) {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() + time);
}

template <class F>
std::string sqlstate_of(const F& call) {
  try {
    call();
  } catch (const fh::failure& why) {
    CHECK(why.code() == fh::errc::server_error);
    return why.why().sqlstate;
  }
  return "it succeeded";
}

// Only one of all people has it.
std::string new_address() {
  return new_token().substr(0, 12) + "@store.example";
}

bool is_same(const user& a, const user& b) {
  return a.id == b.id && a.name == b.name && a.email == b.email &&
         a.email_verified == b.email_verified;
}

int rows_of(const stand& at, const std::string& table, const fh::uuid& person) {
  return ask<int>(at, "SELECT count(*)::int FROM " + table + " WHERE person_id = $1", person);
}

} // namespace

TEST_CASE("a user is created with an id of the database's and found by it and by address") {
  const stand at;
  const user like{.id = {}, .name = "Ann", .email = new_address(), .email_verified = from_now(0s)};
  const user made = at.people.create_user(like);
  CHECK(made.id != fh::uuid{});
  CHECK(made.name == like.name);
  CHECK(made.email == like.email);
  CHECK(made.email_verified == like.email_verified);
  CHECK(is_same(at.people.user_by_id(made.id).value(), made));
  CHECK(is_same(at.people.user_by_email(made.email).value(), made));
  CHECK_FALSE(at.people.user_by_id({}));
  CHECK_FALSE(at.people.user_by_email(new_address()));
}

TEST_CASE("a user without a name who was never verified is read as such") {
  const stand at;
  const user made = at.people.create_user({.email = new_address()});
  CHECK_FALSE(made.name);
  CHECK_FALSE(at.people.user_by_id(made.id)->email_verified);
}

TEST_CASE("a second user with an address is refused as a unique value") {
  const stand at;
  const user made = at.people.create_user({.email = new_address()});
  CHECK(sqlstate_of([&] { static_cast<void>(at.people.create_user({.email = made.email})); }) ==
        "23505");
}

TEST_CASE("a user is updated in all but the id; nobody is nothing") {
  const stand at;
  user who = at.people.create_user({.name = "Before", .email = new_address()});
  who = {
      .id = who.id, .name = std::nullopt, .email = new_address(), .email_verified = from_now(0s)};
  const auto updated = at.people.update_user(who);
  REQUIRE(updated);
  CHECK(is_same(*updated, who));
  CHECK(is_same(at.people.user_by_id(who.id).value(), who));
  CHECK_FALSE(at.people.update_user({.email = new_address()}));
}

TEST_CASE("an update to somebody else's address is refused and changes nothing") {
  const stand at;
  const user one = at.people.create_user({.email = new_address()});
  user other = at.people.create_user({.email = new_address()});
  const std::string before = std::exchange(other.email, one.email);
  CHECK(sqlstate_of([&] { static_cast<void>(at.people.update_user(other)); }) == "23505");
  CHECK(at.people.user_by_id(other.id)->email == before);
}

TEST_CASE("a user is deleted with accounts, sessions and enquiries, and nobody else is") {
  const stand at;
  const user gone = at.people.create_user({.email = new_address()});
  const user kept = at.people.create_user({.email = new_address()});
  for (const user& each : {gone, kept}) {
    at.people.link_account({"github", each.email, each.id, "oauth"});
    at.people.create_session(new_token(), each.id, from_now(1h));
    CHECK(ask<int>(at,
                   "INSERT INTO enquiry (id, property_id, person_id, message) "
                   "VALUES (gen_random_uuid(), 1, $1, 'Is it quiet?') RETURNING 1",
                   each.id) == 1);
  }
  CHECK(at.people.delete_user(gone.id));
  CHECK_FALSE(at.people.user_by_id(gone.id));
  CHECK(at.people.user_by_id(kept.id));
  for (const char* table : {"account", "session", "enquiry"}) {
    INFO(table);
    CHECK(rows_of(at, table, gone.id) == 0);
    CHECK(rows_of(at, table, kept.id) == 1);
  }
  CHECK_FALSE(at.people.delete_user(gone.id));
}

TEST_CASE("an account leads to its user until it is unlinked; twice it is refused") {
  const stand at;
  const user who = at.people.create_user({.email = new_address()});
  const user other = at.people.create_user({.email = new_address()});
  const std::string there = new_token();
  at.people.link_account({"github", there, who.id, "oauth"});
  at.people.link_account({"google", there, other.id, "oauth"});
  CHECK(is_same(at.people.user_by_account("github", there).value(), who));
  CHECK(is_same(at.people.user_by_account("google", there).value(), other));
  CHECK(sqlstate_of([&] {
          at.people.link_account({"github", there, other.id, "oauth"});
        }) == "23505");
  CHECK(at.people.unlink_account("github", there));
  CHECK_FALSE(at.people.user_by_account("github", there));
  CHECK_FALSE(at.people.unlink_account("github", there));
  CHECK(at.people.user_by_account("google", there));
}

TEST_CASE("an account or a session of nobody is refused as a foreign key") {
  const stand at;
  CHECK(sqlstate_of([&] {
          at.people.link_account({"github", new_token(), {}, "oauth"});
        }) == "23503");
  CHECK(sqlstate_of([&] { at.people.create_session(new_token(), {}, from_now(1h)); }) == "23503");
}

TEST_CASE("a session and its user are one query") {
  const stand at;
  const user who = at.people.create_user({.name = "Ann", .email = new_address()});
  const std::string token = new_token();
  const time_point expires = from_now(1h);
  at.people.create_session(token, who.id, expires);
  const auto before = at.db.snapshot().requests_total;
  const auto found = at.people.session_and_user(token);
  CHECK(at.db.snapshot().requests_total == before + 1);
  REQUIRE(found);
  CHECK(is_same(found->who, who));
  CHECK(found->expires == expires);
}

TEST_CASE("a session is updated and deleted by its token alone") {
  const stand at;
  const user who = at.people.create_user({.email = new_address()});
  const std::string token = new_token();
  const std::string other = new_token();
  at.people.create_session(token, who.id, from_now(1h));
  at.people.create_session(other, who.id, from_now(1h));
  const time_point later = from_now(48h);
  CHECK(at.people.update_session(token, later));
  CHECK(at.people.session_and_user(token)->expires == later);
  CHECK(at.people.delete_session(token));
  CHECK_FALSE(at.people.session_and_user(token));
  CHECK_FALSE(at.people.update_session(token, later));
  CHECK_FALSE(at.people.delete_session(token));
  CHECK(at.people.session_and_user(other));
}

TEST_CASE("a session that is over is not found, nor is one of a token that nobody has") {
  const stand at;
  const user who = at.people.create_user({.email = new_address()});
  const std::string token = new_token();
  at.people.create_session(token, who.id, from_now(-1s));
  CHECK_FALSE(at.people.session_and_user(token));
  CHECK_FALSE(at.people.session_and_user(new_token()));
  CHECK_FALSE(at.people.session_and_user(""));
}

TEST_CASE("a verification token is used once, by whom it was sent to, before it expires") {
  const stand at;
  const std::string email = new_address();
  const std::string token = new_token();
  const std::string old = new_token();
  at.people.create_verification_token(email, token, from_now(1min));
  at.people.create_verification_token(email, old, from_now(-1s));
  CHECK_FALSE(at.people.use_verification_token(new_address(), token));
  CHECK_FALSE(at.people.use_verification_token(email, new_token()));
  CHECK_FALSE(at.people.use_verification_token(email, old));
  CHECK(at.people.use_verification_token(email, token));
  CHECK_FALSE(at.people.use_verification_token(email, token));
}

TEST_CASE("signing in makes a user once, and says when their address was first verified") {
  const stand at;
  const std::string email = new_address();
  const std::string tokens[]{new_token(), new_token()};
  const std::string sessions[]{new_token(), new_token()};
  for (int i : {0, 1}) {
    at.people.create_verification_token(email, tokens[i], from_now(1min));
    REQUIRE(at.people.sign_in(email, tokens[i], sessions[i], from_now(1h)));
  }
  const auto first = at.people.session_and_user(sessions[0]);
  const auto second = at.people.session_and_user(sessions[1]);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(is_same(first->who, second->who));
  CHECK(first->who.email_verified);
  CHECK_FALSE(at.people.sign_in(email, tokens[0], new_token(), from_now(1h)));
}

TEST_CASE("signing in that fails half way leaves the token as it was") {
  const stand at;
  const std::string email = new_address();
  const std::string token = new_token();
  const user other = at.people.create_user({.email = new_address()});
  const std::string taken = new_token();
  at.people.create_session(taken, other.id, from_now(1h));
  at.people.create_verification_token(email, token, from_now(1min));
  CHECK(sqlstate_of([&] { at.people.sign_in(email, token, taken, from_now(1h)); }) == "23505");
  CHECK_FALSE(at.people.user_by_email(email));
  CHECK(at.people.session_and_user(taken)->who.id == other.id);
  CHECK(at.people.sign_in(email, token, new_token(), from_now(1h)));
}

TEST_CASE("the tables have hashes only, with which nobody can be anybody") {
  const stand at;
  const std::string email = new_address();
  const std::string token = new_token();
  const user who = at.people.create_user({.email = email});
  at.people.create_session(token, who.id, from_now(1h));
  at.people.create_verification_token(email, token, from_now(1min));
  for (const std::string table : {"session", "verification_token"}) {
    INFO(table);
    const std::string rows = "SELECT count(*)::int FROM " + table + " AS r WHERE ";
    CHECK(ask<int>(at, rows + "token_hash = encode(sha256($1::text::bytea), 'hex')", token) == 1);
    CHECK(ask<int>(at, rows + "r::text LIKE '%' || $1::text || '%'", token) == 0);
  }
  CHECK_FALSE(at.people.session_and_user(hash_of(token)));
  CHECK_FALSE(at.people.use_verification_token(email, hash_of(token)));
}

TEST_CASE("tokens are 64 hexadecimal digits, and no two are alike") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i)
    CHECK(seen.insert(new_token()).second);
  for (const std::string& each : seen)
    CHECK(all_of(each, "^([0-9a-f]{64})$").size() == 1);
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
