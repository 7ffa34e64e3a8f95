// Sessions that end, servers that go away, and what a caller gets to see of it.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <cstdlib>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement read_one{"recovery read", "SELECT $1::int + 1", read_only};
const statement write_one{"recovery write", "INSERT INTO recovery_log (id) VALUES ($1)"};

config with_all_connections_open(const std::string& service, std::size_t connections) {
  config made = sandbox_config(service, "URL", connections);
  made.databases.front().pool.min_connections = connections;
  made.databases.front().connect.concurrent = 4;
  return made;
}

std::size_t usable(const database& db) {
  const database_snapshot now = db.snapshot();
  return now.idle + now.busy + now.exclusive + now.leased;
}

bool only_allowed(const traffic& load, std::initializer_list<std::string> codes) {
  for (const auto& [kind, seen] : load.failures()) {
    const std::string code = kind.substr(0, kind.find(' '));
    if (std::find(codes.begin(), codes.end(), code) == codes.end())
      return false;
  }
  return true;
}

} // namespace

TEST_CASE("backends killed ten times under load: one answer each, and full service again") {
  observer outside;
  live_runtime home{with_all_connections_open("recovery_kill", 8)};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS recovery_log")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE recovery_log (id bigint)")).get());
  REQUIRE(eventually([&] { return usable(home.db) == 8; }));
  traffic reads{home.db, 32, [](std::uint64_t i) { return bind(read_one, int(i % 1000)); }};
  traffic inserts{home.db, 16, [](std::uint64_t i) { return bind(write_one, std::int64_t(i)); }};
  int killed = 0;
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t before = inserts.succeeded();
    REQUIRE(eventually([&] { return inserts.succeeded() > before + 50; }));
    killed += terminate_all(outside, home.service);
  }
  const auto last_kill = std::chrono::steady_clock::now();
  REQUIRE(eventually([&] { return usable(home.db) == 8; }, 2s));
  const std::uint64_t before = reads.succeeded();
  REQUIRE(eventually([&] { return reads.succeeded() > before + 100; }, 2s));
  CHECK(std::chrono::steady_clock::now() - last_kill < 2s);
  CHECK(killed >= 20);

  REQUIRE(reads.stop());
  REQUIRE(inserts.stop());
  INFO(reads.summary() << inserts.summary());
  CHECK_FALSE(reads.answered_twice());
  CHECK_FALSE(inserts.answered_twice());
  CHECK(only_allowed(reads, {"connection_lost", "acquire_timeout"}));
  CHECK(only_allowed(inserts, {"connection_lost", "outcome_unknown", "acquire_timeout"}));

  // What was said to have succeeded is there; what was said to be without effect is not.
  std::uint64_t unknown = 0;
  for (const auto& [kind, seen] : inserts.failures()) {
    if (kind.rfind("outcome_unknown", 0) == 0)
      unknown += seen.first;
  }
  const auto stored = std::uint64_t(
      home.db.execute(sql("SELECT count(*) FROM recovery_log")).get().scalar<std::int64_t>());
  CHECK(stored >= inserts.succeeded());
  CHECK(stored <= inserts.succeeded() + unknown);
  // A backend ended by an administrator is no statement's fault.
  CHECK(home.db.snapshot().healed.total() == 0);
}

TEST_CASE("a transaction whose session is killed is lost or replayed, never half done") {
  observer outside;
  live_runtime home{sandbox_config("recovery_tx", "URL", 2)};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS recovery_tx")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE recovery_tx (id int)")).get());
  std::atomic<int> runs{0};
  auto answer = home.db.transact([&](transaction& tx) {
    ++runs;
    tx.execute(sql("INSERT INTO recovery_tx VALUES (1)"));
    if (runs == 1)
      tx.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())"));
    tx.execute(sql("INSERT INTO recovery_tx VALUES (2)"));
    return int(runs);
  });
  try {
    CHECK(answer.get() == 2);
    CHECK(home.db.execute(sql("SELECT count(*) FROM recovery_tx")).get().scalar<int>() == 2);
  } catch (const failure& why) {
    CHECK(why.code() == errc::connection_lost);
    CHECK(why.why().fate != fate::unknown); // COMMIT was never sent
    CHECK(home.db.execute(sql("SELECT count(*) FROM recovery_tx")).get().scalar<int>() == 0);
  }
}

