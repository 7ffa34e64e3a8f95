// Neither passwords nor values of parameters are in anything that people read.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

const std::string marker = "marker-of-a-value-4711";

// Everything that a database tells people about itself.
std::string shown(const database& db) {
  const database_snapshot now = db.snapshot();
  std::string text = now.name + now.last_connect_error;
  for (const connection_holder& each : now.holders)
    text += each.what + each.query_id;
  if (now.server)
    text += now.server->reason;
  return text;
}

template <class T>
std::string told(future<T> answer) {
  try {
    static_cast<void>(answer.get());
  } catch (const failure& why) {
    return std::string{why.what()} + why.why().message + why.why().constraint + "\n";
  }
  return {};
}

// What can go wrong with settings whose values are secret.
std::string failures_of_settings(const database& db) {
  const auto with = [](const std::string& name, const std::string& value) {
    transaction_options how;
    how.request.settings = {{"app.secret", marker}, {name, value}};
    return how;
  };
  const statement raises{"secrets setting", "SELECT secrets_raise(current_setting('app.secret'))"};
  const auto run = [&](transaction& tx) { tx.execute(raises); };
  std::string text;
  for (const auto& how :
       {with("app.other", marker), with("work_mem", marker), with("no_such_setting", marker),
        with(marker + "!", marker), with("app.nul", marker + std::string(1, '\0'))}) {
    const std::string plain = told(db.execute(freehold::bind(raises), how.request));
    CHECK(plain.size() > 10);
    text += plain;
    text += told(db.script({freehold::bind(raises)}, how));
    text += told(db.transact(run, how));
    text += told(db.transact([](pqxx::transaction_base&) {}, how));
    lease_request whole;
    whole.transaction = true;
    whole.how = how;
    try {
      const lease held = db.lease(whole).get();
      text += told(held.execute(raises));
    } catch (const failure& why) {
      text += why.what();
    }
  }
  return text;
}

std::string failures_of_all_kinds(const database& db) {
  const statement echo{"secrets echo", "SELECT $1::text", read_only};
  const statement add{"secrets add", "INSERT INTO secrets (id) VALUES ($1)"};
  std::string text = told(db.execute(echo, marker));
  text += told(db.execute(add, marker));
  const std::string unique = told(db.execute(add, marker));
  CHECK(unique.find("23505") != std::string::npos);
  text += unique;
  text += told(db.execute(statement{"secrets int", "SELECT $1::int"}, marker));
  text += told(db.execute(statement{"secrets date", "SELECT $1::timestamptz"}, marker));
  text += told(db.execute(statement{"secrets json", "SELECT $1::json"}, marker));
  text +=
      told(db.execute(statement{"secrets table", "SELECT * FROM secrets WHERE nope = $1"}, marker));
  text += told(db.execute(statement{"secrets class", "SELECT $1::text::regclass"}, marker));
  text += told(db.execute(statement{"secrets raise", "SELECT secrets_raise($1)"}, marker));
  text += told(db.execute(echo, marker + std::string(1, '\0')));
  text += told(db.execute(echo, marker + "\xC3("));
  const statement sleep{"secrets sleep", "SELECT pg_sleep(5), $1::text"};
  text += told(db.execute(freehold::bind(sleep, marker), {.timeout = 100ms}));
  text += told(db.script({freehold::bind(echo, marker), freehold::bind(add, marker)}));
  text += told(db.transact([&](transaction& tx) { tx.execute(add, marker); }));
  text += told(db.execute(
      statement{"secrets killed", "SELECT pg_terminate_backend(pg_backend_pid()), $1::text"},
      marker));
  return text + failures_of_settings(db) + shown(db);
}

void expect_none(const std::string& text) {
  CHECK(text.find(sandbox("PASSWORD")) == std::string::npos);
  const std::size_t value = text.find(marker);
  INFO((value == std::string::npos ? std::string{}
                                   : text.substr(value > 200 ? value - 200 : 0, 300)));
  CHECK(value == std::string::npos);
}

} // namespace

TEST_CASE("no password and no value in logs, errors and snapshots") {
  config options = sandbox_config("secrets", "URL", 2);
  options.runtime.level = log_level::trace;
  options.runtime.slow_query_threshold = 1ms;
  live_runtime home{std::move(options)};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS secrets")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE secrets (id text PRIMARY KEY)")).get());
  static_cast<void>(
      home.db
          .execute(sql("CREATE OR REPLACE FUNCTION secrets_raise(t text) RETURNS void AS $$ BEGIN "
                       "RAISE EXCEPTION 'no home %', t USING DETAIL = t, HINT = t; END $$ "
                       "LANGUAGE plpgsql"))
          .get());
  std::string text = failures_of_all_kinds(home.db);
  CHECK(text.size() > 1000);
  home.on.stop();
  const std::string log = home.log();
  CHECK(log.find("secrets echo") != std::string::npos); // it does log
  expect_none(text);
  expect_none(log);
}

TEST_CASE("no password after SCRAM refused one, or behind a pooler") {
  for (const std::string url : {"URL", "POOLER_URL"}) {
    config options = sandbox_config("secrets_scram", url, 2);
    options.runtime.level = log_level::trace;
    options.databases.front().pool.acquire_timeout = 500ms;
    options.databases.front().target.parameters["user"] = "freehold_admin"; // with another's
    live_runtime home{std::move(options)};
    std::string text = told(home.db.execute(sql("SELECT 1")));
    text += shown(home.db);
    INFO(text);
    CHECK(text.find("freehold_admin") != std::string::npos);
    CHECK(text.find("authentication") != std::string::npos);
    home.on.stop();
    expect_none(text);
    expect_none(home.log());
  }
}

TEST_CASE("a malformed URL's password is not in what is said about it") {
  std::string url = sandbox("URL");
  url.insert(url.rfind('/'), "x"); // the port is no number then
  try {
    static_cast<void>(config_from_url(url));
    FAIL("it was accepted");
  } catch (const config_error& why) {
    expect_none(why.what());
    for (const config_problem& each : why.problems())
      expect_none(each.value + each.message);
  }
}
