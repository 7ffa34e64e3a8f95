#include "config/option_table.hpp"
#include "config/option_value.hpp"
#include "tests/support/catch.hpp"

#include <freehold/config.hpp>

using namespace freehold;
using namespace std::chrono_literals;
namespace fc = freehold::configuration;

TEST_CASE("development pools are small and keep nothing open", "[config]") {
  const database_options db = default_database(base_profile::development, "primary");
  CHECK(db.name == "primary");
  CHECK(db.pool.max_connections == 4);
  CHECK(db.pool.min_connections == 0);
  CHECK(db.pool.queue_length == 100);
  CHECK(db.pool.acquire_timeout == 5s);
  CHECK(db.pool.pipeline_depth == 256);
  CHECK(db.pool.idle_timeout == 1min);
  CHECK(db.pool.max_lifetime == 10min);
  CHECK(db.pool.lifetime_jitter == 0.1);
}

TEST_CASE("production pools have ten connections and keep two", "[config]") {
  const database_options db = default_database(base_profile::production, "primary");
  CHECK(db.pool.max_connections == 10);
  CHECK(db.pool.min_connections == 2);
  CHECK(db.pool.queue_length == 200);
  CHECK(db.pool.acquire_timeout == 5s);
  CHECK(db.pool.pipeline_depth == 256);
  CHECK(db.pool.idle_timeout == 10min);
  CHECK(db.pool.max_lifetime == 30min);
  CHECK(db.pool.lifetime_jitter == 0.1);
}

TEST_CASE("connect and liveness defaults are those of each profile", "[config]") {
  const database_options dev = default_database(base_profile::development, "primary");
  CHECK(dev.connect.timeout == 3s);
  CHECK(dev.connect.concurrent == 2);
  CHECK(dev.connect.backoff_first == 100ms);
  CHECK(dev.connect.backoff_base == 100ms);
  CHECK(dev.connect.backoff_cap == 5s);
  const database_options prod = default_database(base_profile::production, "primary");
  CHECK(prod.connect.timeout == 5s);
  CHECK(prod.connect.concurrent == 2);
  CHECK(prod.connect.backoff_first == 100ms);
  CHECK(prod.connect.backoff_base == 1s);
  CHECK(prod.connect.backoff_cap == 30s);
  for (const database_options& db : {dev, prod}) {
    CHECK(db.liveness.check_idle_after == 1s);
    CHECK(db.liveness.ping_interval == 30s);
    CHECK(db.liveness.ping_timeout == 1s);
  }
}

TEST_CASE("statement and lease defaults are those of each profile", "[config]") {
  const database_options dev = default_database(base_profile::development, "primary");
  CHECK(dev.statements.cache_size == 100);
  CHECK(dev.statements.timeout == 30s);
  CHECK(dev.statements.idle_in_transaction_timeout == 60s);
  CHECK(dev.lease.warn_after == 5s);
  CHECK(dev.lease.reclaim_after == 0s);
  const database_options prod = default_database(base_profile::production, "primary");
  CHECK(prod.statements.cache_size == 200);
  CHECK(prod.statements.timeout == 15s);
  CHECK(prod.statements.idle_in_transaction_timeout == 30s);
  CHECK(prod.lease.warn_after == 10s);
  CHECK(prod.lease.reclaim_after == 60s);
  for (const database_options& db : {dev, prod}) {
    CHECK(db.statements.policy == statement_policy::automatic);
    CHECK(db.statements.cache_sql_limit == 16 * 1024);
    CHECK(db.statements.cancel_grace == 1s);
    CHECK(db.statements.slow_threshold == 20ms);
    CHECK(db.statements.result_limit == 64 * 1024 * 1024);
  }
}

