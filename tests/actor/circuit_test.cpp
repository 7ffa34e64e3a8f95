#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

namespace {

database_options quick(std::size_t most = 8) {
  database_options options = default_database(base_profile::development, "primary");
  options.pool.min_connections = 0;
  options.pool.max_connections = most;
  options.pool.acquire_timeout = 10s;
  options.breaker.open_first = 1s;
  options.breaker.open_cap = 2s;
  options.breaker.jitter = 0.0;
  return options;
}

// The server is away, and somebody noticed.
void open_circuit(simulated_database& db) {
  db.refuse = unreachable();
  const sent_request first = db.submit_statement(read_one);
  for (int i = 0; i < 100 && db.snapshot().circuit.state != circuit_state::open; ++i)
    db.advance(100ms);
  REQUIRE(db.snapshot().circuit.state == circuit_state::open);
  CHECK(first.answer->code() == errc::circuit_open);
}

} // namespace

TEST_CASE("the configured number of failed connects opens the circuit and answers who waits") {
  simulated_database db{quick()};
  open_circuit(db);
  CHECK(db.connects == 3); // breaker.consecutive_failures of development
}

TEST_CASE("while the circuit is open a request is answered at once with cause and retry_after") {
  simulated_database db{quick()};
  open_circuit(db);
  const int connects = db.connects;
  const sent_request refused = db.submit_statement(read_one);
  db.run();
  REQUIRE(refused.answer->code() == errc::circuit_open);
  CHECK(refused.answer->text().find("cannot connect to host db: refused") != std::string::npos);
  CHECK(refused.answer->text().find("breaker.open_first") != std::string::npos);
  REQUIRE(refused.answer->last.why->retry_after);
  CHECK(*refused.answer->last.why->retry_after <= 1s);
  CHECK(refused.answer->last.why->fate == fate::not_sent);
  CHECK(db.connects == connects);
}

TEST_CASE("during an outage the server is tried once in each open time, and by nobody's request") {
  simulated_database db{quick()};
  open_circuit(db);
  const int before = db.connects;
  for (int i = 0; i < 200; ++i) {
    static_cast<void>(db.submit_statement(read_one));
    db.advance(100ms);
  }
  // 20 s of 1 s, then 2 s each.
  CHECK(db.connects - before >= 9);
  CHECK(db.connects - before <= 12);
}

TEST_CASE("when the server is back it is found without a request, and requests are served") {
  simulated_database db{quick()};
  open_circuit(db);
  db.refuse.reset();
  db.advance(2'100ms);
  CHECK(db.snapshot().circuit.state != circuit_state::open);
  CHECK(db.snapshot().idle == 1);
  const sent_request served = db.submit_statement(read_one);
  db.run();
  CHECK(served.answer->code() == errc::none);
  db.advance(1s);
  CHECK(db.snapshot().circuit.state == circuit_state::closed);
  CHECK(db.snapshot().circuit.cause.empty());
}

TEST_CASE("sessions that are ended one and all do not open the circuit of a server that is there") {
  simulated_database db{quick()};
  db.prepare = [](scripted_session& made) {
    made.at_sql["SELECT 1"].push_back({mishap::lose_before, {}});
  };
  std::vector<sent_request> sent;
  for (int i = 0; i < 3; ++i)
    sent.push_back(db.submit_statement(read_one));
  db.run();
  db.prepare = nullptr;
  db.advance(2s);
  for (const sent_request& each : sent)
    CHECK(each.answer->code() == errc::none);
  CHECK(db.snapshot().circuit.opened_total == 0);
}

TEST_CASE("connects that fail while others serve leave the circuit closed") {
  database_options options = quick();
  options.pool.min_connections = 1;
  simulated_database db{options};
  REQUIRE(db.snapshot().idle == 1);
  db.refuse.emplace(connect_outcome::too_many, "53300", "too many clients");
  for (int i = 0; i < 50; ++i) {
    std::vector<sent_request> sent;
    for (int n = 0; n < 20; ++n)
      sent.push_back(db.submit_statement(read_one));
    db.advance(100ms);
    for (const sent_request& each : sent)
      REQUIRE(each.answer->code() == errc::none);
  }
  CHECK(db.snapshot().circuit.opened_total == 0);
}

TEST_CASE("a circuit opened by hand refuses, and serves again when it is left to the breaker") {
  simulated_database db{quick()};
  caf::anon_send(caf::actor_cast<caf::actor>(db.requests), force_circuit{circuit_override::open});
  db.run();
  const sent_request refused = db.submit_statement(read_one);
  db.run();
  CHECK(refused.answer->code() == errc::circuit_open);
  CHECK(refused.answer->text().find("by hand") != std::string::npos);
  caf::anon_send(db.supervisor, force_circuit{circuit_override::automatic});
  db.run();
  const sent_request served = db.submit_statement(read_one);
  db.run();
  CHECK(served.answer->code() == errc::none);
}

TEST_CASE("a full pool that is tried again gives up one connection for the trial") {
  database_options options = quick(1);
  options.pool.min_connections = 1;
  simulated_database db{options};
  caf::anon_send(db.supervisor, force_circuit{circuit_override::open});
  db.run();
  caf::anon_send(db.supervisor, force_circuit{circuit_override::automatic});
  db.advance(300ms);
  CHECK(db.connects == 2);
  CHECK(db.snapshot().circuit.state == circuit_state::closed);
}
