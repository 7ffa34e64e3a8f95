#include "runtime/supervision_plan.hpp"
#include "tests/support/catch.hpp"

#include <optional>
#include <random>
#include <set>
#include <string>

using namespace freehold;
using namespace std::chrono_literals;
using action = supervision_step::action;

namespace {

constexpr auto permanent = restart_policy::permanent;
constexpr auto transient = restart_policy::transient;
constexpr auto temporary = restart_policy::temporary;

/// Carries out a plan's steps at once and keeps them: "+1 -2" started 1, stopped 2.
class stage {
public:
  stage(restart_strategy strategy, std::vector<restart_policy> children, std::size_t restarts = 3)
      : plan{strategy, restart_intensity{restarts, 10s}, children} {
    run();
  }

  consequence ends(std::size_t child, child_end how = child_end::abnormal) {
    const consequence result = plan.ended(child, how, now);
    up.erase(child);
    run();
    return result;
  }
  /// What was done since this was asked last.
  std::string steps() { return std::exchange(steps_, {}); }
  void run() {
    for (;;) {
      const supervision_step step = plan.next();
      if (step.what == action::wait)
        return;
      if (step.what == action::finish) {
        finished = true;
        return;
      }
      note(step.what == action::start ? '+' : '-', step.child);
      if (step.what == action::start && unable.count(step.child) != 0) {
        failures.push_back(plan.start_failed(step.child, now));
      } else if (step.what == action::start) {
        plan.started(step.child);
        up.insert(step.child);
      } else if (obedient) {
        CHECK(plan.ended(step.child, child_end::normal, now) == consequence::expected);
        up.erase(step.child);
      } else {
        return;
      }
    }
  }

  supervision_plan plan;
  supervision_plan::time_point now{1h};
  std::set<std::size_t> up;
  std::set<std::size_t> unable; // their starts fail
  std::vector<consequence> failures;
  bool obedient = true; // who is stopped ends at once
  bool finished = false;

private:
  void note(char what, std::size_t child) {
    steps_ += (steps_.empty() ? "" : " ") + std::string{what} + std::to_string(child);
  }
  std::string steps_;
};

} // namespace

TEST_CASE("children start in order and stop in the reverse one") {
  stage one{restart_strategy::one_for_one, {permanent, transient, temporary}};
  CHECK(one.steps() == "+0 +1 +2");
  one.plan.shut_down();
  one.run();
  CHECK(one.steps() == "-2 -1 -0");
  CHECK(one.finished);
  CHECK_FALSE(one.plan.failed());
}

TEST_CASE("one for one restarts the child that ended and no other") {
  stage one{restart_strategy::one_for_one, {permanent, permanent, permanent}};
  one.steps();
  CHECK(one.ends(1) == consequence::restart);
  CHECK(one.steps() == "+1");
}

TEST_CASE("one for all stops the siblings in reverse order and starts all in order") {
  stage all{restart_strategy::one_for_all, {permanent, permanent, permanent, permanent}};
  all.steps();
  CHECK(all.ends(1) == consequence::restart);
  CHECK(all.steps() == "-3 -2 -0 +0 +1 +2 +3");
}

TEST_CASE("rest for one stops those started later and starts them again") {
  stage rest{restart_strategy::rest_for_one, {permanent, permanent, permanent, permanent}};
  rest.steps();
  CHECK(rest.ends(1) == consequence::restart);
  CHECK(rest.steps() == "-3 -2 +1 +2 +3");
  CHECK(rest.ends(3) == consequence::restart);
  CHECK(rest.steps() == "+3");
}

TEST_CASE("a policy decides by how the child ended") {
  const auto after = [](restart_policy policy, child_end how) {
    stage one{restart_strategy::one_for_one, {policy}};
    return one.ends(0, how);
  };
  CHECK(after(permanent, child_end::normal) == consequence::restart);
  CHECK(after(permanent, child_end::abnormal) == consequence::restart);
  CHECK(after(transient, child_end::normal) == consequence::left);
  CHECK(after(transient, child_end::abnormal) == consequence::restart);
  CHECK(after(temporary, child_end::normal) == consequence::left);
  CHECK(after(temporary, child_end::abnormal) == consequence::left);
}

TEST_CASE("a child that is not restarted leaves its siblings alone") {
  stage all{restart_strategy::one_for_all, {permanent, temporary, transient}};
  all.steps();
  CHECK(all.ends(1) == consequence::left);
  CHECK(all.ends(2, child_end::normal) == consequence::left);
  CHECK(all.steps().empty());
}

TEST_CASE("a group restart brings back a finished transient child and no temporary one") {
  stage all{restart_strategy::one_for_all, {permanent, transient, temporary, temporary}};
  static_cast<void>(all.ends(1, child_end::normal));
  static_cast<void>(all.ends(2));
  all.steps();
  CHECK(all.ends(0) == consequence::restart);
  CHECK(all.steps() == "-3 +0 +1");
}

TEST_CASE("one restart more than allowed in the period stops all and fails") {
  stage one{restart_strategy::one_for_one, {permanent, permanent, permanent}, 2};
  CHECK(one.ends(1) == consequence::restart);
  CHECK(one.ends(2) == consequence::restart);
  CHECK(one.plan.recent(one.now) == 2);
  one.steps();
  CHECK(one.ends(1) == consequence::escalate);
  CHECK(one.steps() == "-2 -0");
  CHECK(one.finished);
  CHECK(one.plan.failed());
}

TEST_CASE("restarts that are further apart than the period never escalate") {
  stage one{restart_strategy::one_for_one, {permanent}, 1};
  for (int i = 0; i < 50; ++i) {
    CHECK(one.ends(0) == consequence::restart);
    one.now += 10s;
  }
}

