#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;

namespace {

/// The only problem of a file whose [database.primary] holds `text`.
std::string in_database(const std::string& text) {
  return only_message(file_error("[database.primary]\n" + text));
}

std::string in_runtime(const std::string& text) {
  return only_message(file_error("[database.primary]\n[runtime]\n" + text));
}

} // namespace

TEST_CASE("an unknown key is refused and the nearest known one named", "[config]") {
  CHECK(in_database("pool.max_conections = 5") == "unknown key; did you mean max_connections?");
  CHECK(in_database("hots = \"db\"") == "unknown key; did you mean host?");
  CHECK(in_runtime("servce = \"x\"") == "unknown key; did you mean service?");
  CHECK(in_runtime("supervison.restarts = 1") == "unknown section; did you mean supervision?");
  CHECK(only_message(file_error("[database.primary]\n[runtim]")) ==
        "unknown section; did you mean runtime?");
}

TEST_CASE("a key in the wrong section is shown where it belongs", "[config]") {
  CHECK(in_database("max_connections = 5") == "unknown key; did you mean pool.max_connections?");
  CHECK(in_runtime("restarts = 5") == "unknown key; did you mean supervision.restarts?");
}

TEST_CASE("a key that resembles nothing is refused without a guess", "[config]") {
  CHECK(in_database("pool.wibblewobble = 5") == "unknown key");
}

TEST_CASE("an unknown section is one problem, whatever it holds", "[config]") {
  CHECK(in_database("[database.primary.wibblewobble]\na = 1\nb = 2") == "unknown section");
}

TEST_CASE("a value of the wrong type says what is expected and what was found", "[config]") {
  CHECK(in_database("pool.max_connections = \"ten\"") ==
        "expects an integer from 1 to 1000, got the string \"ten\"");
  CHECK(in_database("pool.max_connections = 1.5") ==
        "expects an integer from 1 to 1000, got the number 1.5");
  CHECK(in_database("pool.max_connections = [1]") ==
        "expects an integer from 1 to 1000, got an array");
  CHECK(in_database("pool.max_connections = 2024-01-01") ==
        "expects an integer from 1 to 1000, got a date or time");
  CHECK(in_database("pool.max_connections.x = 1") ==
        "expects an integer from 1 to 1000, got a section");
  CHECK(in_database("shedding.enabled = 1") == "expects true or false, got the integer 1");
  CHECK(in_database("statements.policy = \"maybe\"") ==
        "expects one of \"auto\", \"named\", \"unnamed\", got the string \"maybe\"");
  CHECK(in_database("pool.lifetime_jitter = true") ==
        "expects a fraction such as 0.5 or \"50 %\" from 0 to 50 %, got the boolean true");
  CHECK(in_database("host = 5") == "expects a string that is not empty, got the integer 5");
  CHECK(in_database("host.name = 5") == "expects a string that is not empty, got a section");
  CHECK(in_database("schema = 5") == "expects a string that is not empty, got the integer 5");
  CHECK(in_database("url = 5") == "expects a URL, got the integer 5");
}

TEST_CASE("a duration without a unit is refused with the advice to write it", "[config]") {
  const std::string expected = "expects a duration from 1 ms to 1 h, got ";
  const std::string advice = "; write the unit, such as \"500 ms\" or \"500 s\"";
  CHECK(in_database("pool.acquire_timeout = 500") == expected + "the integer 500" + advice);
  CHECK(in_database("pool.acquire_timeout = \"500\"") == expected + "the string \"500\"" + advice);
  CHECK(in_database("pool.acquire_timeout = \"soon\"") == expected + "the string \"soon\"");
}

TEST_CASE("a value out of range says the range", "[config]") {
  CHECK(in_database("pool.max_connections = 0") ==
        "expects an integer from 1 to 1000, got the integer 0");
  CHECK(in_database("pool.max_connections = -1") ==
        "expects an integer from 1 to 1000, got the integer -1");
  CHECK(in_database("pool.acquire_timeout = 0") ==
        "expects a duration from 1 ms to 1 h, got the integer 0");
  CHECK(in_database("pool.idle_timeout = \"1 ms\"") ==
        "expects a duration from 10 ms to 1 d, or 0 (never), got the string \"1 ms\"");
  CHECK(in_database("breaker.failure_rate = 1.5") ==
        "expects a fraction such as 0.5 or \"50 %\" from 1 % to 100 %, got the number 1.5");
  CHECK(in_database("breaker.failure_rate = nan") ==
        "expects a fraction such as 0.5 or \"50 %\" from 1 % to 100 %, got the number nan");
  CHECK(in_database("statements.result_limit = \"8 GiB\"") ==
        "expects a size from 16 KiB to 4 GiB, got the string \"8 GiB\"");
  CHECK(in_runtime("service = \"caf\u00e9\"") ==
        "expects a string of 1 to 31 printable ASCII characters, got the string \"caf\u00e9\"");
}

