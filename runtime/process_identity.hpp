// Which run of which service on which host a session belongs to, in the 63 bytes
// that the server keeps of an application_name.
//
//     rental/primary/4711.1k2j3h@x7f3qa1c
//     service database pid.start @scope
//
// So a service that was killed and started again can tell its own living
// sessions from those that its predecessor left on the server.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace freehold {

/// What the system says of one process: /proc/PID/stat on Linux.
struct process_status {
  char state = '?';          ///< Z and X: it has ended
  std::uint64_t threads = 0; ///< that have not ended
  std::uint64_t started = 0; ///< in ticks since the host started; no two runs of a pid share it
};

/// Reads /proc/PID/stat; the program's name in it may be anything.
[[nodiscard]] std::optional<process_status> parse_process_status(std::string_view stat);

/// Lower-case digits and letters.
[[nodiscard]] std::string base36(std::uint64_t number);

/// What tells one host's process ids from another's: wherever two processes
/// agree in all of it, a process id means the same.
struct host_traits {
  std::string name;          ///< of the host, or of the container
  std::string boot;          ///< since when it runs
  std::string pid_namespace; ///< containers have their own
};

/// One process as an application_name tells of it.
struct process_mark {
  std::int64_t pid = 0;
  std::string start; ///< base 36; empty: not known
  friend bool operator==(const process_mark&, const process_mark&) = default;
};

/// The names of the sessions of one database of one service's run.
class process_identity {
public:
  /// The longest name that the server keeps.
  static constexpr std::size_t longest = 63;

  /// The service's name is 31 characters at most and stays whole; a long
  /// database's name is cut. The scope is made from all of both, so what is cut
  /// makes no two of them alike.
  process_identity(std::string_view service, std::string_view database, process_mark self,
                   const host_traits& host);

  [[nodiscard]] const std::string& application_name() const noexcept { return name_; }
  /// "@" and eight characters, by which the names of all runs of this service, on
  /// this host, for this database end. Empty when the process's start is not known:
  /// then the dead cannot be told from the living.
  [[nodiscard]] const std::string& scope() const noexcept { return scope_; }
  /// Whose session it is; none when the name is not of this scope.
  [[nodiscard]] std::optional<process_mark> read(std::string_view application_name) const;
  /// Whether the process that a name of this scope tells of has ended for certain.
  /// `status_of` gives what the system knows of a pid: its status; none when there is
  /// no such process. It may throw when that cannot be told.
  [[nodiscard]] bool
  is_dead(std::string_view application_name,
          const std::function<std::optional<process_status>(std::int64_t)>& status_of) const;

private:
  process_mark self_;
  std::string scope_;
  std::string name_;
};

/// Of this process, from the system.
[[nodiscard]] process_mark this_process();
[[nodiscard]] host_traits this_host();
/// Of a process of this host; none when there is none. Throws `std::runtime_error` when the
/// system does not tell.
[[nodiscard]] std::optional<process_status> status_of_process(std::int64_t pid);

} // namespace freehold