TEST_CASE("a start that fails is tried again until the intensity says no") {
  stage one{restart_strategy::one_for_one, {permanent, permanent}, 3};
  one.steps();
  one.unable.insert(1);
  CHECK(one.ends(1) == consequence::restart);
  CHECK(one.failures == std::vector<consequence>{consequence::restart, consequence::restart,
                                                 consequence::escalate});
  CHECK(one.steps() == "+1 +1 +1 -0");
  CHECK(one.plan.failed());
}

TEST_CASE("a start that fails in a group takes the group with it") {
  stage all{restart_strategy::one_for_all, {permanent, permanent, permanent}, 2};
  all.steps();
  all.unable.insert(1);
  CHECK(all.ends(2) == consequence::restart);
  CHECK(all.steps() == "-1 -0 +0 +1 -0 +0 +1 -0");
  CHECK(all.plan.failed());
}

TEST_CASE("a temporary child that cannot be started is left out") {
  supervision_plan plan{
      restart_strategy::one_for_one, restart_intensity{3, 10s}, {temporary, permanent}};
  CHECK(plan.next() == supervision_step{action::start, 0});
  CHECK(plan.start_failed(0, {}) == consequence::left);
  CHECK(plan.next() == supervision_step{action::start, 1});
  plan.started(1);
  CHECK(plan.next() == supervision_step{action::wait, 0});
}

TEST_CASE("children stop one at a time, and nobody starts meanwhile") {
  stage all{restart_strategy::one_for_all, {permanent, permanent, permanent}};
  all.steps();
  all.obedient = false;
  CHECK(all.ends(0) == consequence::restart);
  CHECK(all.steps() == "-2");
  CHECK(all.plan.will_start(1));
  all.run();
  CHECK(all.steps().empty());
  CHECK(all.ends(2) == consequence::expected);
  CHECK(all.steps() == "-1");
  CHECK(all.ends(1) == consequence::expected);
  CHECK(all.steps() == "+0 +1 +2");
}

TEST_CASE("a sibling that dies before its turn to be stopped does not count") {
  stage all{restart_strategy::one_for_all, {permanent, permanent, permanent}, 1};
  all.obedient = false;
  CHECK(all.ends(2) == consequence::restart);
  CHECK(all.ends(0) == consequence::expected);
  CHECK(all.ends(1) == consequence::expected);
  CHECK(all.up.size() == 3);
  CHECK_FALSE(all.plan.failed());
}

TEST_CASE("a shutdown in the middle of a group restart starts nobody any more") {
  stage all{restart_strategy::one_for_all, {permanent, permanent, permanent}};
  all.obedient = false;
  static_cast<void>(all.ends(0));
  all.steps();
  all.plan.shut_down();
  CHECK(all.ends(2) == consequence::expected);
  CHECK(all.ends(1) == consequence::expected);
  CHECK(all.steps() == "-1");
  CHECK(all.finished);
  CHECK_FALSE(all.plan.failed());
}

TEST_CASE("a supervisor without children waits and finishes when asked to") {
  stage none{restart_strategy::one_for_all, {}};
  CHECK_FALSE(none.finished);
  none.plan.shut_down();
  none.run();
  CHECK(none.finished);
}

// Whatever happens: one stop at a time, no start while one is under way or after the end began,
// within the intensity the permanent ones are up whenever the plan is at rest, and it finishes
// only when nobody is left.
TEST_CASE("10 000 random histories keep the plan's promises") {
  std::mt19937 chance{42};
  const auto pick = [&](std::size_t n) { return std::size_t{chance() % n}; };
  for (int history = 0; history < 10'000; ++history) {
    std::vector<restart_policy> policies(1 + pick(5));
    for (restart_policy& each : policies)
      each = static_cast<restart_policy>(pick(3));
    const auto strategy = static_cast<restart_strategy>(pick(3));
    supervision_plan plan{strategy, restart_intensity{pick(6), 10s}, policies};
    supervision_plan::time_point now{1h};
    std::set<std::size_t> up;
    std::optional<std::size_t> stopping;
    bool ending = false;
    for (int event = 0; event < 60; ++event) {
      now += std::chrono::milliseconds{pick(4'000)};
      const supervision_step step = plan.next();
      if (step.what == action::start) {
        REQUIRE_FALSE(stopping);
        REQUIRE_FALSE(ending);
        REQUIRE(up.count(step.child) == 0);
        if (pick(8) == 0) {
          ending = plan.start_failed(step.child, now) == consequence::escalate || ending;
        } else {
          plan.started(step.child);
          up.insert(step.child);
        }
        continue;
      }
      if (step.what == action::stop) {
        REQUIRE_FALSE(stopping);
        REQUIRE(up.count(step.child) == 1);
        stopping = step.child;
      } else if (step.what == action::finish) {
        REQUIRE(ending);
        REQUIRE(up.empty());
        break;
      } else if (!stopping) {
        REQUIRE_FALSE(ending);
        for (std::size_t i = 0; i < policies.size(); ++i)
          REQUIRE((policies[i] != permanent || up.count(i) == 1));
      }
      if (pick(15) == 0) {
        plan.shut_down();
        ending = true;
      } else if (!up.empty()) {
        const std::size_t child =
            stopping && pick(2) == 0
                ? *stopping
                : *std::next(up.begin(), static_cast<std::ptrdiff_t>(pick(up.size())));
        const auto how = static_cast<child_end>(pick(2));
        const consequence result = plan.ended(child, how, now);
        REQUIRE((stopping != child || result == consequence::expected));
        REQUIRE((result != consequence::restart || policies[child] != temporary));
        ending = ending || result == consequence::escalate;
        up.erase(child);
        if (stopping == child)
          stopping.reset();
      }
    }
    REQUIRE((!plan.failed() || ending));
  }
}
