// Another configuration while requests go on: in force, or refused as a whole.

#include "tests/support/catch.hpp"
#include "tests/support/live_runtime.hpp"
#include "tests/support/traffic.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement same = sql("SELECT $1::int", read_only);

bound_statement ask_one(std::uint64_t number) {
  return bind(same, static_cast<int>(number % 1'000'000));
}

bool is_right(std::uint64_t number, const result_set& rows) {
  return rows.scalar<int>() == static_cast<int>(number % 1'000'000);
}

database_options& primary(config& of) {
  return of.databases.front();
}

// A role whose password the test changes.
class rotated_role {
public:
  explicit rotated_role(observer& outside) : outside_{outside} {
    static_cast<void>(outside_.rows("DROP ROLE IF EXISTS reloaded"));
    static_cast<void>(outside_.rows("CREATE ROLE reloaded LOGIN PASSWORD 'first-password'"));
  }
  void rotate(const std::string& password) const {
    static_cast<void>(outside_.rows("ALTER ROLE reloaded PASSWORD '" + password + "'"));
  }
  static void use(config& by, const std::string& password) {
    primary(by).target.parameters["user"] = "reloaded";
    primary(by).target.password = secret{password};
  }

private:
  observer& outside_;
};

// A file of its own folder that goes away with it.
class config_file {
public:
  config_file() : folder_{std::filesystem::temp_directory_path() / name()} {
    std::filesystem::create_directories(folder_);
  }
  config_file(const config_file&) = delete;
  config_file& operator=(const config_file&) = delete;
  ~config_file() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path path() const { return folder_ / "freehold.toml"; }
  void write(std::size_t connections, const std::string& more = "") const {
    std::ofstream{path()} << text(connections, more);
  }
  // As Kubernetes does it: the file is a link into a folder that is a link, which is replaced.
  void write_behind_links(std::size_t connections) {
    const auto target = folder_ / ("data" + std::to_string(++versions_));
    std::filesystem::create_directory(target);
    std::ofstream{target / "freehold.toml"} << text(connections, "");
    std::filesystem::create_directory_symlink(target, folder_ / "data_new");
    std::filesystem::rename(folder_ / "data_new", folder_ / "data");
    if (!std::filesystem::is_symlink(path()))
      std::filesystem::create_symlink("data/freehold.toml", path());
  }

private:
  static std::string name() { return "freehold_reload_" + std::to_string(getpid()); }
  static std::string text(std::size_t connections, const std::string& more) {
    return "[runtime]\nservice = \"reload_file\"\n[database.primary]\nurl = \"" + sandbox("URL") +
           "\"\n[database.primary.pool]\nmax_connections = " + std::to_string(connections) + "\n" +
           more;
  }

  std::filesystem::path folder_;
  int versions_ = 0;
};

} // namespace

