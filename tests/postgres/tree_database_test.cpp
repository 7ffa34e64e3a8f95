// What becomes of a database when an actor of it ends on a defect, and when it does not.

#include "tests/support/live_tree.hpp"

using namespace freehold;
using namespace freehold::testing;

namespace {

/// The actor behind a database handle that a test ends as a defect would.
void end_abnormally(const database& db) {
  caf::anon_send_exit(db.actor(), caf::exit_reason::unhandled_exception);
}

} // namespace

TEST_CASE("a database whose actors end on a defect is started again under the same handles") {
  counters actors;
  live_tree tree{"tree_database", "", actors};
  const database db = tree.on->database("primary");
  CHECK(db.execute(sql("SELECT 1")).get().scalar<int>() == 1);
  end_abnormally(db);
  REQUIRE(eventually([&] { return tree.shown("primary").restarts_total == 1; }));
  REQUIRE(tree.settled("primary", child_state::running));
  CHECK(db.execute(sql("SELECT 2")).get().scalar<int>() == 2);
  caf::scoped_actor self{tree.system};
  self->request(db.actor(), 5s, db.request(sql("SELECT 3")))
      .receive([](const result_set& rows) { CHECK(rows.scalar<int>() == 3); },
               [&](const caf::error& why) { FAIL(tree.system.render(why)); });
  CHECK(db.snapshot().connects_total >= 1);
  observer outside;
  CHECK(eventually([&] { return sessions_of(outside, "tree_database") <= 2; }));
  tree.on->stop();
  CHECK(eventually([&] { return sessions_of(outside, "tree_database") == 0; }));
  CHECK(tree.logged("runtime/primary is restarted (1 of at most 2 in 60000 ms)"));
}

TEST_CASE("a database that keeps ending fails the runtime, and everybody is answered") {
  counters actors;
  live_tree tree{"tree_doomed", "", actors};
  const database db = tree.on->database("primary");
  for (int i = 0; i < 3; ++i) {
    end_abnormally(db);
    // Counted before it is there: who strikes between the two strikes one that is dead already.
    REQUIRE(eventually([&] {
      const child_snapshot now = tree.shown("primary");
      return tree.failed ||
             (now.restarts_total == std::uint64_t(i + 1) && now.state == child_state::running);
    }));
  }
  REQUIRE(eventually([&] { return tree.failed.load(); }));
  CHECK(says(why_not(db, "SELECT 1"), "its requests actor ended"));
  CHECK(tree.shown("primary").state == child_state::failed);
}

TEST_CASE("sessions that the server ends never count as restarts") {
  counters actors;
  observer outside;
  live_tree tree{"tree_outage", "", actors};
  const database db = tree.on->database("primary");
  for (int i = 0; i < 10; ++i) {
    db.execute(bind(sql("SELECT 1", read_only)), [](outcome&&) {}); // whatever becomes of it
    REQUIRE(eventually([&] { return terminate_all(outside, "tree_outage") > 0; }));
  }
  const std::uint64_t lost = db.snapshot().sessions_lost_total;
  CHECK(lost > 0);
  CHECK(eventually([&] { return db.snapshot().idle > 0; }));
  CHECK(tree.shown("primary").restarts_total == 0);
  CHECK(tree.on->snapshot().failure.empty());
}
