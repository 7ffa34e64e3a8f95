#include "config/difference.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/config_support.hpp"

using namespace freehold;
using namespace freehold::configuration;

namespace {

std::vector<std::string> described(const config& before, const config& after) {
  std::vector<std::string> all;
  for (const difference& each : differences(before, after))
    all.push_back(describe(each));
  return all;
}

} // namespace

TEST_CASE("a configuration does not differ from itself") {
  CHECK(differences(config_test::sound(), config_test::sound()).empty());
}

TEST_CASE("a changed option is told by its key and both values, and when it is felt") {
  config after = config_test::sound();
  after.databases.front().pool.max_connections = 20;
  after.databases.front().statements.cache_size = 50;
  after.runtime.threads = 4;
  const std::vector<difference> found = differences(config_test::sound(), after);
  REQUIRE(found.size() == 3);
  CHECK(describe(found[0]) == "runtime.threads: 0 -> 4");
  CHECK(found[0].applies == reload::restart);
  CHECK(describe(found[1]) == "database.primary.pool.max_connections: 10 -> 20");
  CHECK(found[1].applies == reload::at_once);
  CHECK(found[2].applies == reload::new_connections);
}

TEST_CASE("where a database is differs by parameter, and of a password no value is told") {
  config after = config_test::sound();
  after.databases.front().target.parameters = {{"host", "db2"}, {"port", "5433"}};
  after.databases.front().target.password = secret{"hush-2"};
  CHECK(described(config_test::sound(), after) ==
        std::vector<std::string>{
            "database.primary.host: db1 -> db2", "database.primary.port: now 5433",
            "database.primary.user: no longer app", "database.primary.password: another one"});
}

TEST_CASE("databases and children that come or go take a restart, and stay as they are") {
  config after = config_test::sound();
  after.databases.front().name = "other";
  after.children.push_back(default_child(base_profile::production, "sweeper"));
  after.runtime.threads = 4;
  after.runtime.drain_timeout = std::chrono::seconds{7};
  CHECK(described(config_test::sound(), after) ==
        std::vector<std::string>{"runtime.threads: 0 -> 4", "runtime.drain_timeout: 30 s -> 7 s",
                                 "database.primary: no longer configured",
                                 "database.other: now configured",
                                 "child.sweeper: now configured"});
  CHECK(described(config_test::sound(), applicable(config_test::sound(), after)) ==
        std::vector<std::string>{"runtime.drain_timeout: 30 s -> 7 s"});
}
