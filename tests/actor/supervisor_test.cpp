#include "tests/support/catch.hpp"
#include "tests/support/simulated_database.hpp"

using namespace freehold;
using namespace freehold::testing;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

database_options with_pool(std::size_t least, std::size_t most, std::size_t queue = 200) {
  database_options options = default_database(base_profile::production, "primary");
  options.pool.min_connections = least;
  options.pool.max_connections = most;
  options.pool.queue_length = queue;
  return options;
}

} // namespace

TEST_CASE("the pool opens its minimum of connections before anybody asks") {
  simulated_database db{with_pool(3, 8)};
  CHECK(db.connects == 3);
  CHECK(db.snapshot().idle == 3);
}

TEST_CASE("every request of a burst is answered once and the pool stays within its maximum") {
  simulated_database db{with_pool(1, 4)};
  std::vector<sent_request> sent;
  for (int i = 0; i < 300; ++i) {
    sent.push_back(db.submit_statement(i % 3 == 0 ? write_one : read_one));
    if (i % 50 == 0)
      db.run();
  }
  db.run();
  for (const sent_request& each : sent) {
    CHECK(each.answer->count == 1);
    CHECK(each.answer->code() == errc::none);
  }
  CHECK(db.connects <= 4);
}

TEST_CASE("a statement name with two SQL texts is refused and names the statement") {
  simulated_database db;
  const sent_request first = db.submit_statement(read_one);
  const sent_request second = db.submit_statement(statement{"read_one", "SELECT 2", read_only});
  db.run();
  CHECK(first.answer->code() == errc::none);
  CHECK(second.answer->code() == errc::statement_conflict);
  CHECK(second.answer->text().find("read_one") != std::string::npos);
}

TEST_CASE("a request that waits too long is told why there is no connection") {
  database_options options = with_pool(0, 4);
  options.breaker.consecutive_failures = 1'000; // it would answer sooner
  simulated_database db{options};
  db.refuse = unreachable();
  const sent_request waiting = db.submit_statement(read_one);
  db.run();
  CHECK(waiting.answer->count == 0);
  db.advance(milliseconds{5'200});
  REQUIRE(waiting.answer->count == 1);
  CHECK(waiting.answer->code() == errc::connect_failed);
  CHECK(waiting.answer->text().find("pool.acquire_timeout") != std::string::npos);
  CHECK(waiting.answer->text().find("cannot connect to host db") != std::string::npos);
}

TEST_CASE("a refused password answers those who wait at once") {
  simulated_database db{with_pool(0, 4)};
  db.refuse.emplace(connect_outcome::authentication, "28P01", "password authentication failed");
  const sent_request waiting = db.submit_statement(read_one);
  db.run();
  CHECK(waiting.answer->code() == errc::authentication_failed);
}

TEST_CASE("a full queue refuses at once and names the setting") {
  simulated_database db{with_pool(0, 1, 10)};
  db.refuse = unreachable();
  std::vector<sent_request> sent;
  for (int i = 0; i < 11; ++i)
    sent.push_back(db.submit_statement(read_one));
  db.run();
  CHECK(sent.front().answer->count == 0);
  CHECK(sent.back().answer->code() == errc::queue_full);
  CHECK(sent.back().answer->text().find("pool.queue_length") != std::string::npos);
}

TEST_CASE("connects back off while the server is away and succeed once it is back") {
  simulated_database db{with_pool(2, 4)};
  db.refuse = unreachable();
  caf::anon_send(db.supervisor, dispatch{});
  db.run();
  const int before = db.connects;
  for (scripted_session* each : db.sessions)
    each->at_sync[2] = {mishap::lose_before, {}};
  static_cast<void>(db.submit_statement(read_one));
  static_cast<void>(db.submit_statement(read_one));
  db.run();
  db.advance(seconds{60});
  CHECK(db.connects - before < 70);
  db.refuse.reset();
  db.advance(seconds{31});
  CHECK(db.snapshot().idle >= 2);
  CHECK(db.snapshot().last_connect_error.empty());
}

TEST_CASE("a read on a session that is lost is run again elsewhere and its caller sees nothing") {
  simulated_database db{with_pool(1, 1)};
  db.sessions.front()->at_sql["SELECT 1"].push_back({mishap::lose_before, {}});
  const sent_request read = db.submit_statement(read_one);
  db.run();
  db.advance(seconds{3});
  CHECK(read.answer->count == 1);
  CHECK(read.answer->code() == errc::none);
  CHECK(db.snapshot().sessions_lost_total == 1);
}

TEST_CASE("a write whose answer is lost is not run again") {
  simulated_database db{with_pool(1, 1)};
  db.sessions.front()->at_sql["INSERT INTO t VALUES (1)"].push_back({mishap::lose_after, {}});
  const sent_request write = db.submit_statement(write_one);
  db.run();
  db.advance(seconds{3});
  CHECK(write.answer->count == 1);
  CHECK(write.answer->code() == errc::outcome_unknown);
  CHECK(write.answer->last.why->fate == fate::unknown);
  CHECK(db.server->times("INSERT INTO t VALUES (1)") <= 1);
}

TEST_CASE("connections beyond the minimum are closed when they were idle for long") {
  simulated_database db{with_pool(1, 4)};
  for (int i = 0; i < 40; ++i)
    static_cast<void>(db.submit_statement(write_one));
  db.run();
  for (int i = 0; i < 200; ++i)
    static_cast<void>(db.submit_statement(write_one));
  db.run();
  const std::size_t grown = db.snapshot().idle;
  REQUIRE(grown > 1);
  db.advance(milliseconds{700'000});
  CHECK(db.snapshot().idle == 1);
}

TEST_CASE("after stop what is new is refused and nothing is left of the actors") {
  simulated_database db{with_pool(2, 4)};
  const sent_request before = db.submit_statement(read_one);
  caf::anon_send(db.supervisor, stop_database{});
  const sent_request after = db.submit_statement(read_one);
  db.run();
  CHECK(before.answer->code() == errc::none);
  CHECK(after.answer->count == 1);
  CHECK(after.answer->code() == errc::stopped);
  const sent_request late = db.submit_statement(read_one);
  db.run();
  CHECK(late.what.use_count() == 1); // its mailbox is closed
}

TEST_CASE("a query gone stale on one session is dropped by its siblings") {
  simulated_database db{with_pool(2, 2)};
  for (int i = 0; i < 100; ++i)
    static_cast<void>(db.submit_statement(write_one));
  db.run();
  db.server->make_stale("INSERT INTO t VALUES (1)");
  std::vector<sent_request> sent;
  for (int i = 0; i < 20; ++i)
    sent.push_back(db.submit_statement(write_one));
  db.run();
  for (const sent_request& each : sent)
    CHECK(each.answer->code() == errc::none);
  CHECK(db.snapshot().healed.stale_plans >= 1);
}

TEST_CASE("a repeatable write that was lost and could not be repeated may have taken effect") {
  simulated_database db{with_pool(1, 1)};
  const statement keep{"keep", "UPDATE k", idempotent};
  db.sessions.front()->at_sql["UPDATE k"].push_back({mishap::lose_after, {}});
  db.refuse = unreachable();
  const sent_request one = db.submit_statement(keep);
  db.run();
  CHECK(one.answer->count == 0); // another attempt is to be made
  db.advance(seconds{20});
  REQUIRE(one.answer->count == 1);
  CHECK(one.answer->last.why->fate == fate::unknown);
}