TEST_CASE("reloads of every kind under load fail no request and leave no session") {
  observer outside;
  const rotated_role role{outside};
  config made = sandbox_config("reload_load", "URL", 8);
  rotated_role::use(made, "first-password");
  const connection_target by_socket = sandbox_database("SOCKET_URL").target;
  {
    live_runtime home{made};
    traffic load{home.db, 64, ask_one, std::uint64_t{1} << 62, is_right};
    REQUIRE(eventually([&] { return load.answered() > 1'000; }));
    for (int i = 0; i < 100; ++i) {
      INFO("reload " << i);
      switch (i % 4) {
      case 0:
        primary(made).pool.max_connections = i % 8 == 0 ? 3 : 8;
        break;
      case 1:
        primary(made).statements.timeout += 1s;
        primary(made).breaker.window += 1s;
        break;
      case 2: {
        const std::string password = "password-" + std::to_string(i);
        role.rotate(password);
        rotated_role::use(made, password);
        break;
      }
      default: { // to the same server by another way, and back
        const bool socket = i % 8 == 3;
        primary(made).target.parameters =
            (socket ? by_socket : sandbox_database("URL").target).parameters;
        primary(made).target.parameters["user"] = "reloaded";
      }
      }
      const std::uint64_t before = load.answered();
      const reload_report told = home.on.reconfigure(made);
      REQUIRE(told.applied);
      CHECK(told.need_restart.empty());
      REQUIRE(eventually([&] { return load.answered() > before + 100; }));
    }
    CHECK(load.stop());
    INFO(load.summary());
    CHECK(load.failed() == 0);
    CHECK(load.answered_wrongly() == 0);
    CHECK_FALSE(load.answered_twice());
    CHECK(eventually([&] { return sessions_of(outside, "reload_load") <= 8; }));
    CHECK(home.on.snapshot().reload.applied_total == 100);
    home.on.stop();
    CHECK(home.log().find("password-") == std::string::npos);
  }
  CHECK(eventually([&] { return sessions_of(outside, "reload_load") == 0; }));
}

TEST_CASE("what is changed in force is felt: sizes, timeouts and where the sessions lead") {
  observer outside;
  config made = sandbox_config("reload_felt", "URL", 8);
  primary(made).pool.min_connections = 8;
  live_runtime home{made};
  REQUIRE(eventually([&] { return home.db.snapshot().idle == 8; }));
  const statement pid = sql("SELECT pg_backend_pid()", read_only);

  SECTION("fewer connections") {
    primary(made).pool.max_connections = primary(made).pool.min_connections = 3;
    REQUIRE(home.on.reconfigure(made).applied);
    CHECK(eventually([&] { return sessions_of(outside, "reload_felt") == 3; }));
    CHECK(home.db.snapshot().max_connections == 3);
  }
  SECTION("a shorter time for statements") {
    primary(made).statements.timeout = 100ms;
    REQUIRE(home.on.reconfigure(made).applied);
    CHECK(why_not(home.db, "SELECT pg_sleep(20)").code == errc::deadline_exceeded);
  }
  SECTION("another service name renews every session") {
    made.runtime.service = "reload_renamed";
    REQUIRE(home.on.reconfigure(made).applied);
    CHECK(eventually([&] { return sessions_of(outside, "reload_renamed") == 8; }));
    CHECK(eventually([&] { return sessions_of(outside, "reload_felt") == 0; }));
    CHECK(home.on.snapshot(1s).service == "reload_renamed");
  }
  SECTION("a lease keeps its session while the others are renewed") {
    std::optional<lease> kept{home.db.lease().get()};
    const int before = kept->execute(pid).get().scalar<int>();
    made.runtime.service = "reload_renamed";
    REQUIRE(home.on.reconfigure(made).applied);
    CHECK(eventually([&] { return sessions_of(outside, "reload_renamed") == 7; }));
    CHECK(kept->execute(pid).get().scalar<int>() == before);
    kept.reset();
    CHECK(eventually([&] { return sessions_of(outside, "reload_felt") == 0; }));
  }
  SECTION("what takes a restart is named and left") {
    made.runtime.threads = 3;
    made.databases.push_back(sandbox_database());
    made.databases.back().name = "another";
    const reload_report told = home.on.reconfigure(made);
    CHECK(told.applied);
    REQUIRE(told.need_restart.size() == 2);
    CHECK(told.need_restart.front() == "runtime.threads: 0 -> 3");
    CHECK(home.on.reconfigure(made).need_restart.size() == 2);
  }
}

TEST_CASE("a reload with a mistake is refused as a whole and says why") {
  observer outside;
  config made = sandbox_config("reload_refused", "URL", 4);
  primary(made).pool.min_connections = 4;
  live_runtime home{made};
  REQUIRE(eventually([&] { return home.db.snapshot().idle == 4; }));
  const auto pids = [&] {
    return outside
        .rows("SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity "
              "WHERE application_name LIKE 'reload_refused/%'")
        .scalar<std::string>();
  };
  const std::string before = pids();
  config wrong = made;
  primary(wrong).pool.max_connections = 9; // and this must not be felt either
  std::string reason;
  SECTION("a value out of range") {
    primary(wrong).pool.queue_length = 0;
    reason = "queue_length";
  }
  SECTION("a host that nobody has") {
    primary(wrong).target.parameters["host"] = "127.0.0.1";
    primary(wrong).target.parameters["port"] = "1";
    reason = "cannot connect to host 127.0.0.1 port 1";
  }
  SECTION("a wrong password") {
    primary(wrong).target.password = secret{"not-the-password"};
    reason = "password authentication failed";
  }
  SECTION("a database that is not there") {
    primary(wrong).target.parameters["dbname"] = "nowhere";
    reason = "does not exist";
  }
  SECTION("an actor that nobody can make") {
    wrong.children.push_back(default_child(base_profile::production, "sweeper"));
    wrong.children.back().actor = "sweeper";
    reason = "no factory is registered";
  }
  SECTION("no database at all") {
    wrong.databases.clear();
    reason = "no database is given";
  }
  const reload_report told = home.on.reconfigure(wrong);
  CHECK_FALSE(told.applied);
  INFO(told.reason);
  CHECK(told.reason.find(reason) != std::string::npos);
  CHECK(told.reason.find("not-the-password") == std::string::npos);
  CHECK(told.changes.empty());
  CHECK(home.db.snapshot().max_connections == 4);
  CHECK(home.db.execute(same, 5).get().scalar<int>() == 5);
  CHECK(pids() == before);
  CHECK(home.on.snapshot().reload.refused_total == 1);
  CHECK(home.on.snapshot().reload.last->reason == told.reason);
  // And the next right one is taken.
  primary(made).pool.max_connections = 5;
  CHECK(home.on.reconfigure(made).applied);
  CHECK(eventually([&] { return home.db.snapshot().max_connections == 5; }));
}

TEST_CASE("a file that changes is read again, and one with a mistake is refused") {
  config_file file;
  const auto runtime_from_file = [&] {
    embedding with;
    with.sinks = {std::make_shared<spdlog::sinks::ostream_sink_mt>(std::cerr)};
    with.sinks.front()->set_level(spdlog::level::off);
    with.source = config_source{file.path(), std::nullopt, {}};
    return std::make_unique<runtime>(load_config(file.path()), std::move(with));
  };
  const auto most = [](const runtime& on) {
    return on.database("primary").snapshot().max_connections;
  };
  SECTION("written in place") {
    file.write(4);
    const auto on = runtime_from_file();
    file.write(6);
    CHECK(eventually([&] { return most(*on) == 6; }));
    file.write(7, "[database.primary.queue]\n");
    CHECK(eventually([&] { return on->snapshot().reload.refused_total == 1; }));
    CHECK(on->snapshot().reload.last->trigger == "file");
    CHECK(most(*on) == 6);
    file.write(7);
    CHECK(eventually([&] { return most(*on) == 7; }));
  }
  SECTION("behind links that are replaced") {
    file.write_behind_links(4);
    const auto on = runtime_from_file();
    file.write_behind_links(6);
    CHECK(eventually([&] { return most(*on) == 6; }));
  }
}

TEST_CASE("SIGHUP reads the file again") {
  config_file file;
  file.write(4);
  config read = load_config(file.path());
  embedding with;
  with.sinks = {std::make_shared<spdlog::sinks::ostream_sink_mt>(std::cerr)};
  with.sinks.front()->set_level(spdlog::level::off);
  with.source = config_source{file.path(), std::nullopt, {}, false, true};
  with.source->adjust = [](config& each) { primary(each).pool.min_connections = 1; };
  runtime on{read, std::move(with)};
  file.write(6);
  REQUIRE(kill(getpid(), SIGHUP) == 0);
  CHECK(eventually([&] { return on.database("primary").snapshot().max_connections == 6; }));
  CHECK(on.snapshot().reload.last->trigger == "signal");
  const std::vector<std::string> changes = on.snapshot().reload.last->changes;
  CHECK(std::set<std::string>{changes.begin(), changes.end()} ==
        std::set<std::string>{"database.primary.pool.max_connections: 4 -> 6",
                              "database.primary.pool.min_connections: 2 -> 1"});
}
