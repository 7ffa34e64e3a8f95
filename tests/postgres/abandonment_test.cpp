// Nobody waits for the answer any more: the server is told so, and the session is kept.

#include "tests/support/live_runtime.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <spdlog/sinks/null_sink.h>

#include <optional>

using namespace freehold;
using namespace freehold::testing;

namespace {

const statement backend{"abandoned backend", "SELECT pg_backend_pid()"};

// Takes a minute; `mark` tells it from others.
bound_statement sleeps(const std::string& mark, effect what = writes) {
  return freehold::bind(
      statement{"sleeps " + mark, "SELECT pg_sleep(60) /* " + mark + " */", what});
}

int running(observer& outside, const std::string& mark) {
  return outside
      .rows(freehold::bind(statement{"running",
                                     "SELECT count(*) FROM pg_stat_activity WHERE state = "
                                     "'active' AND query LIKE '%/* ' || $1 || ' */%' AND pid <> "
                                     "pg_backend_pid()"},
                           mark))
      .scalar<int>();
}

bool starts(observer& outside, const std::string& mark) {
  return eventually([&] { return running(outside, mark) == 1; });
}

bool ends_soon(observer& outside, const std::string& mark) {
  return eventually([&] { return running(outside, mark) == 0; }, 1s);
}

} // namespace

TEST_CASE("a dropped future ends the running query within a second and keeps the session") {
  for (const effect what : {writes, read_only}) {
    live_runtime home{sandbox_config("abandoned_future", "URL", 1)};
    observer outside;
    const int pid = home.db.execute(backend).get().scalar<int>();
    {
      const auto dropped = home.db.execute(sleeps("future", what));
      REQUIRE(starts(outside, "future"));
    }
    CHECK(ends_soon(outside, "future"));
    CHECK(home.db.execute(backend).get().scalar<int>() == pid);
    CHECK(home.db.snapshot().sessions_lost_total == 0);
  }
}

TEST_CASE("behind a pooler too") {
  live_runtime home{sandbox_config("abandoned_pooled", "POOLER_URL", 1)};
  observer outside;
  {
    const auto dropped = home.db.execute(sleeps("pooled"));
    REQUIRE(starts(outside, "pooled"));
  }
  CHECK(ends_soon(outside, "pooled"));
  CHECK(home.db.execute(sql("SELECT 7")).get().scalar<int>() == 7);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a dropped transaction is rolled back, also between its statements") {
  live_runtime home{sandbox_config("abandoned_tx", "URL", 1)};
  observer outside;
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS abandoned_tx")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE abandoned_tx (id int)")).get());
  const int pid = home.db.execute(backend).get().scalar<int>();
  {
    const auto dropped = home.db.transact([](transaction& tx) {
      tx.execute(sql("INSERT INTO abandoned_tx VALUES (1)"));
      tx.execute(sleeps("function"));
    });
    REQUIRE(starts(outside, "function"));
  }
  CHECK(ends_soon(outside, "function"));
  const auto at_work = std::make_shared<std::atomic<bool>>(false);
  const auto dropped_now = std::make_shared<std::atomic<bool>>(false);
  {
    const auto dropped = home.db.transact([=](transaction& tx) {
      tx.execute(sql("INSERT INTO abandoned_tx VALUES (2)"));
      *at_work = true;
      static_cast<void>(eventually([&] { return dropped_now->load(); }));
    });
    REQUIRE(eventually([&] { return at_work->load(); }));
  }
  *dropped_now = true;
  CHECK(home.db.execute(backend).get().scalar<int>() == pid);
  CHECK(home.db.execute(sql("SELECT count(*) FROM abandoned_tx")).get().scalar<int>() == 0);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("a dropped COPY of a transaction ends") {
  live_runtime home{sandbox_config("abandoned_copy", "URL", 1)};
  const int pid = home.db.execute(backend).get().scalar<int>();
  const auto rows = std::make_shared<std::atomic<int>>(0);
  {
    const auto dropped = home.db.transact([rows](transaction& tx) {
      tx.copy_out(sql("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT"),
                  [&](std::string_view) { ++*rows; });
    });
    REQUIRE(eventually([&] { return *rows > 100; }));
  }
  CHECK(home.db.execute(backend).get().scalar<int>() == pid);
}

