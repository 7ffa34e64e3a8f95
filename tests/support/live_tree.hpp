// A runtime with actors of a service in its supervision tree, on a real database.
#pragma once

#include "tests/support/live_runtime.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <map>
#include <mutex>

namespace freehold::testing {

/// Counts in a table on each `int` it is sent, through the runtime's database.
class counters {
public:
  [[nodiscard]] actor_factory factory(const std::string& name) {
    return [this, name](caf::actor_system& system, const runtime& on) {
      const caf::actor made = system.spawn([db = on.database("primary")](
                                               caf::event_based_actor* self) {
        return caf::behavior{[self, db](int) {
          auto asked = self->request(
              db.actor(), 5s, db.request(sql("UPDATE tree_counter SET n = n + 1 RETURNING n")));
          auto reply = self->make_response_promise();
          asked.then([reply](const result_set& rows) mutable { reply.deliver(rows.scalar<int>()); },
                     [reply](caf::error& why) mutable { reply.deliver(std::move(why)); });
          return reply;
        }};
      });
      const std::lock_guard lock{guard_};
      latest_[name] = made;
      ++made_[name];
      return made;
    };
  }
  [[nodiscard]] caf::actor latest(const std::string& name) {
    const std::lock_guard lock{guard_};
    return latest_[name];
  }
  [[nodiscard]] int made(const std::string& name) {
    const std::lock_guard lock{guard_};
    return made_[name];
  }
  void crash(const std::string& name) {
    const int before = made(name);
    caf::anon_send_exit(latest(name), caf::exit_reason::unhandled_exception);
    CHECK(eventually([&] { return made(name) > before; }));
  }

private:
  std::mutex guard_;
  std::map<std::string, caf::actor> latest_;
  std::map<std::string, int> made_;
};

inline int count_on(caf::actor_system& system, const caf::actor& counter) {
  caf::scoped_actor self{system};
  int counted = 0;
  self->request(counter, 5s, 1)
      .receive([&](int n) { counted = n; },
               [&](const caf::error& why) { FAIL(system.render(why)); });
  return counted;
}

/// A runtime from a file, on an actor system of the service.
class live_tree {
public:
  live_tree(const std::string& service, const std::string& children, counters& actors,
            std::vector<child_options> from_code = {}) {
    const config read = parse_config("[runtime]\nservice = \"" + service +
                                     "\"\ndrain_timeout = \"2 s\"\n"
                                     "[runtime.supervision]\nrestarts = 2\nperiod = \"1 min\"\n"
                                     "[database.primary]\nurl = \"${FREEHOLD_TEST_URL}\"\n"
                                     "pool.max_connections = 2\n" +
                                     children);
    embedding with;
    with.system = &system;
    with.sinks = {std::make_shared<spdlog::sinks::ostream_sink_mt>(log_)};
    for (const char* name : {"counter", "cache"})
      with.actors[name] = actors.factory(name);
    with.children = std::move(from_code);
    with.on_failure = [this](const std::string& why) {
      failure = why;
      failed = true;
    };
    on.emplace(read, std::move(with));
    const database db = on->database("primary");
    static_cast<void>(db.execute(sql("CREATE TABLE IF NOT EXISTS tree_counter (n int)")).get());
    static_cast<void>(db.execute(sql("DELETE FROM tree_counter")).get());
    static_cast<void>(db.execute(sql("INSERT INTO tree_counter VALUES (0)")).get());
  }

  [[nodiscard]] child_snapshot shown(const std::string& name) const {
    for (const child_snapshot& each : on->snapshot().tree.children)
      if (each.name == name)
        return each;
    return {};
  }
  [[nodiscard]] bool settled(const std::string& name, child_state state) const {
    return eventually([&] { return shown(name).state == state; });
  }
  /// Only when the runtime has stopped.
  [[nodiscard]] bool logged(const std::string& text) const {
    return log_.str().find(text) != std::string::npos;
  }

private:
  std::ostringstream log_;
  caf::actor_system_config settings_;

public:
  caf::actor_system system{settings_};
  std::string failure;
  std::atomic<bool> failed{false};
  std::optional<runtime> on;
};

} // namespace freehold::testing
