// The actors of a database when one of them ends on a defect.

#include "actors/database_core.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/simulated_database.hpp"

#include <freehold/database.hpp>

#include <atomic>
#include <thread>

using namespace freehold;
using namespace freehold::testing;

namespace {

/// A core on the test scheduler, as the runtime has one.
class simulated_core {
public:
  simulated_core()
      : scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())} {
    server_->respond = [](const std::string& sql, const parameters&) {
      std::optional<result_set> rows;
      if (sql.find("pg_backend_pid") != std::string::npos)
        rows = make_result_set({"pid", "same", "strict", "set", "start"},
                               {{"4711", "t", "f", "", std::nullopt}});
      return rows;
    };
    scheduler_.advance_time(std::chrono::steady_clock::now().time_since_epoch());
    auto context = std::make_shared<database_context>();
    context->options = default_database(base_profile::production, "primary");
    context->log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    context->connect = [this](const session_request&) {
      auto made = std::make_unique<scripted_session>(server_);
      sessions.push_back(made.get());
      return made;
    };
    context->ids = std::make_shared<query_ids>(7);
    context->own_threads = false;
    core = std::make_shared<database_core>(context, system_);
    core->start();
    run();
  }
  simulated_core(const simulated_core&) = delete;
  simulated_core& operator=(const simulated_core&) = delete;
  ~simulated_core() {
    caf::anon_send(core->supervisor(), stop_database{});
    run();
    core->end_requests();
    run();
  }

  void run() {
    scheduler_.run_jobs_filtered([](caf::resumable*) { return true; });
  }
  [[nodiscard]] errc asked() {
    const auto answer = std::make_shared<errc>(errc::internal);
    database{core}.execute(bind(read_one), [answer](outcome&& got) {
      *answer = got.why ? got.why->code : errc::none;
    });
    run();
    return *answer;
  }

  std::ostringstream log;
  std::vector<scripted_session*> sessions; // some may have ended
  std::shared_ptr<database_core> core;

private:
  struct test_config : caf::actor_system_config {
    test_config() { set("scheduler.policy", caf::atom("testing")); }
  };
  std::shared_ptr<scripted_server> server_ = std::make_shared<scripted_server>();
  test_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_;
};

} // namespace

TEST_CASE("a handle goes on with the supervisor that took the place of one that ended") {
  simulated_core home;
  const requests_actor before = home.core->requests();
  CHECK(home.asked() == errc::none);
  caf::anon_send_exit(home.core->supervisor(), caf::exit_reason::kill);
  home.run();
  // Clearly answered while there is none.
  CHECK(home.asked() == errc::connection_lost);
  home.core->start();
  home.run();
  CHECK(home.asked() == errc::none);
  CHECK(home.core->requests() == before);
}

TEST_CASE("a requests actor that ends takes the supervisor with it, and both are replaced") {
  simulated_core home;
  const requests_actor before = home.core->requests();
  caf::anon_send_exit(before, caf::exit_reason::kill);
  home.run();
  CHECK(home.log.str().find("gives up: its requests actor ended") != std::string::npos);
  home.core->start();
  home.run();
  CHECK(home.core->requests() != before);
  CHECK(home.asked() == errc::none);
}

TEST_CASE("a handle that refuses says the first reason it was given") {
  simulated_core home;
  home.core->refuse("the runtime has failed");
  home.core->refuse("the runtime has stopped");
  std::string told;
  database{home.core}.execute(bind(read_one), [&](outcome&& got) { told = to_string(*got.why); });
  CHECK(told.find("the runtime has failed") != std::string::npos);
}

TEST_CASE("connections that keep ending on defects end their supervisor, single ones do not") {
  simulated_core home;
  std::size_t broken = 0;
  for (int i = 0; i < 20 && home.log.str().find("gives up") == std::string::npos; ++i) {
    REQUIRE_FALSE(home.sessions.empty());
    // What it throws is no failure of the database but a defect.
    home.sessions.back()->before_reply = [&broken] {
      ++broken;
      throw std::logic_error{"defect"};
    };
    static_cast<void>(home.asked());
  }
  CHECK(broken == home.core->context->supervision.restarts + 1);
  CHECK(home.log.str().find("more than 5 connections ended without a word in 30000 ms "
                            "(runtime.supervision)") != std::string::npos);
  home.core->start();
  home.run();
  CHECK(home.asked() == errc::none);
}

TEST_CASE("a supervisor that is killed has its session closed by the thread that owns it") {
  std::ostringstream log;
  std::atomic<int> opened{0};
  std::atomic<int> closed{0};
  std::atomic<int> elsewhere{0};
  const auto server = std::make_shared<scripted_server>();
  server->respond = [](const std::string&, const parameters&) {
    return make_result_set({"pid", "same", "strict", "set", "start"},
                           {{"4711", "t", "f", "", std::nullopt}});
  };
  auto context = std::make_shared<database_context>();
  context->options = default_database(base_profile::production, "primary");
  context->options.pool.max_connections = 1; // scripts are for one thread
  context->options.pool.min_connections = 1;
  context->log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
  context->ids = std::make_shared<query_ids>(7);
  context->connect = [&](const session_request&) {
    auto made = std::make_unique<scripted_session>(server);
    const std::shared_ptr<void> until_closed{nullptr,
                                             [&, owner = std::this_thread::get_id()](void*) {
                                               if (std::this_thread::get_id() != owner)
                                                 ++elsewhere;
                                               ++closed;
                                             }};
    made->before_reply = [until_closed] {};
    ++opened;
    return made;
  };
  caf::actor_system_config config;
  caf::actor_system system{config};
  database_core core{context, system};
  core.start();
  REQUIRE(eventually([&] { return opened == 1; }));
  caf::anon_send_exit(core.supervisor(), caf::exit_reason::kill);
  CHECK(context->connections->empty_by(std::chrono::steady_clock::now() + std::chrono::seconds{5}));
  CHECK(closed == 1);
  CHECK(elsewhere == 0);
  core.end_requests();
}
