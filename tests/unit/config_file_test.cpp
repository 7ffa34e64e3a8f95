#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

#include <filesystem>
#include <fstream>

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

TEST_CASE("every kind of value in a file reaches its option", "[config]") {
  const config read = parse(R"(
[runtime]
service = "rental"
threads = 3
drain_timeout = "1 min"
level = "debug"
[runtime.supervision]
restarts = 7
[database.primary]
host = "db.example"
port = 5433
user = "rental"
password = "hunter2"
sslpassword = "hunter3"
dbname = "homes"
schema = "app"
sslsni = false
keepalives_idle = 30
client_encoding = "utf-8"
[database.primary.pool]
max_connections = 20
lifetime_jitter = "5 %"
idle_timeout = 0
[database.primary.statements]
policy = "unnamed"
cache_sql_limit = "32 KiB"
result_limit = 1048576
[database.primary.breaker]
failure_rate = 0.25
[database.primary.shedding]
enabled = false
)");
  CHECK(read.profile == "production");
  CHECK(read.runtime.service == "rental");
  CHECK(read.runtime.threads == 3);
  CHECK(read.runtime.drain_timeout == 1min);
  CHECK(read.runtime.level == log_level::debug);
  CHECK(read.runtime.supervision.restarts == 7);
  REQUIRE(read.databases.size() == 1);
  const database_options& db = read.databases.front();
  CHECK(db.name == "primary");
  CHECK(db.target.parameters == std::map<std::string, std::string>{{"host", "db.example"},
                                                                   {"port", "5433"},
                                                                   {"user", "rental"},
                                                                   {"dbname", "homes"},
                                                                   {"sslsni", "0"},
                                                                   {"keepalives_idle", "30"},
                                                                   {"client_encoding", "UTF8"}});
  CHECK(db.target.password.reveal() == "hunter2");
  CHECK(db.target.ssl_password.reveal() == "hunter3");
  CHECK(db.target.schema == "app");
  CHECK(db.pool.max_connections == 20);
  CHECK(db.pool.lifetime_jitter == 0.05);
  CHECK(db.pool.idle_timeout == 0ms);
  CHECK(db.statements.policy == statement_policy::unnamed);
  CHECK(db.statements.cache_sql_limit == 32 * 1024);
  CHECK(db.statements.result_limit == 1024 * 1024);
  CHECK(db.breaker.failure_rate == 0.25);
  CHECK_FALSE(db.shedding.enabled);
}

TEST_CASE("a database section may be empty and is left to libpq's defaults", "[config]") {
  const config read = parse("[database.primary]");
  REQUIRE(read.databases.size() == 1);
  CHECK(read.databases.front().target == connection_target{});
}

TEST_CASE("databases keep the order of the file", "[config]") {
  const config read = parse("[database.primary]\n[database.reports]\n[database.archive]\n");
  REQUIRE(read.databases.size() == 3);
  CHECK(read.databases[0].name == "primary");
  CHECK(read.databases[1].name == "reports");
  CHECK(read.databases[2].name == "archive");
}

TEST_CASE("a file's section overrides the pool parameters of the URL", "[config]") {
  const config read = parse(R"(
[database.primary]
url = "postgresql://db/homes?connection_limit=5&pool_timeout=7"
[database.primary.pool]
max_connections = 8
)");
  CHECK(read.databases.front().pool.max_connections == 8);
  CHECK(read.databases.front().pool.acquire_timeout == 7s);
}

TEST_CASE("explicit keys override that part of the URL", "[config]") {
  const config read = parse(R"(
[database.primary]
password = "explicit"
dbname = "other"
url = "postgresql://rental:inurl@db:5433/homes?schema=app&sslmode=require"
schema = "theirs"
)");
  const connection_target& target = read.databases.front().target;
  CHECK(target.password.reveal() == "explicit");
  CHECK(target.schema == "theirs");
  CHECK(target.parameters == std::map<std::string, std::string>{{"dbname", "other"},
                                                                {"host", "db"},
                                                                {"port", "5433"},
                                                                {"sslmode", "require"},
                                                                {"user", "rental"}});
}

TEST_CASE("the default minimum shrinks to a small maximum, a written one does not", "[config]") {
  CHECK(parse("[database.primary.pool]\nmax_connections = 1")
            .databases.front()
            .pool.min_connections == 1);
  const config_error error = file_error("[database.primary.pool]\nmax_connections = 1\n"
                                        "min_connections = 2");
  CHECK(only_message(error) ==
        "pool.min_connections (2) must not be more than pool.max_connections (1)");
  CHECK(error.problems().front().line == 3);
}

TEST_CASE("a file is read from disk and named in its problems", "[config]") {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / "freehold_config_file_test.toml";
  std::ofstream{file} << "[database.primary]\nport = 0\n";
  const config_error error =
      error_of([&] { (void)load_config(file, std::nullopt, variables({})); });
  std::filesystem::remove(file);
  REQUIRE(error.problems().size() == 1);
  CHECK(error.problems().front().source == file.string());
  CHECK(error.problems().front().line == 2);
}

TEST_CASE("a file that cannot be read is one problem with the cause", "[config]") {
  const config_error missing = error_of([] { (void)load_config("/nonexistent/freehold.toml"); });
  CHECK(only_message(missing) == "cannot be read: No such file or directory");
  CHECK(missing.problems().front().source == "/nonexistent/freehold.toml");
  const config_error directory =
      error_of([] { (void)load_config(std::filesystem::temp_directory_path()); });
  CHECK(only_message(directory) == "cannot be read: it is a directory");
}

TEST_CASE("an array of names is read from a file, an element or all of it from the environment",
          "[config]") {
  const auto required = [](const std::string& value, std::map<std::string, std::string> env = {}) {
    return parse("[database.primary.statements]\nrequired_settings = " + value, std::move(env))
        .databases.front()
        .statements.required_settings;
  };
  using names = std::vector<std::string>;
  CHECK(required("[]").empty());
  CHECK(required("[\"app.tenant_id\", 'role']") == names{"app.tenant_id", "role"});
  CHECK(required("[\"app.${WHAT}\"]", {{"WHAT", "user"}}) == names{"app.user"});
  CHECK(required("\"${ALL}\"", {{"ALL", "app.a, app.b"}}) == names{"app.a", "app.b"});
  const auto refused = [](const std::string& value) {
    return only_message(file_error("[database.primary.statements]\nrequired_settings = " + value));
  };
  const std::string expected = "expects an array of 0 to 16 names of settings, such as "
                               "[\"app.tenant_id\"], got ";
  CHECK(refused("[1]") == expected + "an array");
  CHECK(refused("[\"no name\"]") == expected + "an array");
  CHECK(refused("\"app.a\"") == expected + "the string \"app.a\"");
  CHECK(refused("7") == expected + "the integer 7");
}
