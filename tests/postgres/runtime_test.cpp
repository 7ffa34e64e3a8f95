// The main job: many requesters, few connections, and nothing lost on the way.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <thread>

using namespace freehold;
using namespace freehold::testing;

TEST_CASE("rows arrive as the types they are read as") {
  live_runtime home{sandbox_config("runtime_rows", "URL", 2)};
  const statement homes{"runtime homes",
                        "SELECT i, 'home ' || i, i * 1.5::float8 FROM generate_series(1, $1) i",
                        read_only};
  std::int64_t rows = 0;
  for (auto [id, title, rent] :
       home.db.execute(homes, 3).get().as<std::int64_t, std::string, double>()) {
    CHECK(id == ++rows);
    CHECK(title == "home " + std::to_string(id));
    CHECK(rent == double(id) * 1.5);
  }
  CHECK(rows == 3);
}

TEST_CASE("200 000 requests from 64 requesters over 8 connections: no error, nothing healed") {
  live_runtime home{sandbox_config("runtime_many", "URL", 8)};
  static const std::vector<statement> all{{"many a", "SELECT $1::int + 1", read_only},
                                          {"many b", "SELECT $1::int + 2", read_only},
                                          {"many c", "SELECT $1::int + 3", read_only},
                                          {"many d", "SELECT $1::int + 4", idempotent}};
  std::atomic<std::uint64_t> made{0};
  traffic load{home.db, 64,
               [&](std::uint64_t i) {
                 ++made;
                 return bind(all[i % 40 == 0 ? 3 : i % 3], int(i % 1000));
               },
               200'000};
  REQUIRE(load.finishes(100s));
  INFO(load.summary());
  CHECK(load.succeeded() == 200'000);
  CHECK(load.failed() == 0);
  CHECK_FALSE(load.answered_twice());
  CHECK(made == 200'000);
  const database_snapshot now = home.db.snapshot();
  CHECK(now.requests_total == 200'000);
  CHECK(now.healed == heal_counts{});
  CHECK(now.retries_total == 0);
  CHECK(now.connects_total <= 8);
  CHECK(now.sessions_lost_total == 0);
}

TEST_CASE("threads get the answers to their own questions") {
  live_runtime home{sandbox_config("runtime_threads", "URL", 4)};
  const statement echo{"runtime echo", "SELECT $1::int", read_only};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const int asked = t * 1000 + i;
        if (home.db.execute(echo, asked).get().scalar<int>() != asked)
          ++wrong;
      }
    });
  }
  for (std::thread& each : threads)
    each.join();
  CHECK(wrong == 0);
}

TEST_CASE("a table that changes all the time under SELECT * fails nobody") {
  live_runtime home{sandbox_config("runtime_alter", "URL", 4)};
  for (const char* text :
       {"DROP TABLE IF EXISTS runtime_alter", "CREATE TABLE runtime_alter (id int)",
        "INSERT INTO runtime_alter VALUES (1)"}) {
    static_cast<void>(home.db.execute(sql(text)).get());
  }
  live_runtime owner{sandbox_config("runtime_owner", "URL", 1)};
  traffic load{home.db, 16,
               [](std::uint64_t) { return bind(sql("SELECT * FROM runtime_alter", read_only)); }};
  const auto end = std::chrono::steady_clock::now() + 3s;
  int changes = 0;
  constexpr int most_changes = 1500; // a table has had at most 1600 columns
  while (std::chrono::steady_clock::now() < end && changes < most_changes) {
    static_cast<void>(owner.db.execute(sql("ALTER TABLE runtime_alter ADD COLUMN n int")).get());
    static_cast<void>(owner.db.execute(sql("ALTER TABLE runtime_alter DROP COLUMN n")).get());
    ++changes;
  }
  REQUIRE(load.stop());
  INFO(load.summary());
  CHECK(changes > 10);
  CHECK(load.failed() == 0);
  CHECK(load.succeeded() > 1000);
  CHECK(home.db.snapshot().healed.stale_plans > 0);
}

TEST_CASE("a statement past its deadline is cancelled on the server and the session kept") {
  live_runtime home{sandbox_config("runtime_deadline", "URL", 1)};
  observer outside;
  const int pid = home.db.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>();
  const auto asked = std::chrono::steady_clock::now();
  const error why = why_not(home.db.execute(bind(sql("SELECT pg_sleep(20)")), {.timeout = 300ms}));
  INFO(to_string(why));
  CHECK(why.code == errc::deadline_exceeded);
  CHECK(says(why, "300 ms"));
  CHECK(says(why, "statements.timeout"));
  CHECK(std::chrono::steady_clock::now() - asked < 1s);
  CHECK(home.db.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>() == pid);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a slow statement does not hold up those that are quick") {
  live_runtime home{sandbox_config("runtime_slow", "URL", 2)};
  static_cast<void>(home.db.execute(sql("SELECT pg_sleep($1)"), 0.1).get()); // known as slow now
  REQUIRE(eventually([&] { return home.db.snapshot().idle == 2; }));         // and that is recorded
  auto slow = home.db.execute(sql("SELECT pg_sleep($1)"), 0.5);
  const auto asked = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i)
    static_cast<void>(home.db.execute(sql("SELECT 1")).get());
  CHECK(std::chrono::steady_clock::now() - asked < 400ms);
  CHECK(slow.get().size() == 1);
}

TEST_CASE("stopping lets those finish that were admitted, and refuses the rest") {
  observer outside;
  live_runtime home{sandbox_config("runtime_stop", "URL", 2)};
  static_cast<void>(home.db.execute(sql("SELECT 1")).get());
  auto running = home.db.execute(sql("SELECT pg_sleep(0.3)"));
  REQUIRE(eventually([&] { return home.db.snapshot().busy + home.db.snapshot().exclusive > 0; }));
  home.on.stop();
  CHECK(running.get().size() == 1);
  CHECK(why_not(home.db, "SELECT 1").code == errc::stopped);
  CHECK(eventually([&] { return sessions_of(outside, "runtime_stop") == 0; }));
}

TEST_CASE("a callback is called once, for a result and for a failure") {
  live_runtime home{sandbox_config("runtime_callback", "URL", 1)};
  std::atomic<int> results{0};
  std::atomic<int> failures{0};
  const auto count = [&](outcome&& answer) { ++(answer.why ? failures : results); };
  home.db.execute(bind(sql("SELECT 1")), count);
  home.db.execute(bind(sql("SELEC 1")), count);
  home.db.execute(bind(sql("BEGIN")), count);
  CHECK(eventually([&] { return results + failures == 3; }));
  home.on.stop();
  home.db.execute(bind(sql("SELECT 1")), count);
  CHECK(results == 1);
  CHECK(failures == 3);
}
