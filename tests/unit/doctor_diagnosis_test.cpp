#include "tests/support/catch.hpp"
#include "tests/unit/doctor_support.hpp"

#include <functional>
#include <vector>

using namespace freehold;
using namespace freehold::command;
using freehold::testing::find_titled;
using freehold::testing::healthy;
using std::chrono::microseconds;

namespace {

struct ailment {
  std::function<void(facts&)> make;
  severity level;
  std::string title;
};

void set(facts& seen, const char* name, const char* value) {
  seen.settings[name] = value;
}

void through_pooler(facts& seen, pooler_kind kind, statement_mode mode) {
  seen.traits.pooler = true;
  seen.traits.mode = mode;
  seen.pooler = kind;
  seen.trial->named = mode == statement_mode::named;
}

void check(const std::vector<ailment>& all) {
  for (const ailment& each : all) {
    facts seen = healthy();
    each.make(seen);
    const findings made = diagnose(seen);
    INFO(each.title);
    const finding* found = find_titled(made, each.title);
    REQUIRE(found != nullptr);
    CHECK(found->level == each.level);
    for (const finding& one : made)
      CHECK((one.level == severity::ok || !one.advice.empty()));
  }
}

} // namespace

TEST_CASE("a healthy database gives nothing but what is well") {
  const findings made = diagnose(healthy());
  CHECK(made.size() >= 10);
  for (const finding& each : made) {
    INFO(each.title << ": " << each.detail);
    CHECK(each.level == severity::ok);
  }
  CHECK(worst(made) == severity::ok);
}

TEST_CASE("the way statements run follows from what is in between") {
  using mode = statement_mode;
  check({
      {[](facts& f) { through_pooler(f, pooler_kind::transaction, mode::unnamed); }, severity::note,
       "A transaction pooler that does not track statements: they run unnamed"},
      {[](facts& f) { through_pooler(f, pooler_kind::transaction, mode::named); },
       severity::problem, "Named statements behind a transaction pooler"},
      {[](facts& f) { through_pooler(f, pooler_kind::session, mode::unnamed); }, severity::note,
       "A session pooler: statements run unnamed, to be safe"},
      {[](facts& f) { through_pooler(f, pooler_kind::session, mode::named); }, severity::ok,
       "A session pooler: statements are prepared under names"},
      {[](facts& f) { through_pooler(f, pooler_kind::unknown, mode::named); }, severity::warning,
       "Named statements behind a pooler of unknown kind"},
      {[](facts& f) { through_pooler(f, pooler_kind::unknown, mode::unnamed); }, severity::note,
       "A pooler of unknown kind: statements run unnamed"},
      {[](facts& f) {
         through_pooler(f, pooler_kind::transaction, mode::named);
         f.traits.pooler_tracks_statements = true;
       },
       severity::ok, "A pooler that tracks statements: they are prepared under names"},
      {[](facts& f) { f.traits.mode = mode::unnamed; }, severity::note,
       "Statements run unnamed, and need not"},
      {[](facts& f) { f.trial->failure = "no such statement"; }, severity::problem,
       "Prepared statements do not work"},
  });
}

TEST_CASE("limits are held against what is in use and what this configuration wants") {
  check({
      {[](facts& f) { f.limits->sessions = 75; }, severity::note, "The server fills up"},
      {[](facts& f) { f.limits->sessions = 96; }, severity::warning, "The server is nearly full"},
      {[](facts& f) { f.limits->role_limit = 9; }, severity::problem,
       "The role's own limit is below the pool's"},
      {[](facts& f) {
         f.limits->role_limit = 20;
         f.limits->role_sessions = 11;
       },
       severity::warning, "The role's own limit has little room left"},
      {[](facts& f) { f.limits->database_limit = 5; }, severity::problem,
       "The database's own limit is below the pool's"},
      {[](facts& f) { f.limits->database_limit = 50; }, severity::ok,
       "The database's own limit leaves room"},
      {[](facts& f) { f.options.pool.max_connections = 98; }, severity::problem,
       "The pool is larger than the server"},
      // Two processes run; a third would need 99.
      {[](facts& f) { f.options.pool.max_connections = 33; }, severity::warning,
       "One more process does not fit"},
      {[](facts& f) { f.options.pool.max_connections = 32; }, severity::ok,
       "This configuration's pool fits"},
      {[](facts& f) { through_pooler(f, pooler_kind::session, statement_mode::unnamed); },
       severity::note, "The pooler's limits decide how many sessions there are"},
  });
}