TEST_CASE("breaker, retry and shedding defaults are those of each profile", "[config]") {
  const database_options dev = default_database(base_profile::development, "primary");
  CHECK(dev.breaker.window == 10s);
  CHECK(dev.breaker.minimum_calls == 5);
  CHECK(dev.breaker.failure_rate == 0.5);
  CHECK(dev.breaker.consecutive_failures == 3);
  CHECK(dev.breaker.open_first == 500ms);
  CHECK(dev.breaker.open_cap == 500ms);
  CHECK(dev.retry.attempts == 2);
  CHECK_FALSE(dev.shedding.enabled);
  const database_options prod = default_database(base_profile::production, "primary");
  CHECK(prod.breaker.window == 30s);
  CHECK(prod.breaker.minimum_calls == 20);
  CHECK(prod.breaker.failure_rate == 0.5);
  CHECK(prod.breaker.consecutive_failures == 5);
  CHECK(prod.breaker.open_first == 5s);
  CHECK(prod.breaker.open_cap == 60s);
  CHECK(prod.breaker.jitter == 0.2);
  CHECK(prod.retry.attempts == 3);
  CHECK(prod.shedding.enabled);
  for (const database_options& db : {dev, prod}) {
    CHECK(db.retry.budget == 0.2);
    CHECK(db.retry.backoff_base == 50ms);
    CHECK(db.retry.backoff_cap == 1s);
    CHECK(db.shedding.target == 50ms);
    CHECK(db.shedding.interval == 2s);
  }
}

TEST_CASE("runtime defaults are those of each profile and name no database", "[config]") {
  const config dev = default_config(base_profile::development);
  CHECK(dev.profile == "development");
  CHECK(dev.databases.empty());
  CHECK(dev.runtime.drain_timeout == 5s);
  CHECK(dev.runtime.supervision.restarts == 10);
  CHECK(dev.runtime.supervision.period == 10s);
  const config prod = default_config(base_profile::production);
  CHECK(prod.profile == "production");
  CHECK(prod.runtime.drain_timeout == 30s);
  CHECK(prod.runtime.supervision.restarts == 5);
  CHECK(prod.runtime.supervision.period == 30s);
  CHECK(prod.runtime.service == "freehold");
  CHECK(prod.runtime.threads == 0);
  CHECK(prod.runtime.level == log_level::info);
  CHECK(prod.runtime.slow_query_threshold == 500ms);
  CHECK(dev.runtime.reap_dead_sessions);
  CHECK_FALSE(prod.runtime.reap_dead_sessions);
  CHECK(dev.runtime.log.format == log_format::text);
  CHECK(prod.runtime.log.format == log_format::json);
  for (const config& each : {dev, prod}) {
    CHECK(each.runtime.log.slow_query_sampling == 1.0);
    CHECK(each.runtime.log.repeat_interval == 10s);
  }
}

namespace {

template <class Owner>
void check_initialisers(const std::vector<fc::option_group>& groups, const Owner& fresh) {
  for (const fc::option_group& group : groups)
    for (const fc::option& entry : group.options) {
      INFO(fc::option_key(group, entry));
      const fc::option_value initial = entry.member.read(&fresh);
      CHECK(initial == fc::default_value(entry, base_profile::production));
    }
}

void check_table(const std::vector<fc::option_group>& groups) {
  for (const fc::option_group& group : groups)
    for (const fc::option& entry : group.options) {
      INFO(fc::option_key(group, entry));
      CHECK_FALSE(entry.effect.empty());
      CHECK_FALSE(entry.origin.empty());
      for (const base_profile profile : {base_profile::development, base_profile::production})
        CHECK_FALSE(fc::judge(entry, fc::default_value(entry, profile)));
      if (!entry.minimum.empty() && entry.measured_in != fc::unit::text)
        CHECK(fc::from_table(entry, entry.minimum) < fc::from_table(entry, entry.maximum));
    }
}

} // namespace

TEST_CASE("the structs' initialisers equal the production defaults", "[config]") {
  check_initialisers(fc::runtime_groups(), runtime_options{});
  check_initialisers(fc::database_groups(), database_options{});
}

TEST_CASE("every option is described and its defaults lie in its range", "[config]") {
  check_table(fc::runtime_groups());
  check_table(fc::database_groups());
}

TEST_CASE("the defaults with a database are a sound configuration", "[config]") {
  for (const base_profile profile : {base_profile::development, base_profile::production}) {
    config value = default_config(profile);
    value.databases.push_back(default_database(profile, "primary"));
    CHECK(validate(value).empty());
  }
}
