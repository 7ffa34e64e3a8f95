// Behind a transaction pooler that gives one backend to many clients.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace freehold;
using namespace freehold::testing;

namespace {

constexpr const char* child_variable = "FREEHOLD_TEST_POOLER_CHILD";

// Several statements, so that clients that share a backend would collide; some have a Sync of
// their own.
constexpr int kinds = 6;
constexpr std::uint64_t never_enough = std::uint64_t{1} << 62;

bound_statement mixed(std::uint64_t i) {
  static const std::vector<statement> all{
      {"pooled a", "SELECT $1::int + 1", read_only}, {"pooled b", "SELECT $1::int + 2", read_only},
      {"pooled c", "SELECT $1::int + 3", read_only}, {"pooled d", "SELECT $1::int + 4", idempotent},
      {"pooled e", "SELECT $1::int + 5", writes},    {"pooled f", "SELECT $1::int + 6", writes}};
  static_assert(kinds == 6);
  return bind(all[i % kinds], int(i % 1'000'000));
}

bool answers_mixed(std::uint64_t i, const result_set& rows) {
  return rows.size() == 1 && rows.scalar<int>() == int(i % 1'000'000 + i % kinds + 1);
}

void expect_no_conflict(traffic& load, const database& db) {
  INFO(load.summary());
  CHECK(load.failed() == 0);
  CHECK(load.answered_wrongly() == 0);
  CHECK_FALSE(load.answered_twice());
  const heal_counts healed = db.snapshot().healed;
  CHECK(healed.names_taken == 0);
  CHECK(healed.names_unknown == 0);
}

// This test program again, as a client of the pooler; it reports through a pipe.
class client_process {
public:
  client_process() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    report_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = "/proc/self/exe";
    std::string which = "a client process for another test";
    std::vector<char*> arguments{program.data(), which.data(), nullptr};
    setenv(child_variable, "1", 1);
    const int failed =
        posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    unsetenv(child_variable);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    REQUIRE(failed == 0);
  }
  client_process(const client_process&) = delete;
  client_process& operator=(const client_process&) = delete;
  ~client_process() {
    kill_now();
    close(report_);
  }
  /// Waits until it works, and returns what it said: "w" for working, "e" for an error.
  [[nodiscard]] char wait() const {
    char said = '-';
    return read(report_, &said, 1) == 1 ? said : '-';
  }
  /// As the end of its container would; what it said until then.
  std::string kill_now() {
    if (pid_ == 0)
      return {};
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
    std::string rest;
    for (char said = 0; read(report_, &said, 1) == 1;)
      rest += said;
    return rest;
  }

private:
  pid_t pid_ = 0;
  int report_ = -1;
};

void say(char what) {
  static_cast<void>(!write(STDOUT_FILENO, &what, 1));
}

} // namespace

TEST_CASE("a client process for another test") {
  if (std::getenv(child_variable) == nullptr)
    return;
  live_runtime home{sandbox_config("pooled_child", "POOLER_URL")};
  traffic load{home.db, 16, mixed};
  bool told = false;
  while (load.failed() == 0) {
    static_cast<void>(eventually([&] { return load.failed() > 0 || load.answered() > 300; }, 1s));
    if (load.answered() > 300 && !std::exchange(told, true))
      say('w');
    if (getppid() == 1)
      return;
    static_cast<void>(eventually([&] { return load.failed() > 0; }, 50ms));
  }
  say('e');
}

TEST_CASE("the probe sees a transaction pooler and chooses unnamed statements") {
  live_runtime home{sandbox_config("pooled_probe", "POOLER_URL")};
  CHECK(home.db.execute(sql("SELECT 7")).get().scalar<int>() == 7);
  const database_snapshot now = home.db.snapshot();
  REQUIRE(now.server);
  CHECK(now.server->pooler);
  CHECK(now.server->mode == statement_mode::unnamed);
  CHECK_FALSE(now.server->reason.empty());
}

TEST_CASE("two runtimes behind one transaction pooler do not collide once") {
  for (const std::string url : {"POOLER_URL", "TRACKING_POOLER_URL"}) {
    if (!sandbox_has(url))
      continue;
    live_runtime one{sandbox_config("pooled_one", url)};
    live_runtime other{sandbox_config("pooled_other", url)};
    traffic first{one.db, 32, mixed, 20'000, answers_mixed};
    traffic second{other.db, 32, mixed, 20'000, answers_mixed};
    REQUIRE(first.finishes(60s));
    REQUIRE(second.finishes(60s));
    expect_no_conflict(first, one.db);
    expect_no_conflict(second, other.db);
  }
}

TEST_CASE("nobody behind a pooler suffers from a process that is killed and started again") {
  live_runtime home{sandbox_config("pooled_parent", "POOLER_URL")};
  traffic load{home.db, 16, mixed, never_enough, answers_mixed};
  for (int life = 0; life < 10; ++life) {
    client_process other;
    CHECK(other.wait() == 'w');
    CHECK(other.kill_now().empty());
  }
  REQUIRE(load.stop());
  CHECK(load.succeeded() > 1000);
  expect_no_conflict(load, home.db);
}

TEST_CASE("scripts and transaction functions work behind a transaction pooler") {
  live_runtime home{sandbox_config("pooled_tx", "POOLER_URL")};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS pooled_tx")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE pooled_tx (id int PRIMARY KEY)")).get());
  const statement add{"pooled add", "INSERT INTO pooled_tx VALUES ($1)"};
  CHECK(home.db.script({bind(add, 1), bind(add, 2)}).get().size() == 2);
  CHECK(why_not(home.db.script({bind(add, 3), bind(add, 1)})).sqlstate == "23505");
  CHECK(
      home.db.transact([&](transaction& tx) { return tx.execute(add, 4).affected_rows(); }).get() ==
      1);
  CHECK(home.db.execute(sql("SELECT count(*) FROM pooled_tx")).get().scalar<int>() == 3);
}

TEST_CASE("a lease behind a pooler has to be a transaction") {
  live_runtime home{sandbox_config("pooled_lease", "POOLER_URL")};
  const error refused = why_not(home.db.lease());
  INFO(to_string(refused));
  CHECK(refused.code == errc::not_allowed);
  CHECK(says(refused, "pooler"));
  CHECK(says(refused, "transaction"));
  lease held = home.db.lease({.transaction = true, .how = {}, .timeout = std::nullopt}).get();
  const int pid = held.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>();
  for (int i = 0; i < 5; ++i) {
    CHECK(held.execute(sql("SELECT pg_backend_pid()")).get().scalar<int>() == pid);
  }
  held.commit().get();
}

TEST_CASE("a pooler that starts again is only a lost session") {
  config options = sandbox_config("pooled_restart", "POOLER_URL");
  options.databases.front().connect.backoff_base = 100ms;
  options.databases.front().connect.backoff_cap = 500ms;
  live_runtime home{std::move(options)};
  traffic load{home.db, 8, mixed};
  REQUIRE(eventually([&] { return load.succeeded() > 100; }));
  sandbox_does("pooler restart");
  const std::uint64_t then = load.succeeded();
  CHECK(eventually([&] { return load.succeeded() > then + 100; }));
  CHECK(load.stop());
  for (const auto& [kind, seen] : load.failures()) {
    INFO(seen.second);
    CHECK((kind.starts_with("connection_lost") || kind.starts_with("connect_failed") ||
           kind.starts_with("circuit_open") || kind.starts_with("outcome_unknown")));
  }
}
