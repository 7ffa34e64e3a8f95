// A connection for one holder, and that nothing of the holder stays on it.

#include "tests/support/live_runtime.hpp"

#include <optional>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement own_backend{"lease backend", "SELECT pg_backend_pid()"};

int pid_of(const lease& held) {
  return held.execute(own_backend).get().scalar<int>();
}

} // namespace

TEST_CASE("a lease keeps one own_backend, and others do not get it") {
  live_runtime home{sandbox_config("lease_one", "URL", 2)};
  const lease held = home.db.lease().get();
  const int pid = pid_of(held);
  for (int i = 0; i < 20; ++i) {
    CHECK(pid_of(held) == pid);
    CHECK(home.db.execute(own_backend).get().scalar<int>() != pid);
  }
  // A requester has its answer before the supervisor has word of it.
  CHECK(eventually([&] { return home.db.snapshot().holders.size() == 1; }));
  const database_snapshot now = home.db.snapshot();
  CHECK(now.leased == 1);
  REQUIRE(now.holders.size() == 1);
  CHECK(now.holders.front().what == "lease");
}

TEST_CASE("what a lease sets, locks, listens to and creates is gone with it") {
  live_runtime home{sandbox_config("lease_state", "URL", 1)};
  const std::string before =
      home.db.execute(sql("SELECT current_setting('work_mem')")).get().scalar<std::string>();
  std::optional<lease> held{home.db.lease().get()};
  const int pid = pid_of(*held);
  for (const char* text :
       {"SET work_mem = '7MB'", "LISTEN lease_channel", "SELECT pg_advisory_lock(77)",
        "CREATE TEMP TABLE lease_temp (id int)"}) {
    static_cast<void>(held->execute(sql(text)).get());
  }
  CHECK(held->execute(sql("SELECT current_setting('work_mem')")).get().scalar<std::string>() ==
        "7MB");
  held.reset();
  CHECK(home.db.execute(own_backend).get().scalar<int>() == pid); // the session was kept
  CHECK(home.db.execute(sql("SELECT current_setting('work_mem')")).get().scalar<std::string>() ==
        before);
  CHECK(home.db.execute(sql("SELECT count(*) FROM pg_listening_channels()")).get().scalar<int>() ==
        0);
  CHECK(home.db.execute(sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
            .get()
            .scalar<int>() == 0);
  CHECK(home.db.execute(sql("SELECT to_regclass('pg_temp.lease_temp') IS NULL"))
            .get()
            .scalar<bool>());
  // The runtime's own settings are there again.
  CHECK(home.db.execute(sql("SELECT current_setting('idle_in_transaction_session_timeout')"))
            .get()
            .scalar<std::string>() == "30s");
}

TEST_CASE("dropping a lease rolls back, committing it does not") {
  live_runtime home{sandbox_config("lease_tx", "URL", 1)};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS lease_tx")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE lease_tx (id int)")).get());
  for (const bool commits : {false, true}) {
    lease held = home.db.lease({.transaction = true, .how = {}, .timeout = std::nullopt}).get();
    static_cast<void>(held.execute(sql("INSERT INTO lease_tx VALUES (1)")).get());
    if (commits)
      held.commit().get();
  }
  CHECK(home.db.execute(sql("SELECT count(*) FROM lease_tx")).get().scalar<int>() == 1);
  std::optional<lease> by_hand{home.db.lease().get()};
  static_cast<void>(by_hand->execute(sql("BEGIN")).get());
  static_cast<void>(by_hand->execute(sql("INSERT INTO lease_tx VALUES (2)")).get());
  by_hand.reset();
  CHECK(home.db.execute(sql("SELECT count(*) FROM lease_tx")).get().scalar<int>() == 1);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("dropping a lease cancels what still runs on it") {
  live_runtime home{sandbox_config("lease_cancel", "URL", 1)};
  std::optional<lease> held{home.db.lease().get()};
  const int pid = pid_of(*held);
  observer outside;
  {
    auto dropped = held->execute(sql("SELECT pg_sleep(30)"));
    CHECK(eventually([&] {
      return outside
                 .rows(freehold::bind(statement{"lease sleeps",
                                                "SELECT count(*) FROM pg_stat_activity "
                                                "WHERE pid = $1 AND wait_event = 'PgSleep'"},
                                      pid))
                 .scalar<int>() == 1;
    }));
  }
  held.reset();
  const auto asked = std::chrono::steady_clock::now();
  CHECK(home.db.execute(own_backend).get().scalar<int>() == pid);
  CHECK(std::chrono::steady_clock::now() - asked < 3s);
}

