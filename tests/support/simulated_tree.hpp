// A supervision tree on CAF's test scheduler, with actors that do as they are told.
#pragma once

#include "actors/supervision_tree.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include <map>
#include <set>
#include <sstream>

namespace freehold::testing {

/// Declares children, plants them under a root and keeps what happens to them:
/// "+a" was started, "-a" ended.
class simulated_tree {
public:
  simulated_tree()
      : scheduler_{dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())} {
    log_to->set_level(spdlog::level::trace);
    root_spec.path = "runtime";
    root_spec.setting = "runtime.supervision";
  }
  simulated_tree(const simulated_tree&) = delete;
  simulated_tree& operator=(const simulated_tree&) = delete;
  ~simulated_tree() {
    stubborn.clear();
    if (root)
      caf::anon_send_exit(root, caf::exit_reason::kill);
    run();
    for (const auto& [name, actor] : actors)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    run();
  }

  [[nodiscard]] caf::actor_system& system() { return system_; }
  /// An actor that waits for its end.
  [[nodiscard]] child_specification actor(const std::string& name,
                                          restart_policy restart = restart_policy::permanent) {
    child_specification made;
    made.name = name;
    made.restart = restart;
    made.start = [this, name]() -> caf::actor {
      ++attempts[name];
      if (unable.count(name) != 0)
        throw std::runtime_error{"no disk for " + name};
      if (absences[name] > 0) {
        --absences[name];
        return {};
      }
      note("+" + name);
      return actors[name] = system_.spawn([this, name](caf::event_based_actor* self) {
        self->attach_functor([this, name] { note("-" + name); });
        self->set_exit_handler([this, name, self](caf::exit_msg& end) {
          if (stubborn.count(name) == 0)
            self->quit(std::move(end.reason));
        });
        return caf::behavior{[self](int code) {
          self->quit(caf::error{static_cast<std::uint8_t>(code), caf::atom("test")});
        }};
      });
    };
    return made;
  }

  /// A supervisor under the root; its node on the board comes after those before it.
  [[nodiscard]] child_specification supervisor(const std::string& name,
                                               supervisor_specification inner) {
    child_specification made;
    made.name = name;
    inner.path = "runtime/" + name;
    inner.setting = "child." + name;
    made.shutdown = shutdown_time(inner.children) + kill_grace;
    for (const child_specification& each : inner.children)
      inner_names_[name].push_back(each.name);
    made.start = [this, name, inner] {
      ++attempts[name];
      return actors[name] = caf::actor_cast<caf::actor>(
                 system_.spawn(supervision_tree, context_, inner, &node(name)));
    };
    return made;
  }

  void plant() {
    child_snapshot outline;
    outline.name = "runtime";
    for (const child_specification& each : root_spec.children) {
      child_snapshot shown;
      shown.name = each.name;
      for (const std::string& inner : inner_names_[each.name]) {
        shown.children.emplace_back();
        shown.children.back().name = inner;
      }
      outline.children.push_back(std::move(shown));
    }
    board = std::make_shared<tree_board>(std::move(outline));
    context_ = {log_to, board};
    root = caf::actor_cast<caf::actor>(
        system_.spawn(supervision_tree, context_, root_spec, &board->root()));
    run();
  }

  void run() {
    scheduler_.run_jobs_filtered([](caf::resumable*) { return true; });
  }
  void advance(std::chrono::milliseconds time) {
    scheduler_.advance_time(time);
    run();
  }

  /// A defect: the actor ends with an error.
  void crash(const std::string& name) {
    caf::anon_send(actors.at(name), 1);
    run();
  }
  /// The actor has done what it was for.
  void finish(const std::string& name) {
    caf::anon_send(actors.at(name), 0);
    run();
  }
  void stop() {
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    run();
  }

  /// What happened since this was asked last.
  [[nodiscard]] std::string events() { return std::exchange(events_, {}); }
  /// By path below the root: "search", "search/cache".
  [[nodiscard]] child_snapshot shown(const std::string& path) const {
    child_snapshot found = board->snapshot().tree;
    std::istringstream names{path};
    for (std::string name; std::getline(names, name, '/');)
      found = child_of(found, name);
    return found;
  }
  [[nodiscard]] bool logged(const std::string& text) const {
    return log.str().find(text) != std::string::npos;
  }

  std::ostringstream log;
  std::shared_ptr<spdlog::logger> log_to = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
  supervisor_specification root_spec;
  std::shared_ptr<tree_board> board;
  caf::actor root;
  std::map<std::string, caf::actor> actors; // the latest of each name
  std::map<std::string, int> attempts;      // to start it
  std::set<std::string> stubborn;           // do not end when asked to
  std::set<std::string> unable;             // their factories throw
  std::map<std::string, int> absences;      // how often their factories return nothing yet

private:
  struct test_config : caf::actor_system_config {
    test_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  [[nodiscard]] static child_snapshot child_of(const child_snapshot& parent,
                                               const std::string& name) {
    for (const child_snapshot& each : parent.children)
      if (each.name == name)
        return each;
    throw std::logic_error{"no child " + name};
  }
  child_snapshot& node(const std::string& name) {
    for (child_snapshot& each : board->root().children)
      if (each.name == name)
        return each;
    throw std::logic_error{"no child " + name};
  }
  void note(const std::string& what) { events_ += (events_.empty() ? "" : " ") + what; }

  std::string events_;
  std::map<std::string, std::vector<std::string>> inner_names_;
  tree_context context_;
  test_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& scheduler_;
};

/// Under the root: a, b, c.
inline void three(simulated_tree& tree, restart_strategy strategy, std::size_t restarts = 3) {
  tree.root_spec.strategy = strategy;
  tree.root_spec.restarts = restarts;
  tree.root_spec.period = std::chrono::seconds{10};
  for (const char* name : {"a", "b", "c"})
    tree.root_spec.children.push_back(tree.actor(name));
  tree.plant();
  static_cast<void>(tree.events());
}

} // namespace freehold::testing