TEST_CASE("a dropped statement of a lease ends, and the lease goes on") {
  live_runtime home{sandbox_config("abandoned_lease", "URL", 1)};
  observer outside;
  const lease held = home.db.lease().get();
  const int pid = held.execute(backend).get().scalar<int>();
  {
    const auto dropped = held.execute(sleeps("lease"));
    REQUIRE(starts(outside, "lease"));
  }
  CHECK(ends_soon(outside, "lease"));
  CHECK(held.execute(backend).get().scalar<int>() == pid);
}

TEST_CASE("what waits in the queue and is dropped is never sent") {
  live_runtime home{sandbox_config("abandoned_queue", "URL", 1)};
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS abandoned_queue")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE abandoned_queue (id int)")).get());
  std::optional<lease> held{home.db.lease().get()};
  static_cast<void>(held->execute(sql("SELECT 1")).get());
  {
    std::vector<future<result_set>> dropped;
    for (int i = 0; i < 10; ++i)
      dropped.push_back(home.db.execute(sql("INSERT INTO abandoned_queue VALUES (1)")));
    CHECK(home.db.snapshot().waiting == 10);
  }
  CHECK(eventually([&] { return home.db.snapshot().waiting == 0; }, 1s));
  held.reset();
  CHECK(home.db.execute(sql("SELECT count(*) FROM abandoned_queue")).get().scalar<int>() == 0);
}

TEST_CASE("the work of others in the same pipeline is not harmed") {
  live_runtime home{sandbox_config("abandoned_company", "URL", 1)};
  observer outside;
  static_cast<void>(home.db.execute(sql("DROP TABLE IF EXISTS abandoned_company")).get());
  static_cast<void>(home.db.execute(sql("CREATE TABLE abandoned_company (id int)")).get());
  const statement add{"abandoned add", "INSERT INTO abandoned_company VALUES ($1)"};
  const statement slow{"abandoned slow", "SELECT pg_sleep(0.3), $1::int", read_only};
  const int pid = home.db.execute(backend).get().scalar<int>();
  // All of it gathers behind the first, and goes out together.
  auto first = home.db.execute(freehold::bind(sql("SELECT pg_sleep(0.2)")));
  std::vector<future<result_set>> reads;
  std::vector<future<result_set>> writes_of_others;
  {
    std::vector<future<result_set>> dropped;
    for (int i = 0; i < 3; ++i) {
      reads.push_back(home.db.execute(freehold::bind(slow, i)));
      dropped.push_back(home.db.execute(sleeps("company", read_only)));
      writes_of_others.push_back(home.db.execute(freehold::bind(add, i)));
    }
    REQUIRE(starts(outside, "company"));
  }
  for (int i = 0; i < 3; ++i) {
    CHECK(reads[std::size_t(i)].get()[0].at<int>(1) == i);
    CHECK(writes_of_others[std::size_t(i)].get().affected_rows() == 1);
  }
  CHECK(first.get().size() == 1);
  CHECK(home.db.execute(sql("SELECT count(*) FROM abandoned_company")).get().scalar<int>() == 3);
  CHECK(home.db.execute(backend).get().scalar<int>() == pid);
  CHECK(home.db.snapshot().sessions_lost_total == 0);
}

TEST_CASE("an actor that died is no longer waited for: its query and its transaction end") {
  caf::actor_system_config settings;
  caf::actor_system system{settings};
  runtime on{sandbox_config("abandoned_actor", "URL", 1),
             {&system, {std::make_shared<spdlog::sinks::null_sink_mt>()}}};
  const database db = on.database("primary");
  observer outside;
  const int pid = db.execute(backend).get().scalar<int>();
  for (const bool whole : {false, true}) {
    const caf::actor requester = system.spawn([&](caf::event_based_actor* self) {
      if (whole)
        self->send(db.actor(), transact_message{[](transaction& tx) -> std::any {
                                                  tx.execute(sleeps("actor"));
                                                  return {};
                                                },
                                                {}});
      else
        self->send(db.actor(), execute_message{sleeps("actor"), {}});
      self->set_default_handler(caf::drop);
      self->become([](int) {}); // stays until it is told to go
    });
    REQUIRE(starts(outside, "actor"));
    caf::anon_send_exit(requester, caf::exit_reason::kill);
    CHECK(ends_soon(outside, "actor"));
    CHECK(db.execute(backend).get().scalar<int>() == pid);
  }
  CHECK(db.snapshot().sessions_lost_total == 0);
}
