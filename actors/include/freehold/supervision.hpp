// The supervision tree, as a service takes part in it and looks at it.
//
// Root of the tree is the runtime; its children are the databases and, after
// them, what the service adds: actors and supervisors of actors. Which those are
// is said in the configuration (`child_options`, docs/CONFIGURATION.md); how an
// actor is made is said in code, by a factory.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor.hpp>

#include <freehold/stats.hpp>

namespace caf {
class actor_system;
}

namespace freehold {

class runtime;

/// Makes one of the service's actors, at the start and at each restart. Called on
/// a thread of the actor system's scheduler, so it must not block; an actor that
/// has something to prepare does so in its first message. Of the runtime it may
/// take databases for the actor; it must neither keep nor stop it.
///
/// What it returns is monitored. To stop it, it is sent an exit message with
/// `caf::exit_reason::user_shutdown`, and is killed when it has not ended within
/// its `shutdown`. An end with that reason or `normal` is a normal one. A factory
/// that throws, or returns no actor, counts as an actor that crashed.
using actor_factory = std::function<caf::actor(caf::actor_system& system, const runtime& on)>;

/// Called once if the tree fails as a whole: more children of the root had to be
/// restarted than `runtime.supervision` allows. `why` says which and for what
/// reason. Requests are refused by then, with `stopped` and that reason, and the
/// children are about to be stopped. On a thread of the scheduler: it must neither
/// block nor stop or destroy the runtime, but may tell the service's main thread
/// to do so.
using failure_callback = std::function<void(const std::string& why)>;

enum class child_state : std::uint8_t {
  starting,   ///< not started yet
  running,    ///< as far as anyone knows
  restarting, ///< it ended, or has to, and is started again
  stopping,   ///< asked to end
  stopped,    ///< ended, and not to be started again
  failed,     ///< a supervisor that gave up, and the child that made it
};

[[nodiscard]] std::string_view to_string(child_state value) noexcept;

/// A child at one moment.
struct child_snapshot {
  std::string name;
  std::string kind; ///< "runtime", "database", "supervisor" or "actor"
  child_state state = child_state::starting;
  std::chrono::system_clock::time_point since; ///< when it came into that state
  /// How often it was started again, whatever the cause.
  std::uint64_t restarts_total = 0;
  std::string last_reason;              ///< why it ended last; empty: it never did
  std::vector<child_snapshot> children; ///< in the order of their start
};

/// The runtime at one moment. What is below `tree` is there if it was asked for
/// (`runtime::snapshot`).
struct runtime_snapshot {
  std::string failure; ///< why the tree failed; empty while it has not
  child_snapshot tree;
  std::string service;
  std::string version; ///< of this library
  std::string profile;
  int pid = 0;
  std::string host; ///< the machine's name
  std::chrono::system_clock::time_point time;
  std::chrono::system_clock::time_point started;
  std::chrono::milliseconds uptime{0};
  /// From the start of the runtime to the first answered request; none before that.
  std::optional<std::chrono::microseconds> first_answer;
  /// Whether requests can be served: the tree has not failed, nobody is stopping it,
  /// and every database has a session to use and a circuit that is not open. A
  /// database that keeps no session open (`pool.min_connections` = 0) needs none
  /// unless connecting has failed.
  bool ready = false;
  std::string not_ready_because;            ///< empty: it is ready
  reload_snapshot reload;                   ///< changes of the configuration
  std::vector<database_snapshot> databases; ///< in the configuration's order
};

} // namespace freehold
