// What an operator asks first: the state of a database's pool, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freehold {

/// How a session executes statements.
enum class statement_mode : std::uint8_t {
  named,   ///< prepared once, kept under a name of the session's own
  unnamed, ///< parsed with every execution: nothing is left on a pooled backend
};

[[nodiscard]] std::string to_string(statement_mode value);

/// What was found out about a server and what lies in between.
struct server_traits {
  int server_version = 0; ///< as libpq counts: 150018 is 15.18
  bool pooler = false;    ///< somebody hides the backend's process id
  bool pooler_tracks_statements = false;
  statement_mode mode = statement_mode::unnamed;
  bool standby = false; ///< it was one when the session began, if the server tells
  /// The default isolation gives a whole transaction one snapshot.
  bool strict_isolation = false;
  std::string reason; ///< why this mode, in words
  /// When the server was started, by its own clock; empty behind a pooler.
  std::string server_start;
};

/// Statements whose server-side state was not what the session believed. On a
/// direct server all stay at zero, except `stale_plans` while tables change.
struct heal_counts {
  std::uint64_t names_taken = 0;   ///< 42P05
  std::uint64_t names_unknown = 0; ///< 26000
  std::uint64_t stale_plans = 0;   ///< 0A000 from RevalidateCachedQuery
  [[nodiscard]] std::uint64_t total() const noexcept {
    return names_taken + names_unknown + stale_plans;
  }
  friend bool operator==(const heal_counts&, const heal_counts&) = default;
};

/// How the prepared statements of the sessions were found.
struct statement_cache_counts {
  std::uint64_t hits = 0;   ///< under a name that the server had
  std::uint64_t misses = 0; ///< prepared anew, or run without a name
  std::uint64_t evictions = 0;
  friend bool operator==(const statement_cache_counts&, const statement_cache_counts&) = default;
};

/// How something was distributed since its actor started.
struct distribution {
  std::uint64_t count = 0;
  double sum = 0.0;
  double p50 = 0.0;
  double p95 = 0.0;
  double p99 = 0.0;
  /// `count` values that are at least `lower` and less than `upper`.
  struct bucket {
    double lower = 0.0;
    double upper = 0.0;
    std::uint64_t count = 0;
  };
  std::vector<bucket> buckets; ///< those with anything in them, ascending
};

/// The value that a fraction `q` does not exceed, guessed within its bucket (which
/// is an eighth of it wide); 0 when there is none.
[[nodiscard]] double quantile(const distribution& of, double q);

/// What the executions of one statement have cost. Time on the server that
/// statements had in common is divided between them in `total`, and counts whole
/// for each in `p99`.
struct statement_snapshot {
  std::string name; ///< as the service calls it; "(other)": of all that are not listed
  std::uint64_t count = 0;
  std::uint64_t failed = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds p99{0};
};

/// Adds another's; the `p99` becomes the greater of the two.
void add_to(statement_snapshot& sum, const statement_snapshot& more);

/// Whether the database is asked at all (runtime/circuit_breaker.hpp).
enum class circuit_state : std::uint8_t {
  closed,     ///< as usual
  open,       ///< requests are answered at once with `circuit_open`
  half_open,  ///< one connection is tried; requests are still refused
  recovering, ///< it worked: the pool grows from one connection
};

[[nodiscard]] std::string_view to_string(circuit_state value) noexcept;

/// Who decides about it.
enum class circuit_override : std::uint8_t {
  automatic, ///< the breaker
  open,      ///< a person: nothing reaches the server
  closed,    ///< a person: everything is tried
};

struct circuit_snapshot {
  circuit_state state = circuit_state::closed;
  circuit_override forced = circuit_override::automatic;
  std::string cause; ///< of the latest opening; empty when closed
  std::chrono::milliseconds in_state{0};
  std::chrono::milliseconds retry_after{0}; ///< to the next trial, while open
  std::uint64_t opened_total = 0;
  std::uint64_t half_opened_total = 0;
  std::uint64_t recovering_total = 0;
  std::uint64_t closed_total = 0;  ///< closed again; it begins closed
  std::uint64_t refused_total = 0; ///< requests answered with `circuit_open`
};

/// Who keeps a connection for itself.
struct connection_holder {
  std::uint32_t connection = 0;
  std::string what; ///< statement, "transaction" or "lease"
  std::string query_id;
  std::chrono::milliseconds age{0};
};

struct database_snapshot {
  std::string name;
  /// Why nothing else is known of it: its supervisor did not answer in time, or the
  /// runtime has stopped. Empty as a rule.
  std::string problem;
  std::size_t connecting = 0;
  std::size_t idle = 0;
  std::size_t busy = 0;      ///< running a pipeline
  std::size_t exclusive = 0; ///< running one request alone
  std::size_t leased = 0;
  std::size_t draining = 0;
  std::size_t max_connections = 0;
  std::size_t min_connections = 0;
  std::size_t named_sessions = 0;   ///< that give their statements names
  std::size_t unnamed_sessions = 0; ///< that do not
  std::size_t waiting = 0;          ///< requests in the queue
  std::size_t queue_length = 0;
  std::chrono::milliseconds longest_wait{0};
  std::vector<connection_holder> holders; ///< oldest first
  std::optional<server_traits> server;    ///< of the latest session
  heal_counts healed;
  statement_cache_counts cache;
  std::uint64_t requests_total = 0;         ///< submitted, repeats included
  std::uint64_t answered_total = 0;         ///< with a result
  std::uint64_t failed_total = 0;           ///< with an error, after they were assigned
  std::uint64_t refused_total = 0;          ///< queue full or acquire timeout
  std::uint64_t acquire_timeouts_total = 0; ///< those of them that had waited
  std::uint64_t connects_total = 0;
  std::uint64_t connect_failures_total = 0;
  std::uint64_t sessions_lost_total = 0;
  std::uint64_t retries_total = 0;
  std::uint64_t shed_total = 0;      ///< refused to keep the latency of others
  std::uint64_t fallbacks_total = 0; ///< answered in place of the database
  // In seconds.
  distribution acquire; ///< from the queue to a connection
  distribution execute; ///< on the server; what shared a Sync counts the whole of it
  distribution connect;
  distribution whole;      ///< from the call to the answer
  distribution batch_size; ///< requests of one pipeline
  /// Most time first, then "(other)"; a hundred at most besides.
  std::vector<statement_snapshot> statements;
  circuit_snapshot circuit;
  std::string last_connect_error; ///< empty while the latest connect succeeded
};

/// How a change of the configuration went.
struct reload_report {
  std::chrono::system_clock::time_point at;
  std::string trigger;  ///< "file", "signal" or "message"
  bool applied = false; ///< false: refused as a whole, nothing has changed
  std::string reason;   ///< why it was refused
  /// "database.primary.pool.max_connections: 10 -> 20"; of secrets no values.
  std::vector<std::string> changes;
  std::vector<std::string> need_restart; ///< changes that are not felt before
};

/// Changes of the configuration since the start.
struct reload_snapshot {
  std::uint64_t applied_total = 0;
  std::uint64_t refused_total = 0;
  std::optional<reload_report> last;
};

} // namespace freehold
