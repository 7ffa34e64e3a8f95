// Another configuration while the way to the server is not what it was thought to be.

#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

connect_failure wrong_password() {
  return {connect_outcome::authentication, "28P01", "password authentication failed"};
}

database_options of_size(std::size_t connections) {
  database_options options = default_database(base_profile::production, "primary");
  options.pool.min_connections = connections;
  options.pool.max_connections = connections;
  return options;
}

/// As after a change of the target that was tried and worked.
void renew_sessions(simulated_database& db) {
  caf::anon_send(db.supervisor, adopt{std::make_shared<database_context>(*db.context()), true});
  db.run();
}

} // namespace

TEST_CASE("a full pool that cannot be renewed goes on with the sessions it has") {
  const std::size_t connections = GENERATE(2U, 3U, 8U);
  simulated_database db{of_size(connections)};
  REQUIRE(db.snapshot().idle == connections);
  db.refuse = wrong_password(); // rotated meanwhile
  renew_sessions(db);
  db.advance(5s);
  CHECK(db.snapshot().idle == connections - 1);
  CHECK(db.snapshot().circuit.state == circuit_state::closed);
  const sent_request asked = db.submit_statement(read_one);
  db.run();
  CHECK(asked.answer->code() == errc::none);

  db.refuse.reset();
  db.advance(60s);
  CHECK(db.snapshot().idle == connections);
  CHECK(db.log.str().find("all sessions are of the changed configuration") != std::string::npos);
}

TEST_CASE("a pool of one connection is renewed too") {
  simulated_database db{of_size(1)};
  renew_sessions(db);
  db.advance(1s);
  CHECK(db.connects == 2);
  CHECK(db.snapshot().idle == 1);
}

TEST_CASE("a change of the configuration tries an open circuit at once") {
  simulated_database db{of_size(2)};
  db.refuse = wrong_password();
  for (scripted_session* each : db.sessions)
    each->at_sql["SELECT 1"].push_back({mishap::lose_before, {}});
  for (int i = 0; i < 10 && db.snapshot().circuit.state != circuit_state::open; ++i) {
    static_cast<void>(db.submit_statement(read_one));
    db.advance(100ms);
  }
  REQUIRE(db.snapshot().circuit.state == circuit_state::open);
  REQUIRE(db.snapshot().circuit.retry_after > 30s); // nobody is expected to mend a password soon
  db.refuse.reset();
  renew_sessions(db);
  db.advance(10ms);
  const sent_request asked = db.submit_statement(read_one);
  db.run();
  CHECK(asked.answer->code() == errc::none);
}
