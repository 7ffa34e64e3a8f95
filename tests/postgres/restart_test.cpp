// A service that is killed and started again, and two runs of one side by side.

#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>

using namespace freehold;
using namespace freehold::testing;

namespace {

constexpr int connections = 3;

/// A process that keeps all of its connections busy (tests/service/main.cpp).
class service_process {
public:
  explicit service_process(const std::string& service) {
    std::array<int, 2> ends{};
    REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
    std::string program = FREEHOLD_TEST_SERVICE;
    std::string name = service;
    std::string count = std::to_string(connections);
    const std::array<char*, 4> arguments{program.data(), name.data(), count.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const int problem =
        posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    REQUIRE(problem == 0);
    std::array<char, 5> said{};
    const bool busy = read(ends[0], said.data(), said.size()) == 5;
    close(ends[0]);
    if (!busy)
      kill();
    REQUIRE(busy);
  }
  service_process(const service_process&) = delete;
  service_process& operator=(const service_process&) = delete;
  ~service_process() { kill(); }

  void kill() {
    if (process_ == 0)
      return;
    ::kill(process_, SIGKILL);
    waitpid(std::exchange(process_, 0), nullptr, 0);
  }

private:
  pid_t process_ = 0;
};

int sleepers_of(observer& outside, const std::string& service) {
  return outside
      .rows(freehold::bind(statement{"sleepers of",
                                     "SELECT count(*) FROM pg_stat_activity WHERE application_name "
                                     "LIKE $1 || '/%' AND query LIKE '%pg_sleep(60)%'"},
                           service))
      .scalar<int>();
}

// A run that is killed when all of its queries are under way.
void leave_sleepers(observer& outside, const std::string& service) {
  service_process run{service};
  REQUIRE(eventually([&] { return sleepers_of(outside, service) == connections; }));
  run.kill();
}

config reaping(const std::string& service) {
  config options = sandbox_config(service, "URL", 2);
  options.runtime.reap_dead_sessions = true;
  return options;
}

} // namespace

TEST_CASE("a service that is killed and started again 50 times leaves one run's sessions") {
  observer outside;
  // Another service, and one that lives: nobody's business.
  const service_process other{"restart_other"};
  live_runtime living{reaping("restart")};
  CHECK(living.db.execute(sql("SELECT 1")).get().size() == 1);
  const int before = sessions_of(outside, "restart");
  std::optional<service_process> service;
  for (int i = 0; i < 50; ++i) {
    service.emplace("restart");
    INFO("start " << i << ", " << sleepers_of(outside, "restart") << " sleep");
    REQUIRE(eventually([&] { return sleepers_of(outside, "restart") == connections; }));
    service->kill();
  }
  CHECK(sleepers_of(outside, "restart_other") == connections);
  CHECK(living.db.execute(sql("SELECT 1")).get().size() == 1);
  CHECK(living.db.snapshot().sessions_lost_total == 0);
  CHECK(before > 0);
  terminate_all(outside, "restart");
}

TEST_CASE("what is ended is told, and without the option nothing is") {
  observer outside;
  for (const bool reaps : {false, true}) {
    const std::string service = reaps ? "restart_told" : "restart_kept";
    leave_sleepers(outside, service);
    config options = reaping(service);
    options.runtime.reap_dead_sessions = reaps;
    live_runtime next{std::move(options)};
    CHECK(next.db.execute(sql("SELECT 1")).get().size() == 1);
    if (reaps)
      CHECK(eventually([&] { return sleepers_of(outside, service) == 0; }));
    next.on.stop();
    INFO(next.log());
    CHECK(sleepers_of(outside, service) == (reaps ? 0 : connections));
    CHECK((next.log().find("ended 3 sessions that a run of this service left") !=
           std::string::npos) == reaps);
    terminate_all(outside, service);
  }
}

TEST_CASE("sessions that may not be looked for are no failure of the service") {
  config options = reaping("restart_denied");
  options.runtime.level = log_level::info;
  observer outside;
  database_options admin = sandbox_database("ADMIN_URL");
  live_session as_admin{std::move(admin)};
  as_admin.rows("REVOKE EXECUTE ON FUNCTION pg_stat_get_activity FROM PUBLIC");
  {
    live_runtime denied{std::move(options)};
    CHECK(denied.db.execute(sql("SELECT 1")).get().size() == 1);
    denied.on.stop();
    INFO(denied.log());
    CHECK(denied.log().find("could not be ended (runtime.reap_dead_sessions)") !=
          std::string::npos);
    CHECK(denied.db.snapshot().sessions_lost_total == 0);
  }
  as_admin.rows("GRANT EXECUTE ON FUNCTION pg_stat_get_activity TO PUBLIC");
}

TEST_CASE("behind a pooler nobody's sessions are ended") {
  observer outside;
  leave_sleepers(outside, "restart_pooler");
  config options = sandbox_config("restart_pooler", "POOLER_URL", 2);
  options.runtime.reap_dead_sessions = true;
  live_runtime next{std::move(options)};
  CHECK(next.db.execute(sql("SELECT 1")).get().size() == 1);
  next.on.stop();
  CHECK(sleepers_of(outside, "restart_pooler") == connections);
  terminate_all(outside, "restart_pooler");
}

TEST_CASE("a rolling restart fails no request, though the server has no room for both runs") {
  live_session as_admin{sandbox_database("ADMIN_URL")};
  as_admin.rows("DROP ROLE IF EXISTS restart_limited");
  as_admin.rows("CREATE ROLE restart_limited LOGIN CONNECTION LIMIT 6 PASSWORD 'limited-secret'");
  config options = sandbox_config("restart_rolling", "URL", 4);
  options.runtime.reap_dead_sessions = true;
  options.databases.front().target.parameters["user"] = "restart_limited";
  options.databases.front().target.password = secret{"limited-secret"};
  const auto ask = [](std::uint64_t) { return bind(sql("SELECT pg_sleep(0.002)", read_only)); };
  std::optional<live_runtime> old{std::in_place, options};
  std::optional<traffic> old_load{std::in_place, old->db, 12, ask};
  REQUIRE(eventually([&] { return old_load->succeeded() > 200; }));
  std::uint64_t refused_connects = 0;
  for (int i = 0; i < 3; ++i) {
    std::optional<live_runtime> next{std::in_place, options};
    std::optional<traffic> load{std::in_place, next->db, 12, ask};
    REQUIRE(eventually([&] { return load->succeeded() > 200; }));
    REQUIRE(old_load->stop());
    INFO("restart " << i);
    CHECK(old_load->failed() == 0);
    refused_connects += next->db.snapshot().connect_failures_total;
    old_load.reset();
    old->on.stop();
    const std::uint64_t then = load->succeeded();
    CHECK(eventually([&] { return load->succeeded() > then + 200; }));
    REQUIRE(load->stop());
    CHECK(load->failed() == 0);
    load.reset();
    old.reset();
    old.emplace(options);
    next->on.stop();
    next.reset();
    old_load.emplace(old->db, 12, ask);
    REQUIRE(eventually([&] { return old_load->succeeded() > 200; }));
  }
  CHECK(refused_connects > 0); // it was tight
  REQUIRE(old_load->stop());
  CHECK(old_load->failed() == 0);
  old_load.reset();
  old.reset();
  observer outside;
  CHECK(eventually([&] { return sessions_of(outside, "restart_rolling") == 0; }));
  as_admin.rows("DROP ROLE restart_limited");
}
