// The service's own actors in the supervision tree of a runtime.

#include "tests/support/live_tree.hpp"

using namespace freehold;
using namespace freehold::testing;

TEST_CASE("a service's actor from the file uses a database, and is restarted when it is killed") {
  counters actors;
  live_tree tree{"tree_restart", "[child.counter]\nactor = \"counter\"\n", actors};
  REQUIRE(tree.settled("counter", child_state::running));
  CHECK(count_on(tree.system, actors.latest("counter")) == 1);
  caf::anon_send_exit(actors.latest("counter"), caf::exit_reason::kill);
  REQUIRE(eventually([&] { return tree.shown("counter").restarts_total == 1; }));
  REQUIRE(tree.settled("counter", child_state::running));
  CHECK(count_on(tree.system, actors.latest("counter")) == 2);
  CHECK(tree.shown("counter").last_reason == "it was killed");
  CHECK(tree.shown("counter").kind == "actor");
  CHECK(tree.shown("primary").kind == "database");
  CHECK(tree.shown("primary").restarts_total == 0);
  tree.on->stop();
  CHECK(tree.shown("counter").state == child_state::stopped);
  CHECK(tree.shown("primary").state == child_state::stopped);
  CHECK(tree.logged("runtime/primary started"));
  CHECK(tree.logged("runtime/counter started"));
  CHECK(tree.logged("runtime/counter is restarted (1 of at most 2 in 60000 ms)"));
  CHECK(tree.logged("runtime/counter restarted"));
}

TEST_CASE("a group of the file restarts by its strategy and then hands the failure on") {
  counters actors;
  live_tree tree{"tree_group",
                 "[child.group]\nstrategy = \"rest_for_one\"\nrestarts = 1\n"
                 "[child.group.child.cache]\nactor = \"cache\"\n"
                 "[child.group.child.counter]\nactor = \"counter\"\n",
                 actors};
  REQUIRE(tree.settled("group", child_state::running));
  REQUIRE(eventually([&] { return actors.made("counter") == 1; }));
  actors.crash("counter");
  CHECK(actors.made("cache") == 1);
  // Its one restart is used up: the group fails and the runtime starts it again.
  actors.crash("cache");
  CHECK(eventually([&] { return actors.made("counter") == 3; }));
  CHECK(eventually([&] { return tree.shown("group").restarts_total == 1; }));
  REQUIRE(tree.settled("group", child_state::running));
  CHECK(count_on(tree.system, actors.latest("counter")) == 1);
  CHECK_FALSE(tree.failed);
  tree.on->stop();
  CHECK(tree.logged("runtime/group had to restart a child more than 1 times in 30000 ms "
                    "(child.group.restarts, child.group.period); the last was "
                    "runtime/group/cache"));
}

TEST_CASE("over the intensity of the root the runtime fails, says why and refuses requests") {
  counters actors;
  observer outside;
  live_tree tree{"tree_failure", "[child.counter]\nactor = \"counter\"\n", actors};
  REQUIRE(eventually([&] { return actors.made("counter") == 1; }));
  actors.crash("counter");
  actors.crash("counter");
  const database db = tree.on->database("primary");
  CHECK_FALSE(tree.failed);
  caf::anon_send_exit(actors.latest("counter"), caf::exit_reason::unhandled_exception);
  REQUIRE(eventually([&] { return tree.failed.load(); }));
  CHECK(tree.failure.find("runtime.supervision.restarts") != std::string::npos);
  const error why = why_not(db, "SELECT 1");
  CHECK(why.code == errc::stopped);
  CHECK(says(why, "the runtime has failed: "));
  CHECK(says(why, "the last was runtime/counter"));
  CHECK(tree.on->snapshot().failure == tree.failure);
  CHECK(tree.settled("primary", child_state::stopped));
  CHECK(tree.on->snapshot().tree.state == child_state::failed);
  CHECK(eventually([&] { return sessions_of(outside, "tree_failure") == 0; }));
  CHECK(actors.made("counter") == 3);
  tree.on->stop();
  CHECK(tree.logged("[critical] runtime had to restart a child more than 2 times"));
}

TEST_CASE("the service's children stop before the databases do") {
  counters actors;
  std::atomic<bool> wrote{false};
  config options = sandbox_config("tree_order", "URL", 2);
  child_options child = default_child(base_profile::production, "writer");
  child.actor = "writer";
  embedding with;
  with.sinks = {std::make_shared<spdlog::sinks::ostream_sink_mt>(std::cerr)};
  with.sinks.front()->set_level(spdlog::level::off);
  with.children = {child};
  // Writes once more when it is asked to end, and ends with the answer.
  with.actors["writer"] = [&](caf::actor_system& system, const runtime& on) -> caf::actor {
    return system.spawn([&, db = on.database("primary")](caf::event_based_actor* self) {
      self->set_exit_handler([&wrote, self, db](caf::exit_msg&) {
        db.execute(bind(sql("SELECT 'the last words'")),
                   [&wrote, me = caf::actor{self}](outcome&& answer) {
                     wrote = !answer.why;
                     caf::anon_send_exit(me, caf::exit_reason::kill);
                   });
      });
      return caf::behavior{[](int) {}};
    });
  };
  {
    runtime on{options, std::move(with)};
    REQUIRE(eventually(
        [&] { return on.snapshot().tree.children.back().state == child_state::running; }));
  }
  CHECK(wrote);
}

TEST_CASE("a child of the file replaces the one that code declares under its name") {
  counters actors;
  child_options first = default_child(base_profile::production, "counter");
  first.actor = "counter";
  child_options second = default_child(base_profile::production, "second");
  second.actor = "cache";
  live_tree tree{"tree_merge",
                 "[child.extra]\nactor = \"cache\"\n[child.counter]\nactor = \"cache\"\n",
                 actors,
                 {first, second}};
  REQUIRE(tree.settled("extra", child_state::running));
  const child_snapshot root = tree.on->snapshot().tree;
  REQUIRE(root.children.size() == 4);
  CHECK(root.children[0].name == "primary");
  CHECK(root.children[1].name == "counter");
  CHECK(root.children[2].name == "second");
  CHECK(root.children[3].name == "extra");
  CHECK(actors.made("counter") == 0);
  CHECK(actors.made("cache") == 3);
}

TEST_CASE("a factory that nobody registered is refused with the names of those there are") {
  config options = sandbox_config("tree_unknown");
  child_options child = default_child(base_profile::production, "sweeper");
  child.actor = "sweper";
  options.children = {child};
  embedding with;
  const actor_factory none = [](caf::actor_system&, const runtime&) { return caf::actor{}; };
  with.actors = {{"sweeper", none}, {"audit", none}};
  try {
    const runtime on{options, with};
    FAIL("it was accepted");
  } catch (const config_error& refused) {
    REQUIRE(refused.problems().size() == 1);
    CHECK(refused.problems().front().key == "child.sweeper.actor");
    CHECK(refused.problems().front().message ==
          "no factory is registered as \"sweper\" (embedding::actors); there are: audit, sweeper; "
          "did you mean sweeper?");
  }
}