TEST_CASE("connection parameters are judged by libpq's own rules", "[config]") {
  CHECK(in_database("sslmode = \"always\"") ==
        "expects one of disable, allow, prefer, require, verify-ca, verify-full, got the string "
        "\"always\"");
  CHECK(in_database("port = 70000") == "expects a port from 1 to 65535, or several separated by "
                                       "commas, got the integer 70000");
  CHECK(in_database("keepalives = 2") == "expects 0 or 1, got the integer 2");
  CHECK(in_database("keepalives_idle = -1") ==
        "expects an integer from 0 to 2147483647, got the integer -1");
  CHECK(in_database("client_encoding = \"LATIN1\"") ==
        "expects UTF8, the encoding Freehold speaks, got the string \"LATIN1\"");
  CHECK(in_database("host = \"a,b,c\"\nport = \"1,2\"") ==
        "expects one port, or one for each host (3), got 2");
  CHECK(in_database("host = \"a,b\"\nhostaddr = \"1.2.3.4\"") ==
        "expects an address for each of the 2 hosts, got 1");
}

TEST_CASE("parameters that are Freehold's own business are refused with the way out", "[config]") {
  CHECK(in_database("application_name = \"x\"") ==
        "is not accepted: Freehold names its sessions itself; set runtime.service");
  CHECK(in_database("connect_timeout = 5") ==
        "is not accepted: set connect.timeout, with its unit");
  CHECK(contains(in_database("replication = \"database\""), "remove the parameter"));
}

TEST_CASE("a value where a section belongs is refused", "[config]") {
  CHECK(in_database("pool = 5") == "expects a section [database.primary.pool], got the integer 5");
  CHECK(only_message(file_error("runtime = true\n[database.primary]")) ==
        "expects a section [runtime], got the boolean true");
  CHECK(contains(file_error("[[database]]\nname = \"x\"").what(),
                 "expects a section [database], got an array of tables"));
}

TEST_CASE("a configuration without a database is refused", "[config]") {
  CHECK(only_message(file_error("")) ==
        "no database is given; at least one section [database.NAME] is needed");
}

TEST_CASE("names of databases and profiles keep to their letters", "[config]") {
  CHECK(contains(only_message(file_error("[database.Primary]")), "begins with a letter a-z"));
  CHECK(contains(only_message(file_error("[database.\"a b\"]")), "begins with a letter a-z"));
  CHECK(contains(only_message(file_error("[database.a]\n[profiles.Staging]")),
                 "expects a name for a profile"));
  CHECK(file_error("[database.a-b_9]").problems().empty());
}

TEST_CASE("a syntax error is one problem with its line and column", "[config]") {
  const config_error error = file_error("[database.primary]\nhost = = \"db\"\n");
  REQUIRE(error.problems().size() == 1);
  CHECK(error.problems().front().line == 2);
  CHECK(error.problems().front().column == 8);
  CHECK(contains(error.what(), "not valid TOML"));
  CHECK(file_error("[database.a]\n[database.a]").problems().front().line == 2);
}

TEST_CASE("several problems are reported at once, each at its place", "[config]") {
  const config_error error = file_error(R"(profil = "staging"
[database.primary]
url = "postgresql://db/homes?connection_limt=5"
  [database.primary.pool]
  max_conections = 5
  acquire_timeout = 500
[runtime]
threads = "four"
)");
  REQUIRE(error.problems().size() == 5);
  const auto at = [&](std::size_t index) { return error.problems()[index]; };
  CHECK((at(0).line == 1 && at(0).column == 1 && at(0).key == "profil"));
  CHECK((at(1).line == 3 && at(1).column == 1 && at(1).key == "database.primary.url"));
  CHECK((at(2).line == 5 && at(2).column == 3));
  CHECK((at(3).line == 6 && at(3).value == "500"));
  CHECK((at(4).line == 8 && at(4).value == "four"));
}

TEST_CASE("the error reads as a list under a headline", "[config]") {
  const config_error error = file_error("[database.primary.pool]\n  max_conections = 5\n"
                                        "  queue_length = 0\n");
  CHECK(std::string{error.what()} ==
        "2 problems in freehold.toml:\n"
        "  freehold.toml:2:3: database.primary.pool.max_conections: unknown key; did you mean "
        "max_connections?\n"
        "  freehold.toml:3:3: database.primary.pool.queue_length: expects an integer from 1 to "
        "100000, got the integer 0");
}

TEST_CASE("a value that could not be read causes no further problem", "[config]") {
  CHECK(in_database("pool.max_connections = \"many\"\npool.min_connections = 50") ==
        "expects an integer from 1 to 1000, got the string \"many\"");
}