TEST_CASE("a runtime's life leaves no thread, descriptor or server session behind") {
  observer outside;
  { // what a process opens once and keeps
    live_runtime first{sandbox_config("recovery_leak")};
    static_cast<void>(first.db.execute(sql("SELECT 1")).get());
  }
  // The kernel forgets a thread a little after it has ended.
  REQUIRE(eventually([] { return process_counts::now().threads == 1; }));
  const process_counts before = process_counts::now();
  for (int life = 0; life < 3; ++life) {
    live_runtime home{with_all_connections_open("recovery_leak", 6)};
    traffic reads{home.db, 16, [](std::uint64_t) { return bind(read_one, 1); }};
    REQUIRE(eventually([&] { return reads.succeeded() > 200; }));
    terminate_all(outside, home.service);
    const std::uint64_t then = reads.succeeded();
    REQUIRE(eventually([&] { return reads.succeeded() > then + 200; }));
    if (life == 1) {
      // The end of the runtime finds a lease and a transaction under way.
      auto held = home.db.lease().get();
      static_cast<void>(held.execute(sql("SELECT 1")).get());
      REQUIRE(reads.stop());
      home.on.stop();
    }
    REQUIRE(reads.stop());
  }
  CHECK(eventually([&] { return process_counts::now() == before; }));
  CHECK(process_counts::now().threads == before.threads);
  CHECK(process_counts::now().descriptors == before.descriptors);
  CHECK(eventually([&] { return sessions_of(outside, "recovery_leak") == 0; }));
}

TEST_CASE("a server that crashes and comes back costs no more than its absence") {
  config options = with_all_connections_open("recovery_crash", 4);
  options.databases.front().connect.backoff_cap = 1s;
  options.databases.front().connect.backoff_base = 200ms;
  live_runtime home{std::move(options)};
  traffic reads{home.db, 16, [](std::uint64_t i) { return bind(read_one, int(i % 100)); }};
  REQUIRE(eventually([&] { return reads.succeeded() > 100; }));
  sandbox_does("server crash");
  sandbox_does("server start");
  const std::uint64_t then = reads.succeeded();
  CHECK(eventually([&] { return reads.succeeded() > then + 100; }, 5s));
  CHECK(eventually([&] { return usable(home.db) == 4; }, 5s));
  CHECK(reads.stop());
  INFO(reads.summary());
  CHECK_FALSE(reads.answered_twice());
  CHECK(only_allowed(reads,
                     {"connection_lost", "connect_failed", "circuit_open", "acquire_timeout"}));
}

TEST_CASE("a server that hangs is noticed by deadlines, and each caller hears by its own") {
  live_runtime home{with_all_connections_open("recovery_pause", 2)};
  REQUIRE(eventually([&] { return usable(home.db) == 2; }));
  sandbox_does("server pause");
  const auto asked = std::chrono::steady_clock::now();
  auto first = home.db.execute(bind(read_one, 1), {.timeout = 300ms});
  auto second = home.db.execute(bind(read_one, 2), {.timeout = 300ms});
  const error told = why_not(std::move(first));
  const error also_told = why_not(std::move(second));
  const auto took = std::chrono::steady_clock::now() - asked;
  sandbox_does("server continue");
  INFO(to_string(told) << " / " << to_string(also_told));
  CHECK(told.code == errc::deadline_exceeded);
  CHECK(also_told.code == errc::deadline_exceeded);
  CHECK(took < 1s);
  CHECK(eventually([&] { return usable(home.db) == 2; }, 5s));
  CHECK(home.db.execute(read_one, 3).get().scalar<int>() == 4);
}
