#include "tests/support/catch.hpp"
#include "tests/unit/doctor_support.hpp"

using namespace freehold;
using namespace freehold::command;
using freehold::testing::healthy;

namespace {

finding refused(std::string sqlstate, std::string message) {
  facts seen = healthy();
  const connect_outcome outcome = classify_connect(sqlstate);
  seen.refused = refusal_facts{outcome, std::move(sqlstate), std::move(message), false, {}};
  const findings all = diagnose(seen);
  REQUIRE(all.size() == 1);
  CHECK(all.front().level == severity::problem);
  CHECK_FALSE(all.front().advice.empty());
  return all.front();
}

} // namespace

TEST_CASE("why there is no session is told by SQLSTATE first") {
  CHECK(refused("53300", "sorry").title == "The server has no connection left");
  CHECK(refused("28P01", "localised").title == "The password or the role is wrong");
  CHECK(refused("3D000", "localised").title == "The database does not exist");
  CHECK(refused("57P03", "localised").title == "The server is starting, stopping or recovering");
  CHECK(refused("28000", "no pg_hba.conf entry for host").title ==
        "The server does not let this role in from here");
  CHECK(refused("28000", "connection requires a valid client certificate").title ==
        "The server asks for a client certificate");
  CHECK(refused("28000", "role is not permitted to log in").title == "The role is refused");
}

TEST_CASE("libpq's and poolers' own complaints are told by their texts") {
  const auto title = [](const char* message) { return refused("", message).title; };
  CHECK(title("received invalid response to SSL negotiation: H") ==
        "This is not a PostgreSQL server");
  CHECK(title("expected authentication request from server, but received H") ==
        "This is not a PostgreSQL server");
  CHECK(title("server does not support SSL, but SSL was required") == "The server offers no TLS");
  CHECK(title("SSL error: certificate verify failed") == "The server's certificate is not trusted");
  CHECK(title("server certificate for \"a\" does not match host name \"b\"") ==
        "The certificate is another host's");
  CHECK(title("root certificate file \"x\" does not exist") ==
        "The certificate authority's file is missing");
  CHECK(title("Connection refused") == "Nobody listens there");
  CHECK(title("could not translate host name \"db\" to address") == "The host's name is not known");
  CHECK(title("fe_sendauth: no password supplied") == "The server asks for a password");
  CHECK(title("session is not read-only") == "No server of the kind that is asked for");
  CHECK(title("server closed the connection unexpectedly") == "Whoever listens there hung up");
  CHECK(title("something new") == "The server cannot be reached");
  CHECK(refused("08P01", "no such database: x").title == "The pooler does not know the database");
  CHECK(refused("08P01", "no more connections allowed (max_client_conn)").title ==
        "The pooler has no connection left");
  CHECK(refused("08P01", "SASL authentication failed").title ==
        "The password or the role is wrong");
}

TEST_CASE("what answers in HTTP is no database, and who says nothing is told so") {
  facts seen = healthy();
  seen.refused = refusal_facts{connect_outcome::unreachable, "", "no answer", true, {}};
  CHECK(diagnose_refusal(seen).title == "No answer in time");
  seen.refused->http = "HTTP/1.1 200, nginx";
  const finding found = diagnose_refusal(seen);
  CHECK(found.title == "This is not a PostgreSQL server");
  CHECK(found.detail.find("nginx") != std::string::npos);
}