TEST_CASE("a superuser may use what is reserved, and is not held by a role's limit") {
  facts seen = healthy();
  seen.limits->superuser = true;
  seen.limits->role_limit = 1;
  seen.options.pool.max_connections = 33;
  CHECK(worst(diagnose_limits(seen)) == severity::ok);
}

TEST_CASE("settings that hurt are named with the statement that mends them") {
  check({
      {[](facts& f) { set(f, "fsync", "off"); }, severity::warning, "fsync is off"},
      {[](facts& f) { set(f, "full_page_writes", "off"); }, severity::warning,
       "full_page_writes is off"},
      {[](facts& f) { set(f, "synchronous_commit", "off"); }, severity::warning,
       "synchronous_commit is off"},
      {[](facts& f) { set(f, "statement_timeout", "0"); }, severity::note,
       "statement_timeout is off"},
      {[](facts& f) { set(f, "statement_timeout", "14999"); }, severity::warning,
       "statement_timeout is shorter than statements.timeout"},
      {[](facts& f) { set(f, "statement_timeout", "15000"); }, severity::ok,
       "No setting of the server stands in the way"},
      {[](facts& f) { set(f, "transaction_timeout", "1000"); }, severity::warning,
       "transaction_timeout is shorter than statements.timeout"},
      {[](facts& f) { set(f, "idle_session_timeout", "30000"); }, severity::warning,
       "idle_session_timeout ends the pool's sessions"},
      {[](facts& f) { through_pooler(f, pooler_kind::session, statement_mode::unnamed); },
       severity::note, "idle_in_transaction_session_timeout is off"},
      {[](facts& f) { set(f, "default_transaction_isolation", "serializable"); }, severity::note,
       "default_transaction_isolation is stricter than read committed"},
      {[](facts& f) { set(f, "default_transaction_read_only", "on"); }, severity::warning,
       "default_transaction_read_only is on"},
      {[](facts& f) { set(f, "log_statement", "all"); }, severity::warning, "log_statement is all"},
      {[](facts& f) { set(f, "log_min_duration_statement", "0"); }, severity::warning,
       "log_min_duration_statement is 0"},
      {[](facts& f) { set(f, "tcp_keepalives_idle", "7200"); }, severity::note,
       "tcp_keepalives_idle is long"},
  });
}

TEST_CASE("TLS is asked for where the connection leaves the machine") {
  const auto local = [](facts& f) {
    f.where.host = "127.0.0.1";
    f.where.same_host = true;
  };
  check({
      {[](facts& f) { f.tls->in_use = false; }, severity::warning,
       "The connection is not encrypted"},
      {[&](facts& f) {
         local(f);
         f.tls->in_use = false;
       },
       severity::ok, "No TLS, and none needed"},
      {[](facts& f) { f.where.sslmode = "require"; }, severity::warning,
       "TLS, but the server's identity is not checked fully"},
      {[&](facts& f) {
         local(f);
         f.where.sslmode = "prefer";
       },
       severity::note, "TLS, but the server's identity is not checked fully"},
      {[](facts& f) {
         through_pooler(f, pooler_kind::session, statement_mode::unnamed);
         f.where.sslmode = "prefer";
       },
       severity::warning, "Encryption is left to chance"},
  });
}