TEST_CASE("a lease held too long is taken back and its holder told") {
  config options = sandbox_config("lease_long", "URL", 1);
  options.databases.front().lease.warn_after = 100ms;
  options.databases.front().lease.reclaim_after = 300ms;
  live_runtime home{std::move(options)};
  const lease held = home.db.lease().get();
  static_cast<void>(pid_of(held));
  // Served once the connection is back.
  CHECK(home.db.execute(sql("SELECT 1")).get().size() == 1);
  const error why = why_not(held.execute(own_backend));
  INFO(to_string(why));
  CHECK(why.code == errc::lease_lost);
  CHECK(says(why, "lease.reclaim_after"));
  home.on.stop();
  CHECK(home.log().find("lease.warn_after") != std::string::npos);
}

TEST_CASE("a lease whose session is killed is lost, and the next one is not") {
  live_runtime home{sandbox_config("lease_killed", "URL", 1)};
  observer outside;
  const lease held = home.db.lease().get();
  outside.terminate(pid_of(held));
  CHECK_THROWS_AS(held.execute(own_backend).get(), failure);
  CHECK(why_not(held.execute(own_backend)).code == errc::lease_lost);
  CHECK(pid_of(home.db.lease().get()) > 0);
}

TEST_CASE("a full queue and a long wait name who holds the connections") {
  config options = sandbox_config("lease_full", "URL", 1);
  options.databases.front().pool.acquire_timeout = 300ms;
  options.databases.front().pool.queue_length = 3;
  live_runtime home{std::move(options)};
  const lease held = home.db.lease().get();
  std::vector<future<result_set>> waiting;
  for (int i = 0; i < 3; ++i)
    waiting.push_back(home.db.execute(sql("SELECT 1")));
  const error full = why_not(home.db, "SELECT 1");
  INFO(to_string(full));
  CHECK(full.code == errc::queue_full);
  CHECK(says(full, "pool.queue_length"));
  CHECK(says(full, "held by lease ["));
  const error late = why_not(std::move(waiting.front()));
  INFO(to_string(late));
  CHECK(late.code == errc::acquire_timeout);
  CHECK(says(late, "pool.acquire_timeout"));
  CHECK(says(late, "held by lease ["));
  CHECK(says(late, "pool.max_connections"));
}

TEST_CASE("100 000 rows stream in chunks") {
  live_runtime home{sandbox_config("lease_stream", "URL", 1)};
  row_stream rows = home.db.stream(
      bind(statement{"lease stream", "SELECT i, 'row ' || i FROM generate_series(1, $1::int) i",
                     read_only},
           100'000),
      5000);
  std::int64_t expected = 0;
  std::size_t chunks = 0;
  for (result_set chunk = rows.next(); !chunk.empty(); chunk = rows.next()) {
    ++chunks;
    for (const auto [i, text] : chunk.as<std::int64_t, std::string>()) {
      if (i != ++expected)
        FAIL("row " << i << " came instead of " << expected);
    }
  }
  CHECK(expected == 100'000);
  CHECK(chunks == 20);
  CHECK(home.db.execute(sql("SELECT 1")).get().size() == 1); // the connection is back
  {
    row_stream dropped = home.db.stream(bind(sql("SELECT generate_series(1, 100000)")));
    CHECK(dropped.next().size() == 1000);
  }
  CHECK(home.db.execute(sql("SELECT 1")).get().size() == 1);
}
