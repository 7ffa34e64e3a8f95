#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace config_test;
using namespace freehold;
using namespace std::chrono_literals;

namespace {

/// "key: message" of the only problem, or their number.
std::string verdict(const config& value) {
  const std::vector<config_problem> problems = validate(value);
  if (problems.size() != 1)
    return std::to_string(problems.size()) + " problems";
  CHECK(problems.front().source == "code");
  CHECK(problems.front().line == 0);
  return problems.front().key + ": " + problems.front().message;
}

} // namespace

TEST_CASE("options filled in by code are held to the same ranges", "[config]") {
  config value = config_test::sound();
  value.databases[0].pool.queue_length = 0;
  CHECK(verdict(value) ==
        "database.primary.pool.queue_length: expects an integer from 1 to 100000, got 0");
  value = config_test::sound();
  value.databases[0].connect.timeout = -5s;
  CHECK(verdict(value) == "database.primary.connect.timeout: expects a duration from 10 ms to "
                          "5 min, got -5 s");
  value = config_test::sound();
  value.runtime.service.clear();
  CHECK(verdict(value) == "runtime.service: expects a string of 1 to 31 printable ASCII "
                          "characters, got \"\"");
  value = config_test::sound();
  value.databases[0].retry.budget = 2;
  CHECK(verdict(value) == "database.primary.retry.budget: expects a fraction such as 0.5 or "
                          "\"50 %\" from 0 to 100 %, got 200 %");
}

TEST_CASE("options that contradict each other are refused", "[config]") {
  config value = config_test::sound();
  value.databases[0].pool.min_connections = 11;
  CHECK(verdict(value) == "database.primary.pool.min_connections: pool.min_connections (11) must "
                          "not be more than pool.max_connections (10)");
  value = config_test::sound();
  value.databases[0].connect.backoff_first = 31s;
  CHECK(contains(verdict(value), "connect.backoff_first (31 s) must not be more than"));
  value = config_test::sound();
  value.databases[0].connect.backoff_base = 31s;
  CHECK(contains(verdict(value), "connect.backoff_base (31 s) must not be more than"));
  value = config_test::sound();
  value.databases[0].liveness.ping_timeout = 30s;
  CHECK(contains(verdict(value), "must be less than liveness.ping_interval (30 s)"));
  value = config_test::sound();
  value.databases[0].breaker.open_first = 2min;
  CHECK(contains(verdict(value), "breaker.open_cap (1 min)"));
  value = config_test::sound();
  value.databases[0].retry.backoff_base = 2s;
  CHECK(contains(verdict(value), "retry.backoff_cap (1 s)"));
}

TEST_CASE("a lease warns before it is reclaimed unless either is off", "[config]") {
  config value = config_test::sound();
  value.databases[0].lease = {20s, 10s};
  CHECK(contains(verdict(value), "lease.warn_after (20 s) must not be more than"));
  value.databases[0].lease = {20s, 0s};
  CHECK(validate(value).empty());
  value.databases[0].lease = {0s, 10s};
  CHECK(validate(value).empty());
  value.databases[0].lease = {10s, 10s};
  CHECK(validate(value).empty());
}

TEST_CASE("no database, a bad name and a name given twice are refused", "[config]") {
  CHECK(contains(verdict(default_config(base_profile::production)), "no database is given"));
  config value = config_test::sound();
  value.databases[0].name = "9lives";
  CHECK(contains(verdict(value), "database.9lives: expects a name for a database"));
  value = config_test::sound();
  value.databases.push_back(value.databases[0]);
  CHECK(verdict(value) == "database.primary: the name is given twice");
}

TEST_CASE("connection parameters given by code are judged and secrets kept apart", "[config]") {
  config value = config_test::sound();
  value.databases[0].target.parameters["sslmode"] = "maybe";
  CHECK(contains(verdict(value), "got \"maybe\""));
  value = config_test::sound();
  value.databases[0].target.parameters["hsot"] = "db";
  CHECK(verdict(value) == "database.primary.hsot: unknown connection parameter; did you mean "
                          "host?");
  value = config_test::sound();
  value.databases[0].target.parameters["password"] = "hunter2";
  CHECK(contains(verdict(value), "a secret does not belong among the parameters"));
  CHECK_FALSE(shows(config_error{validate(value)}, "hunter2"));
}

TEST_CASE("every problem of a configuration is reported", "[config]") {
  config value = config_test::sound();
  value.runtime.threads = 1000;
  value.databases[0].pool.max_connections = 0;
  value.databases[0].statements.cache_size = 0;
  CHECK(validate(value).size() == 4); // min_connections is above the maximum, too
}
