#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view layered = R"(
profile = "staging"
[database.primary]
url = "postgresql://db/homes?connection_limit=3&pool_timeout=3&max_connection_lifetime=300"
[database.primary.pool]
acquire_timeout = "4 s"
queue_length = 50
pipeline_depth = 8
[profiles.development.database.primary.pool]
pipeline_depth = 2
[profiles.test]
base = "development"
[profiles.test.database.primary.pool]
queue_length = 60
idle_timeout = "20 s"
[profiles.staging]
base = "test"
[profiles.staging.runtime]
service = "staged"
[profiles.staging.database.primary.pool]
idle_timeout = "30 s"
)";

} // namespace

TEST_CASE("defaults, URL, file and overlays take precedence in this order", "[config]") {
  const config read = parse(layered);
  CHECK(read.profile == "staging");
  CHECK(read.runtime.service == "staged");
  CHECK(read.runtime.drain_timeout == 5s); // development's default
  const pool_options& pool = read.databases.front().pool;
  CHECK(pool.min_connections == 0);  // development's default
  CHECK(pool.max_connections == 3);  // the URL over the default
  CHECK(pool.max_lifetime == 300s);  // the URL over the default
  CHECK(pool.acquire_timeout == 4s); // the file over the URL
  CHECK(pool.pipeline_depth == 2);   // the built-in profile's overlay over the file
  CHECK(pool.queue_length == 60);    // the base's overlay over the file
  CHECK(pool.idle_timeout == 30s);   // the overlay over its base's
}

TEST_CASE("the argument outranks the environment, which outranks the file", "[config]") {
  const std::map<std::string, std::string> env{{"FREEHOLD_PROFILE", "test"}};
  CHECK(parse(layered).profile == "staging");
  CHECK(parse(layered, env).profile == "test");
  CHECK(parse(layered, env, "production").profile == "production");
  CHECK(parse(layered, env, "production").databases.front().pool.pipeline_depth == 8);
  CHECK(parse(layered, {{"FREEHOLD_PROFILE", ""}}).profile == "staging");
  CHECK(parse("[database.primary]").profile == "production");
  CHECK(parse("profile = \"${MODE}\"\n[database.primary]", {{"MODE", "development"}}).profile ==
        "development");
}

TEST_CASE("a profile without a base starts from production", "[config]") {
  const config read =
      parse("[database.primary]\n[profiles.eu.runtime]\nservice = \"eu\"", {}, "eu");
  CHECK(read.profile == "eu");
  CHECK(read.runtime.service == "eu");
  CHECK(read.databases.front().pool.max_connections == 10);
}

TEST_CASE("a URL in an overlay replaces where the layers below pointed", "[config]") {
  const config read = parse(R"(
[database.primary]
host = "production-db"
port = 6432
password = "production-password"
sslmode = "require"
[profiles.staging.database.primary]
url = "postgresql://staging@staging-db/homes"
)",
                            {}, "staging");
  const connection_target& target = read.databases.front().target;
  CHECK(target.parameters == std::map<std::string, std::string>{{"dbname", "homes"},
                                                                {"host", "staging-db"},
                                                                {"sslmode", "require"},
                                                                {"user", "staging"}});
  CHECK(target.password.empty());
}

TEST_CASE("an unknown profile is refused and the nearest named, whoever chose it", "[config]") {
  const config_error argument = file_error(layered, {}, "stagin");
  CHECK(only_message(argument) == "there is no profile \"stagin\"; did you mean staging?");
  CHECK(argument.problems().front().source == "code");
  const config_error variable = file_error(layered, {{"FREEHOLD_PROFILE", "prodution"}});
  CHECK(only_message(variable) == "there is no profile \"prodution\"; did you mean production?");
  CHECK(variable.problems().front().source == "FREEHOLD_PROFILE");
  const config_error file = file_error("profile = \"stage\"\n[database.primary]");
  CHECK(only_message(file) == "there is no profile \"stage\"");
  CHECK(file.problems().front().line == 1);
}

TEST_CASE("an unknown base is refused at its line", "[config]") {
  const config_error error =
      file_error("[database.primary]\n[profiles.staging]\nbase = \"developmant\"");
  CHECK(only_message(error) == "there is no profile \"developmant\"; did you mean development?");
  CHECK(error.problems().front().key == "profiles.staging.base");
  CHECK(error.problems().front().line == 3);
}

TEST_CASE("profiles based on each other are refused once", "[config]") {
  const std::string circle = "[database.primary]\n[profiles.b]\nbase = \"c\"\n"
                             "[profiles.c]\nbase = \"b\"\n[profiles.d]\nbase = \"c\"\n";
  CHECK(only_message(file_error(circle)) ==
        "profiles are based on each other in a circle: b -> c -> b");
  CHECK(only_message(file_error(circle, {}, "d")) ==
        "profiles are based on each other in a circle: b -> c -> b");
  CHECK(only_message(file_error("[database.primary]\n[profiles.a]\nbase = \"a\"")) ==
        "profiles are based on each other in a circle: a -> a");
}

TEST_CASE("a built-in profile takes no base", "[config]") {
  CHECK(only_message(file_error("[database.primary]\n[profiles.development]\n"
                                "base = \"production\"")) ==
        "development is built in and has no base");
}

TEST_CASE("profiles that are not in force are checked without the environment", "[config]") {
  const config_error error = file_error("[database.primary]\n"
                                        "[profiles.staging.database.primary]\n"
                                        "password = \"${STAGING_PASSWORD}\"\n"
                                        "pol = 3\n"
                                        "[profiles.staging.database.primary.pool]\n"
                                        "max_connections = 0\n");
  REQUIRE(error.problems().size() == 2);
  CHECK(error.problems()[0].key == "profiles.staging.database.primary.pol");
  CHECK(error.problems()[1].message == "expects an integer from 1 to 1000, got the integer 0");
  CHECK(error.problems()[1].line == 6);
}

TEST_CASE("an overlay for a database nobody defined is refused, a whole one is not", "[config]") {
  CHECK(only_message(file_error("[database.primary]\n"
                                "[profiles.x.database.primry.pool]\nmax_connections = 2")) ==
        "no section outside this profile is called [database.primry], and it gives no "
        "connection of its own; did you mean primary?");
  const config read =
      parse("[database.primary]\n[profiles.x.database.extra]\nhost = \"db\"", {}, "x");
  REQUIRE(read.databases.size() == 2);
  CHECK(read.databases[1].name == "extra");
}

TEST_CASE("the name of a profile and a table of profiles are told apart", "[config]") {
  CHECK(contains(file_error("[database.primary]\n[profile.staging]\nbase = \"production\"").what(),
                 "a profile's own sections are [profiles.NAME]"));
  CHECK(contains(file_error("profiles = \"x\"\n[database.primary]").what(),
                 "expects sections [profiles.NAME]"));
}
