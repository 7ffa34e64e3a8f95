#include "tests/support/catch.hpp"
#include "tests/support/simulated_tree.hpp"

#include <freehold/messages.hpp>

#include <future>

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

TEST_CASE("a child that crashes is restarted alone, and the log and the snapshot say why") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_one);
  const auto before = tree.shown("b").since;
  tree.crash("b");
  CHECK(tree.events() == "-b +b");
  CHECK(tree.shown("b").state == child_state::running);
  CHECK(tree.shown("b").restarts_total == 1);
  CHECK(tree.shown("b").since >= before);
  CHECK_FALSE(tree.shown("b").last_reason.empty());
  CHECK(tree.shown("a").restarts_total == 0);
  CHECK(tree.shown("a").last_reason.empty());
  CHECK(tree.logged("runtime/b started"));
  CHECK(tree.logged("runtime/b ended after"));
  CHECK(tree.logged("runtime/b is restarted (1 of at most 3 in 10000 ms)"));
  CHECK(tree.logged("runtime/b restarted"));
}

TEST_CASE("one for all stops the siblings in reverse order and starts all in order again") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_all);
  tree.crash("b");
  CHECK(tree.events() == "-b -c -a +a +b +c");
  CHECK(tree.shown("a").restarts_total == 1);
  CHECK(tree.shown("c").restarts_total == 1);
  CHECK(tree.logged("runtime/a is restarted with runtime/b"));
}

TEST_CASE("rest for one restarts those that were started later with it") {
  simulated_tree tree;
  three(tree, restart_strategy::rest_for_one);
  tree.crash("b");
  CHECK(tree.events() == "-b -c +b +c");
  CHECK(tree.shown("a").restarts_total == 0);
}

TEST_CASE("temporary and finished transient children are not restarted, crashed ones are") {
  simulated_tree tree;
  tree.root_spec.children = {tree.actor("passing", restart_policy::temporary),
                             tree.actor("task", restart_policy::transient),
                             tree.actor("job", restart_policy::transient)};
  tree.plant();
  static_cast<void>(tree.events());
  tree.crash("passing");
  tree.finish("task");
  tree.crash("job");
  CHECK(tree.events() == "-passing -task -job +job");
  CHECK(tree.shown("passing").state == child_state::stopped);
  CHECK(tree.shown("task").state == child_state::stopped);
  CHECK(tree.shown("task").last_reason == "it finished");
  CHECK(tree.shown("job").state == child_state::running);
}

TEST_CASE("a killed child is restarted and its reason told") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_one);
  caf::anon_send_exit(tree.actors.at("a"), caf::exit_reason::kill);
  tree.run();
  CHECK(tree.events() == "-a +a");
  CHECK(tree.shown("a").last_reason == "it was killed");
}

TEST_CASE("a reason that is an error of Freehold is told in its words") {
  simulated_tree tree;
  error lost;
  lost.code = errc::connect_failed;
  lost.message = "cannot connect to host db: refused";
  const caf::error reason = to_caf_error(std::make_shared<const error>(lost));
  CHECK(describe_reason(tree.system(), reason) == lost.message);
  CHECK(describe_reason(tree.system(), {}) == "it finished");
  CHECK(describe_reason(tree.system(), caf::exit_reason::user_shutdown) == "it was asked to");
}

TEST_CASE("a shutdown stops the children in reverse order, each after the one before ended") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_one);
  tree.stubborn.insert("c");
  tree.stop();
  CHECK(tree.events().empty());
  CHECK(tree.shown("c").state == child_state::stopping);
  CHECK(tree.shown("b").state == child_state::running);
  tree.finish("c");
  CHECK(tree.events() == "-c -b -a");
  CHECK(tree.shown("").state == child_state::stopped);
  CHECK(tree.shown("a").state == child_state::stopped);
  CHECK_FALSE(tree.board->left_somebody());
}

TEST_CASE("a child that does not end within its shutdown is killed and named in the log") {
  simulated_tree tree;
  tree.root_spec.children = {tree.actor("slow"), tree.actor("other")};
  tree.root_spec.children.front().shutdown = 2s;
  tree.stubborn.insert("slow");
  tree.plant();
  static_cast<void>(tree.events());
  tree.stop();
  CHECK(tree.events() == "-other");
  tree.advance(1'900ms);
  CHECK(tree.events().empty());
  tree.advance(200ms);
  CHECK(tree.events() == "-slow");
  CHECK(tree.logged("runtime/slow did not end within 2000 ms (its shutdown) and is killed"));
  CHECK(tree.shown("").state == child_state::stopped);
}

TEST_CASE("a child with a shutdown of zero is killed without being asked") {
  simulated_tree tree;
  tree.root_spec.children = {tree.actor("brief")};
  tree.root_spec.children.front().shutdown = 0ms;
  tree.stubborn.insert("brief");
  tree.plant();
  tree.stop();
  CHECK(tree.events() == "+brief -brief");
}

TEST_CASE("an actor whose code does not return is left behind, and the tree goes on") {
  std::promise<void> busy;
  std::promise<void> release;
  simulated_tree tree;
  child_specification stuck = tree.actor("stuck");
  stuck.shutdown = 1s;
  stuck.start = [&] {
    const caf::actor made = tree.system().spawn<caf::detached>([&](caf::event_based_actor*) {
      return caf::behavior{[&](int) {
        busy.set_value();
        release.get_future().wait();
      }};
    });
    caf::anon_send(made, 1);
    return made;
  };
  tree.root_spec.children = {tree.actor("a"), stuck};
  tree.plant();
  busy.get_future().wait();
  tree.stop();
  tree.advance(1s);
  CHECK(tree.logged("runtime/stuck did not end within 1000 ms"));
  CHECK_FALSE(tree.board->left_somebody());
  tree.advance(kill_grace);
  CHECK(tree.logged("runtime/stuck does not end although it was killed"));
  CHECK(tree.board->left_somebody());
  CHECK(tree.events() == "+a -a");
  CHECK(tree.shown("").state == child_state::stopped);
  release.set_value();
}

TEST_CASE("a shutdown reaches the children of nested supervisors before those started earlier") {
  simulated_tree tree;
  supervisor_specification inner;
  inner.children = {tree.actor("cache"), tree.actor("index")};
  tree.root_spec.children = {tree.actor("a"), tree.supervisor("search", inner), tree.actor("z")};
  tree.plant();
  static_cast<void>(tree.events());
  tree.stop();
  CHECK(tree.events() == "-z -index -cache -a");
  CHECK(tree.shown("search").state == child_state::stopped);
}

TEST_CASE("a supervisor that is killed takes its children with it and is restarted") {
  simulated_tree tree;
  supervisor_specification inner;
  inner.children = {tree.actor("cache")};
  tree.root_spec.children = {tree.supervisor("search", inner)};
  tree.plant();
  static_cast<void>(tree.events());
  const caf::actor old = tree.actors.at("cache");
  caf::anon_send_exit(tree.actors.at("search"), caf::exit_reason::kill);
  tree.run();
  const std::string events = tree.events();
  CHECK((events == "-cache +cache" || events == "+cache -cache"));
  CHECK(tree.actors.at("cache") != old);
  CHECK(tree.shown("search/cache").state == child_state::running);
}
