// The one value that a service's `main` owns.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <spdlog/common.h>

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
  /// Where log lines go; empty: to stderr.
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
  /// Stops early, as the destructor does. Further calls do nothing.
  void stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace freehold
