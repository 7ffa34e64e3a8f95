// The one value that a service's `main` owns.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/common.h>
#include <spdlog/formatter.h>

#include <freehold/config.hpp>
#include <freehold/database.hpp>
#include <freehold/supervision.hpp>

namespace freehold {

/// What a service may bring along.
struct embedding {
  /// An actor system of the service's own; it must outlive the runtime. Without
  /// one the runtime brings its own, with the `sharing` scheduler, which wakes
  /// an idle worker sooner than CAF's default `stealing`.
  caf::actor_system* system = nullptr;
  /// Where log lines go; empty: to stderr, in `runtime.log.format`. Sinks of the
  /// service's are never reformatted, whatever that option says, because its own
  /// loggers may write to them too: they get each line as text, with its fields at
  /// the end, "the session was lost: … [database=primary connection=3]", under
  /// the logger name "freehold". One that shall write JSON is given
  /// `json_log_formatter()`. They keep their levels, are written to by one thread at
  /// a time, and are flushed after each line at `warn` or above.
  std::vector<spdlog::sink_ptr> sinks;
  /// How the actors are made that `child_options::actor` names.
  std::map<std::string, actor_factory, std::less<>> actors;
  /// Children of the supervision tree besides those of the configuration, which
  /// replaces those that it has under the same name.
  std::vector<child_options> children;
  /// Told when the tree fails. Whether it is given or not, the log says so at
  /// `critical`, all children are stopped and requests are refused.
  failure_callback on_failure;
};

/// For a sink of the service's: one JSON object a line with `time` (RFC 3339, UTC),
/// `level`, `logger`, `message` and the fields of the line, as docs/OPERATIONS.md
/// lists them. It may serve loggers of the service too; their lines have no fields.
[[nodiscard]] std::unique_ptr<spdlog::formatter> json_log_formatter();

/// The root of the supervision tree: owns the supervisors of all configured
/// databases and, through them, the connections; and the service's own children.
/// Nothing is global: several runtimes in one process do not see
/// each other.
///
/// Constructing it does not wait for a server: connections are opened in the
/// background, and requests wait for them. The destructor stops: first the
/// service's children, in reverse order, then the databases: new requests are
/// refused, those under way may finish for `runtime.drain_timeout`, then they are
/// answered and the sessions are closed.
class runtime {
public:
  /// Throws `config_error` when the configuration is not sound, or a child names
  /// a factory that `with.actors` does not have.
  explicit runtime(config options, embedding with = {});
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;
  ~runtime();

  /// The handle of a configured database. Throws `failure` (`unknown_database`)
  /// that names those there are.
  [[nodiscard]] freehold::database database(std::string_view name) const;
  /// The supervision tree. Does not wait for any actor; also after `stop`.
  [[nodiscard]] runtime_snapshot snapshot() const;
  /// Stops early, as the destructor does. Further calls do nothing.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace freehold
