// What becomes of a defect that restarting does not mend.

#include "tests/support/catch.hpp"
#include "tests/support/simulated_tree.hpp"

using namespace freehold;
using namespace freehold::testing;
using namespace std::chrono_literals;

TEST_CASE("restarts beyond the intensity stop all children and fail the root once") {
  simulated_tree tree;
  std::vector<std::string> failures;
  tree.root_spec.on_failure = [&](const std::string& why) { failures.push_back(why); };
  three(tree, restart_strategy::one_for_one, 2);
  tree.crash("a");
  tree.crash("b");
  CHECK(tree.events() == "-a +a -b +b");
  CHECK(failures.empty());
  tree.crash("a");
  CHECK(tree.events() == "-a -c -b");
  REQUIRE(failures.size() == 1);
  CHECK(failures.front().find("runtime had to restart a child more than 2 times in 10000 ms "
                              "(runtime.supervision.restarts") == 0);
  CHECK(failures.front().find("the last was runtime/a: ") != std::string::npos);
  CHECK(tree.shown("").state == child_state::failed);
  CHECK(tree.shown("a").state == child_state::failed);
  CHECK(tree.shown("b").state == child_state::stopped);
  CHECK(tree.logged("[critical] runtime had to restart"));
}

TEST_CASE("restarts further apart than the period never fail the root") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_one, 1);
  for (int i = 0; i < 5; ++i) {
    tree.crash("a");
    tree.advance(10s);
  }
  CHECK(tree.shown("a").restarts_total == 5);
  CHECK(tree.shown("").state == child_state::running);
}

TEST_CASE("a nested supervisor that gives up is restarted by its parent, children and all") {
  simulated_tree tree;
  supervisor_specification inner;
  inner.restarts = 1;
  inner.children = {tree.actor("cache"), tree.actor("index")};
  tree.root_spec.children = {tree.actor("a"), tree.supervisor("search", inner)};
  tree.plant();
  CHECK(tree.events() == "+a +cache +index");
  tree.crash("cache");
  CHECK(tree.events() == "-cache +cache");
  tree.crash("index");
  CHECK(tree.events() == "-index -cache +cache +index");
  CHECK(tree.shown("search").restarts_total == 1);
  CHECK(tree.shown("search").state == child_state::running);
  CHECK(tree.shown("search").last_reason.find("runtime/search had to restart") == 0);
  CHECK(tree.shown("search/index").state == child_state::running);
  CHECK(tree.shown("search/index").restarts_total == 1);
  CHECK(tree.logged("hands this to its parent"));
  CHECK(tree.shown("a").restarts_total == 0);
}

TEST_CASE("a defect that keeps coming back escalates through two levels to the root") {
  simulated_tree tree;
  std::string failure;
  tree.root_spec.on_failure = [&](const std::string& why) { failure = why; };
  tree.root_spec.restarts = 1;
  supervisor_specification inner;
  inner.restarts = 1;
  inner.children = {tree.actor("cache")};
  tree.root_spec.children = {tree.actor("a"), tree.supervisor("search", inner)};
  tree.plant();
  for (int i = 0; i < 4; ++i) {
    CHECK(failure.empty());
    tree.crash("cache");
  }
  CHECK(failure.find("the last was runtime/search: runtime/search had to restart") !=
        std::string::npos);
  CHECK(tree.shown("").state == child_state::failed);
  CHECK(tree.shown("search").state == child_state::failed);
  CHECK(tree.shown("search/cache").state == child_state::failed);
  CHECK(tree.shown("a").state == child_state::stopped);
  CHECK(tree.attempts["cache"] == 4);
}

TEST_CASE("a factory that throws is an attempt that counts, up to the intensity") {
  simulated_tree tree;
  std::string failure;
  tree.root_spec.on_failure = [&](const std::string& why) { failure = why; };
  tree.root_spec.restarts = 3;
  tree.root_spec.children = {tree.actor("a"), tree.actor("b")};
  tree.unable.insert("b");
  tree.plant();
  CHECK(tree.attempts["b"] == 4);
  CHECK(tree.events() == "+a -a");
  CHECK(failure.find("runtime/b: its factory threw: no disk for b") != std::string::npos);
  CHECK(tree.logged("runtime/b could not be started: its factory threw: no disk for b"));
  CHECK(tree.shown("b").state == child_state::failed);
}

TEST_CASE("a factory that fails for a while delays its child and no more") {
  simulated_tree tree;
  three(tree, restart_strategy::one_for_one);
  tree.absences["b"] = 2;
  tree.crash("b");
  CHECK(tree.events() == "-b +b");
  CHECK(tree.attempts["b"] == 4);
  CHECK(tree.logged("its factory returned no actor"));
  CHECK(tree.shown("b").state == child_state::running);
}

TEST_CASE("a callback that throws does not keep the tree from stopping its children") {
  simulated_tree tree;
  tree.root_spec.on_failure = [](const std::string&) { throw std::runtime_error{"no pager"}; };
  three(tree, restart_strategy::one_for_all, 0);
  tree.crash("a");
  CHECK(tree.events() == "-a -c -b");
  CHECK(tree.logged("on_failure threw: no pager"));
}
