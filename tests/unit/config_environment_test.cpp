#include "config/substitution.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

#include <cstdlib>

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

TEST_CASE("references are replaced wherever they stand in a string", "[config]") {
  const environment env = variables({{"HOST", "db"}, {"EMPTY", ""}});
  const auto replaced = [&](std::string_view text) {
    return configuration::substitute(text, env).text;
  };
  CHECK(replaced("a ${HOST} b ${HOST}") == "a db b db");
  CHECK(replaced("${MISSING:-other}") == "other");
  CHECK(replaced("${EMPTY:-other}") == "other");
  CHECK(replaced("${EMPTY}").empty());
  CHECK(replaced("${HOST:-other}") == "db");
  CHECK(replaced("${MISSING:-}").empty());
}

TEST_CASE("a doubled dollar is one dollar and a single one stands for itself", "[config]") {
  const auto replaced = [](std::string_view text) {
    return configuration::substitute(text, variables({{"HOST", "db"}}));
  };
  CHECK(replaced("$${HOST}").text == "${HOST}");
  CHECK_FALSE(replaced("$${HOST}").referred);
  CHECK(replaced("pa$word$").text == "pa$word$");
  CHECK(replaced("$$$${HOST}").text == "$${HOST}");
  CHECK(replaced("$$").text == "$");
}

TEST_CASE("text from the environment serves options of every kind", "[config]") {
  const config read = parse(R"(
[database.primary]
port = "${PORT}"
[database.primary.pool]
max_connections = "${POOL_MAX}"
acquire_timeout = "${WAIT}"
lifetime_jitter = "${JITTER:-0.25}"
[database.primary.shedding]
enabled = "${SHED}"
[database.primary.statements]
result_limit = "${LIMIT}"
)",
                            {{"PORT", "5433"},
                             {"POOL_MAX", "12"},
                             {"WAIT", "250 ms"},
                             {"SHED", "false"},
                             {"LIMIT", "1 MiB"}});
  const database_options& db = read.databases.front();
  CHECK(db.target.parameters.at("port") == "5433");
  CHECK(db.pool.max_connections == 12);
  CHECK(db.pool.acquire_timeout == 250ms);
  CHECK(db.pool.lifetime_jitter == 0.25);
  CHECK_FALSE(db.shedding.enabled);
  CHECK(db.statements.result_limit == 1024 * 1024);
}

TEST_CASE("an unset variable is a problem that names it", "[config]") {
  const config_error error = file_error("[database.primary]\nhost = \"${DB_HOST}\"");
  REQUIRE(error.problems().size() == 1);
  CHECK(contains(error.what(), "the environment variable DB_HOST is not set"));
  CHECK(error.problems().front().key == "database.primary.host");
  CHECK(error.problems().front().value == "${DB_HOST}");
  CHECK(error.problems().front().line == 2);
}

TEST_CASE("a malformed reference is a problem", "[config]") {
  CHECK(contains(only_message(file_error("[database.primary]\nhost = \"${DB\"")), "is not closed"));
  CHECK(contains(only_message(file_error("[database.primary]\nhost = \"${1-2}\"")),
                 "a variable's name"));
}

TEST_CASE("text from the environment that does not fit is refused", "[config]") {
  const config_error error =
      file_error("[database.primary.pool]\nmax_connections = \"${MAX}\"", {{"MAX", "ten"}});
  CHECK(only_message(error) == "expects an integer from 1 to 1000, got the string \"ten\"");
  CHECK(error.problems().front().value == "${MAX}");
}

TEST_CASE("a number in quotes without the environment is refused", "[config]") {
  CHECK(only_message(file_error("[database.primary.pool]\nmax_connections = \"10\"")) ==
        "expects an integer from 1 to 1000, got the string \"10\"");
}

TEST_CASE("a variable whose value an overlay replaces is not looked up", "[config]") {
  const config read = parse("[database.primary]\nurl = \"${PRODUCTION_URL}\"\n"
                            "[profiles.local.database.primary]\nurl = \"postgresql:///homes\"\n",
                            {}, "local");
  CHECK(read.databases.front().target.parameters.at("dbname") == "homes");
}

TEST_CASE("the URL may come from the environment", "[config]") {
  const config read = parse("[database.primary]\nurl = \"${DATABASE_URL}\"",
                            {{"DATABASE_URL", "postgresql://u:p@h/d?connection_limit=6"}});
  CHECK(read.databases.front().pool.max_connections == 6);
  CHECK(read.databases.front().target.password.reveal() == "p");
}

TEST_CASE("the process environment answers for set and unset variables", "[config]") {
  ::setenv("FREEHOLD_CONFIG_TEST", "yes", 1);
  CHECK(process_environment()("FREEHOLD_CONFIG_TEST") == "yes");
  ::unsetenv("FREEHOLD_CONFIG_TEST");
  CHECK_FALSE(process_environment()("FREEHOLD_CONFIG_TEST"));
}