TEST_CASE("clocks and distances are judged by what was measured") {
  check({
      {[](facts& f) { f.timing.offset = microseconds{-150'000}; }, severity::note,
       "The clocks disagree"},
      {[](facts& f) { f.timing.offset = microseconds{3'000'000}; }, severity::warning,
       "The clocks disagree"},
      // Within what a long round trip leaves open nothing is known.
      {[](facts& f) {
         f.timing.offset = microseconds{3'000'000};
         f.timing.uncertainty = microseconds{2'950'000};
       },
       severity::ok, "The clocks agree"},
      {[](facts& f) { f.timing.round_trips.assign(20, microseconds{2'500}); }, severity::note,
       "The server is not near"},
      {[](facts& f) { f.timing.round_trips.assign(20, microseconds{25'000}); }, severity::warning,
       "The server is far away"},
  });
  facts seen = healthy();
  seen.timing.round_trips = {microseconds{90'000}, microseconds{100}, microseconds{110}};
  CHECK(find_titled(diagnose_clock(seen), "The server is near") != nullptr); // the median counts
}

TEST_CASE("a standby is told by what was asked for") {
  check({
      {[](facts& f) { f.replication->standby = true; }, severity::warning,
       "This is a standby: writes are refused"},
      {[](facts& f) {
         f.replication->standby = true;
         f.where.target_session_attrs = "standby";
       },
       severity::note, "This is a standby: writes are refused"},
      {[](facts& f) {
         f.replication->standby = true;
         f.replication->lag_seconds = 11;
       },
       severity::warning, "The standby lags behind"},
  });
}

TEST_CASE("what the server would not tell, and a session that ended, are findings too") {
  check({
      {[](facts& f) {
         f.unasked.push_back({"limits", "permission denied"});
       },
       severity::note, "Could not be looked at"},
      {[](facts& f) { f.ended = "the server stopped answering"; }, severity::problem,
       "The session ended during the examination"},
  });
  facts nothing; // the session ended before anything was learnt
  nothing.ended = "terminating connection";
  CHECK(worst(diagnose(nothing)) == severity::problem);
}

TEST_CASE("sessions are told apart by the service in their application_name") {
  const std::vector<service_share> shares = by_service({{"rental/primary/11", 2},
                                                        {"rental/reports/11", 1},
                                                        {"rental/primary/12", 4},
                                                        {"odd/name/primary/13", 1},
                                                        {"psql", 5},
                                                        {"a/b", 1},
                                                        {"/primary/14", 1},
                                                        {"x//15", 1},
                                                        {"", 2}});
  REQUIRE(shares.size() == 7);
  CHECK(shares[0].name == "rental");
  CHECK(shares[0].sessions == 7);
  CHECK(shares[0].processes == 2);
  CHECK(shares[1].name == "psql");
  CHECK(shares[1].processes == 0);
  for (const service_share& each : shares) {
    INFO(each.name);
    CHECK((each.processes > 0) == (each.name == "rental" || each.name == "odd/name"));
  }
}

TEST_CASE("an address tells whether it leaves the machine") {
  const auto of = [](std::map<std::string, std::string> parameters) {
    connection_target target;
    target.parameters = std::move(parameters);
    target.password = secret{"hunter2"};
    return address_of(target);
  };
  CHECK_FALSE(of({}).tcp);
  CHECK_FALSE(of({{"host", "/run/postgresql"}}).tcp);
  CHECK(of({{"host", "/run/postgresql"}}).same_host);
  CHECK(of({{"host", "localhost"}}).same_host);
  CHECK(of({{"host", "127.0.0.1,::1"}}).same_host);
  CHECK_FALSE(of({{"host", "127.0.0.1,db.example.com"}}).same_host);
  CHECK_FALSE(of({{"host", "db"}, {"hostaddr", "10.0.0.7"}}).same_host);
  CHECK(of({{"host", "db"}}).sslmode == "prefer");
  const std::string shown_one = shown(of({{"host", "db"}, {"user", "app"}, {"dbname", "homes"}}));
  CHECK(shown_one == "app@db:5432/homes");
}
