// Everything that a user or an operator can get wrong, with a server to say so:
// each has its own clear error, and nothing else suffers.

#include "tests/support/live_runtime.hpp"

#include <optional>

using namespace freehold;
using namespace freehold::testing;

namespace {

// One that cannot connect, asked once.
error refusal_of(config options) {
  options.databases.front().pool.acquire_timeout = 1s;
  const std::string password = options.databases.front().target.password.reveal();
  live_runtime home{std::move(options)};
  const error why = why_not(home.db, "SELECT 1");
  INFO(to_string(why));
  CHECK_FALSE(says(why, password));
  CHECK(why.fate == fate::not_sent);
  const database_snapshot now = home.db.snapshot();
  CHECK(now.connect_failures_total > 0);
  CHECK_FALSE(now.last_connect_error.empty());
  CHECK(now.last_connect_error.find(password) == std::string::npos);
  home.on.stop();
  CHECK(home.log().find(password) == std::string::npos);
  return why;
}

config with_parameter(const std::string& key, const std::string& value) {
  config made = sandbox_config("bad_connect");
  made.databases.front().target.parameters[key] = value;
  return made;
}

void as_admin(const std::string& text) {
  observer outside;
  static_cast<void>(outside.rows(text));
}

} // namespace

TEST_CASE("an unreachable host is named, with the port and what the system said") {
  const error why = refusal_of(with_parameter("port", "1"));
  INFO(to_string(why));
  CHECK(why.code == errc::connect_failed);
  CHECK(says(why, "127.0.0.1"));
  CHECK(says(why, "refused"));
}

TEST_CASE("a host name that does not resolve is named") {
  const error why = refusal_of(with_parameter("host", "no-such-host.invalid"));
  INFO(to_string(why));
  CHECK(why.code == errc::connect_failed);
  CHECK(says(why, "no-such-host.invalid"));
}

TEST_CASE("a wrong password is refused at once, names the user, and is not shown") {
  config options = sandbox_config("bad_password");
  options.databases.front().target.password = secret{"quite-wrong-password"};
  const auto asked = std::chrono::steady_clock::now();
  const error why = refusal_of(std::move(options));
  INFO(to_string(why));
  CHECK(why.code == errc::authentication_failed);
  CHECK(says(why, "\"freehold\""));
  CHECK(std::chrono::steady_clock::now() - asked < 3s);
}

TEST_CASE("a missing database is refused at once and named") {
  const error why = refusal_of(with_parameter("dbname", "no_such_database"));
  INFO(to_string(why));
  CHECK(why.code == errc::database_missing);
  CHECK(says(why, "no_such_database"));
}

TEST_CASE("too many connections for the role: those there are serve, and the error says why") {
  as_admin("DROP ROLE IF EXISTS bad_limited");
  as_admin("CREATE ROLE bad_limited LOGIN CONNECTION LIMIT 1 PASSWORD 'limited-secret'");
  config options = sandbox_config("bad_too_many", "URL", 4);
  options.databases.front().target.parameters["user"] = "bad_limited";
  options.databases.front().target.password = secret{"limited-secret"};
  {
    live_runtime first{options};
    std::vector<future<result_set>> answers;
    for (int i = 0; i < 20; ++i)
      answers.push_back(first.db.execute(sql("SELECT 1")));
    for (auto& each : answers)
      CHECK(each.get().size() == 1);
    CHECK(eventually([&] { return first.db.snapshot().connect_failures_total > 0; }));
    // Another one gets none at all.
    const error why = refusal_of(options);
    INFO(to_string(why));
    CHECK(why.code == errc::too_many_connections);
    CHECK(says(why, "too many connections for role \"bad_limited\""));
    first.on.stop();
    CHECK(first.log().find("too many connections for role") != std::string::npos);
  }
  observer outside;
  CHECK(eventually([&] { return sessions_of(outside, "bad_too_many") == 0; }));
  as_admin("DROP ROLE bad_limited");
}

TEST_CASE("SQL that does not parse is refused with what the server made of it") {
  live_runtime home{sandbox_config("bad_sql", "URL", 1)};
  const error why = why_not(home.db, "SELEC 1");
  INFO(to_string(why));
  CHECK(why.code == errc::server_error);
  CHECK(why.sqlstate == "42601");
  CHECK(says(why, "syntax error at or near \"SELEC\""));
  CHECK(why.statement == "SELEC 1");
  CHECK(why.query_id.size() == 6);
  CHECK(why.fate == fate::rolled_back);
  CHECK(home.db.execute(sql("SELECT 1")).get().size() == 1);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a wrong number of parameters says how many there are and how many are needed") {
  live_runtime home{sandbox_config("bad_count", "URL", 1)};
  const statement two{"bad count", "SELECT $1::int + $2::int", read_only};
  for (const bool few : {true, false}) {
    const error why = why_not(few ? home.db.execute(two, 1) : home.db.execute(two, 1, 2, 3));
    INFO(to_string(why));
    CHECK((why.code == errc::server_error || why.code == errc::bad_parameter));
    CHECK(says(why, "2"));
    CHECK(says(why, few ? "1" : "3"));
    CHECK(says(why, "parameter"));
    CHECK(why.statement == "bad count");
  }
  CHECK(home.db.execute(two, 1, 2).get().scalar<int>() == 3);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a parameter of the wrong type names the type and not the value") {
  live_runtime home{sandbox_config("bad_type", "URL", 1)};
  const error why = why_not(home.db.execute(statement{"bad type", "SELECT $1::int", read_only},
                                            std::string{"marker-of-a-value"}));
  INFO(to_string(why));
  CHECK(why.code == errc::server_error);
  CHECK(why.sqlstate == "22P02");
  CHECK(says(why, "integer"));
  CHECK_FALSE(says(why, "marker-of-a-value"));
}

