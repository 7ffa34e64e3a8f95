// The one value that a service's `main` owns.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/common.h>
#include <spdlog/formatter.h>

#include <freehold/config.hpp>
#include <freehold/database.hpp>
#include <freehold/messages.hpp>
#include <freehold/supervision.hpp>

namespace freehold {

/// Where a configuration came from, to be read again while the service runs.
struct config_source {
  std::filesystem::path file;
  std::optional<std::string> profile; ///< as given to `load_config`
  /// What the service changes of what was read, each time; may be empty.
  std::function<void(config& read)> adjust;
  bool watch = true; ///< read it again when the file changes
  /// Read it again at SIGHUP. The signal is blocked in the thread that constructs the runtime
  /// and in those started from then on; threads from before must have it blocked, or it ends
  /// the process as it does by default.
  bool on_sighup = false;
};

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
  /// Set: the configuration is read again from there.
  std::optional<config_source> source;
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
  /// Throws `config_error` when the configuration is not sound, a child names a
  /// factory that `with.actors` does not have, or `runtime.admin.listen` is taken.
  explicit runtime(config options, embedding with = {});
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;
  ~runtime();

  /// The handle of a configured database. Throws `failure` (`unknown_database`)
  /// that names those there are.
  [[nodiscard]] freehold::database database(std::string_view name) const;
  /// The supervision tree. Does not wait for any actor; also after `stop`.
  [[nodiscard]] runtime_snapshot snapshot() const;
  /// The same with the databases and all else. They are all asked at once; one that
  /// has not answered within `patience` is shown with that as its `problem`. For
  /// threads, not for actors: it blocks.
  [[nodiscard]] runtime_snapshot snapshot(std::chrono::milliseconds patience) const;
  /// Where the endpoint of `runtime.admin` is: "http://127.0.0.1:9187"; empty: off.
  [[nodiscard]] std::string admin_url() const;
  /// Puts another configuration in force. Waits until it is tried: at most
  /// `connect.timeout` for each database that is to be reached in another way. In two steps:
  /// first it is validated, and one connection is made to where something leads elsewhere or
  /// as somebody else; if that does not work, all of it is refused and nothing changes. Then
  /// sizes, timeouts and limits apply in place, and sessions that were made for other options
  /// are replaced a few at a time. No request fails of it. What takes a restart (new
  /// databases, children, `runtime.threads`) is left as it is and named in the report.
  reload_report reconfigure(config next);
  /// The same with what `embedding::source` holds now.
  reload_report reload();
  /// The same for actors.
  [[nodiscard]] configuration_actor configuration() const;

  /// Stops early, as the destructor does. Further calls do nothing.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace freehold
