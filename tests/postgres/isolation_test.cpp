// Two runtimes in one process do not notice each other; nor do two databases.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <optional>

using namespace freehold;
using namespace freehold::testing;

TEST_CASE("two runtimes with different configuration do not notice each other") {
  config small = sandbox_config("isolation_small", "URL", 1);
  small.databases.front().statements.result_limit = 20'000;
  small.databases.front().pool.queue_length = 1;
  small.runtime.level = log_level::trace;
  config large = sandbox_config("isolation_large", "URL", 4);
  large.databases.front().target.schema = "pg_catalog";
  large.runtime.level = log_level::off;
  std::optional<live_runtime> one{std::in_place, small};
  live_runtime other{large};

  // Each has names, limits and settings of its own.
  CHECK(one->db.execute(statement{"homes", "SELECT 1"}).get().scalar<int>() == 1);
  CHECK(other.db.execute(statement{"homes", "SELECT 2"}).get().scalar<int>() == 2);
  const statement large_result{"large", "SELECT repeat('x', 50000)"};
  CHECK(why_not(one->db.execute(large_result)).code == errc::result_too_large);
  CHECK(other.db.execute(large_result).get().size() == 1);
  const statement path{"path", "SELECT current_setting('search_path')"};
  CHECK(one->db.execute(path).get().scalar<std::string>() != "pg_catalog");
  CHECK(other.db.execute(path).get().scalar<std::string>() == "pg_catalog");
  CHECK(one->db.snapshot().max_connections == 1);
  CHECK(other.db.snapshot().max_connections == 4);

  // One that is exhausted, then ends, is no other's business.
  traffic load{other.db, 8, [](std::uint64_t) { return bind(sql("SELECT 3", read_only)); }};
  {
    const lease held = one->db.lease().get();
    auto waits = one->db.execute(sql("SELECT 4"));
    CHECK(why_not(one->db, "SELECT 4").code == errc::queue_full);
  }
  one.reset();
  const std::uint64_t then = load.succeeded();
  CHECK(eventually([&] { return load.succeeded() > then + 500; }));
  REQUIRE(load.stop());
  CHECK(load.failed() == 0);
  CHECK(other.db.snapshot().refused_total == 0);
  other.on.stop();
  CHECK(other.log().empty());
}

TEST_CASE("one runtime's databases are served and fail each for itself") {
  config options = sandbox_config("isolation_two", "URL", 2);
  database_options away = options.databases.front();
  away.name = "away";
  away.target.parameters["port"] = "1";
  away.pool.acquire_timeout = 200ms;
  options.databases.push_back(away);
  live_runtime home{std::move(options)};
  const database gone = home.on.database("away");
  auto lost = gone.execute(sql("SELECT 1"));
  for (int i = 0; i < 100; ++i)
    CHECK(home.db.execute(sql("SELECT 1")).get().size() == 1);
  CHECK(why_not(std::move(lost)).code == errc::connect_failed);
  CHECK(home.db.snapshot().connect_failures_total == 0);
}