TEST_CASE("text with a NUL byte or invalid UTF-8 is refused before it is sent") {
  live_runtime home{sandbox_config("bad_text", "URL", 1)};
  const statement echo{"bad text", "SELECT $1::text, $2::text", read_only};
  const error nul = why_not(home.db.execute(echo, std::string{"fine"}, std::string{"a\0b", 3}));
  INFO(to_string(nul));
  CHECK(nul.code == errc::bad_parameter);
  CHECK(nul.fate == fate::not_sent);
  CHECK(says(nul, "bad text"));
  CHECK(says(nul, "$2"));
  CHECK(says(nul, "NUL"));
  const error torn = why_not(home.db.execute(echo, std::string{"\xC3("}, std::string{"fine"}));
  INFO(to_string(torn));
  CHECK(torn.code == errc::bad_parameter);
  CHECK(says(torn, "$1"));
  CHECK(says(torn, "UTF-8"));
  CHECK(home.db.snapshot().requests_total == 0);
}

TEST_CASE("a NULL or a missing column says which column of which there are") {
  live_runtime home{sandbox_config("bad_cell", "URL", 1)};
  const result_set rows =
      home.db.execute(sql("SELECT 1 AS id, NULL::text AS title", read_only)).get();
  const auto why_of = [](const auto& read) {
    try {
      read();
    } catch (const failure& why) {
      return why.why();
    }
    return error{};
  };
  const error null = why_of([&] { static_cast<void>(rows[0].at<std::string>("title")); });
  INFO(to_string(null));
  CHECK(null.code == errc::bad_conversion);
  CHECK(says(null, "title"));
  CHECK(says(null, "NULL"));
  CHECK(says(null, "optional"));
  CHECK_FALSE(rows[0].at<std::optional<std::string>>("title"));
  const error missing = why_of([&] { static_cast<void>(rows[0].at<int>("rent")); });
  INFO(to_string(missing));
  CHECK(missing.code == errc::no_such_column);
  CHECK(says(missing, "rent"));
  CHECK(says(missing, "title"));
}

TEST_CASE("a result over the limit is given up and the session goes on") {
  config options = sandbox_config("bad_large", "URL", 1);
  options.databases.front().statements.result_limit = 100'000;
  live_runtime home{std::move(options)};
  const int pid = home.db.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>();
  const error why = why_not(home.db, "SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
  INFO(to_string(why));
  CHECK(why.code == errc::result_too_large);
  CHECK(says(why, "statements.result_limit"));
  CHECK(says(why, "100000"));
  CHECK(home.db.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>() == pid);
}

TEST_CASE("one name for two texts is refused") {
  live_runtime home{sandbox_config("bad_name", "URL", 1)};
  CHECK(home.db.execute(statement{"homes", "SELECT 1"}).get().size() == 1);
  const error why = why_not(home.db.execute(statement{"homes", "SELECT 2"}));
  INFO(to_string(why));
  CHECK(why.code == errc::statement_conflict);
  CHECK(says(why, "homes"));
  CHECK(home.db.execute(statement{"homes", "SELECT 1"}).get().size() == 1);
}

TEST_CASE("what would stay on a session or end its transaction is refused with the way to do it") {
  live_runtime home{sandbox_config("bad_state", "URL", 1)};
  for (const auto& [text, way] :
       std::vector<std::pair<std::string, std::string>>{{"SET work_mem = '1MB'", "lease"},
                                                        {"LISTEN homes", "lease"},
                                                        {"SELECT pg_advisory_lock(1)", "lease"},
                                                        {"PREPARE s0 AS SELECT 1", "lease"},
                                                        {"BEGIN", "transact"},
                                                        {"COMMIT", "transact"},
                                                        {"COPY homes FROM STDIN", "copy_in"}}) {
    const error why = why_not(home.db, text);
    INFO(to_string(why));
    CHECK(why.code == errc::not_allowed);
    CHECK(why.fate == fate::not_sent);
    CHECK(says(why, text));
    CHECK(says(why, way));
  }
}

TEST_CASE("a database that is not configured is answered with those that are") {
  live_runtime home{sandbox_config("bad_database", "URL", 1)};
  try {
    static_cast<void>(home.on.database("primray"));
    FAIL("it was found");
  } catch (const failure& why) {
    CHECK(why.code() == errc::unknown_database);
    CHECK(says(why.why(), "primray"));
    CHECK(says(why.why(), "primary"));
  }
}

TEST_CASE("a handle that outlives its runtime is answered: it has stopped") {
  std::optional<database> left;
  {
    live_runtime home{sandbox_config("bad_late", "URL", 1)};
    static_cast<void>(home.db.execute(sql("SELECT 1")).get());
    left.emplace(home.db);
  }
  CHECK(why_not(*left, "SELECT 1").code == errc::stopped);
  CHECK(why_not(left->script({bind(sql("SELECT 1"))})).code == errc::stopped);
  CHECK(why_not(left->transact([](transaction&) { return 1; })).code == errc::stopped);
  CHECK(why_not(left->lease()).code == errc::stopped);
  row_stream stream = left->stream(bind(sql("SELECT 1")));
  try {
    static_cast<void>(stream.next());
    FAIL("it streamed");
  } catch (const failure& why) {
    CHECK(why.code() == errc::stopped);
  }
  CHECK(left->snapshot().idle == 0);
  CHECK(left->name() == "primary");
}

TEST_CASE("with the least result limit there is, connecting and small results still work") {
  config options = sandbox_config("small_limit");
  options.databases.front().statements.result_limit = 16 * 1024;
  live_runtime home{options};
  CHECK(home.db.execute(sql("SELECT 7")).get().scalar<int>() == 7);
}
