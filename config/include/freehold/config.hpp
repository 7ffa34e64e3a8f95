// What an operator may say to Freehold, as plain option structs.
//
// A `config` comes from a TOML file (`load_config`), from a DATABASE_URL
// (`config_from_url`) or is filled in by code; `validate` judges it the same
// way wherever it came from. docs/CONFIGURATION.md lists every option with its
// unit, default, range and effect; it is generated from the table that also
// drives the loader (config/option_table*.cpp), so the two cannot disagree.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freehold {

/// The built-in sets of defaults; a file may define profiles of its own on top.
enum class base_profile { development, production };

/// How a session executes statements; `automatic` asks the pooler probe.
enum class statement_policy { automatic, named, unnamed };

enum class log_level { trace, debug, info, warn, error, off };

/// Lines for people, or a JSON object a line for machines.
enum class log_format { text, json };

/// When a child that ended is started again: always, after an abnormal end, never.
enum class restart_policy { permanent, transient, temporary };

/// What one child's restart means for its siblings: nothing; all are stopped and
/// started again; those that were started after it are.
enum class restart_strategy { one_for_one, one_for_all, rest_for_one };

/// A string that must not be shown: it formats as "***" and has to be asked
/// for by name.
class secret {
public:
  secret() = default;
  explicit secret(std::string value) : value_{std::move(value)} {}
  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
  friend auto operator<=>(const secret&, const secret&) = default;

private:
  std::string value_;
};

// Initialisers are the production defaults. Each comment gives the range, then
// what the option does and, where it is not at once, when a change is felt.

/// How many sessions there are, how long they live, and who may wait.
struct pool_options {
  std::size_t max_connections = 10; ///< 1-1000; sessions open at once
  /// 0-1000, at most max_connections; sessions kept open even when idle.
  std::size_t min_connections = 2;
  /// 1-100000; waiting requests, one more is answered `overloaded`.
  std::size_t queue_length = 200;
  std::chrono::milliseconds acquire_timeout{5'000}; ///< 1 ms-1 h; longest wait for a session
  std::size_t pipeline_depth = 256;                 ///< 1-1000; statements under way on one session
  /// 10 ms-1 d, 0: never; an idle session above the minimum is closed then.
  std::chrono::milliseconds idle_timeout{600'000};
  /// 100 ms-7 d, 0: never; an older session is replaced between requests.
  std::chrono::milliseconds max_lifetime{1'800'000};
  /// 0-0.5; fraction by which each connection's lifetime is varied, so that a
  /// pool filled at once is not renewed at once. New connections.
  double lifetime_jitter = 0.1;
};

/// Opening sessions, and the pauses after failed attempts.
struct connect_options {
  /// 10 ms-5 min; one attempt, authentication included. New connections.
  std::chrono::milliseconds timeout{5'000};
  std::size_t concurrent = 2;                    ///< 1-100; attempts under way at once
  std::chrono::milliseconds backoff_first{100};  ///< 1 ms-1 min; pause after the first failure
  std::chrono::milliseconds backoff_base{1'000}; ///< 1 ms-10 min; shortest pause after later ones
  std::chrono::milliseconds backoff_cap{30'000}; ///< 1 ms-1 h; longest pause
};

/// Prepared statements, and how long and how large a statement may become.
struct statement_options {
  statement_policy policy = statement_policy::automatic; ///< New connections.
  std::size_t cache_size = 200; ///< 1-10000; prepared statements a session. New connections.
  /// 256 B-16 MiB; a longer SQL text is run without being kept. New connections.
  std::size_t cache_sql_limit = 16 * 1024;
  /// 1 ms-1 d; for a statement that nothing else limits.
  std::chrono::milliseconds timeout{15'000};
  /// 10 ms-1 min; time a session waits for a cancelled query before it gives
  /// the session up.
  std::chrono::milliseconds cancel_grace{1'000};
  /// 1 ms-1 h; a statement whose moving average passes this runs on an idle
  /// connection only, with nothing queued behind it.
  std::chrono::milliseconds slow_threshold{20};
  /// 10 ms-1 d, 0: never; the server ends such a session. New connections.
  std::chrono::milliseconds idle_in_transaction_timeout{30'000};
  /// 16 KiB-4 GiB; bytes of one whole result. New connections.
  std::size_t result_limit = 64 * 1024 * 1024;
  /// Names of settings; a request that does not bring all of them is refused.
  std::vector<std::string> required_settings{};
};

/// A session kept for one holder over several messages.
struct lease_options {
  /// 1 ms-1 d, 0: never; log the holder. At most reclaim_after, unless that is 0.
  std::chrono::milliseconds warn_after{10'000};
  std::chrono::milliseconds reclaim_after{60'000}; ///< 1 ms-1 d, 0: never; take it back
};

/// Noticing sessions that died without a word.
struct liveness_options {
  /// 1 ms-1 h, 0: before every use; idle for longer is checked before use.
  std::chrono::milliseconds check_idle_after{1'000};
  std::chrono::milliseconds ping_interval{30'000}; ///< 10 ms-1 h
  std::chrono::milliseconds ping_timeout{1'000};   ///< 1 ms-1 min, less than ping_interval
};

/// When the breaker opens, and for how long.
struct breaker_options {
  std::chrono::milliseconds window{30'000}; ///< 100 ms-1 h; failures are counted over this
  std::size_t minimum_calls = 20;           ///< 1-100000; fewer calls say nothing
  double failure_rate = 0.5;                ///< 0.01-1; share of failures that opens it
  std::size_t consecutive_failures = 5;     ///< 1-1000; in a row, open it whatever the rate
  /// 1 ms-1 h, 0: never; a call that takes longer is slow.
  std::chrono::milliseconds slow_call{0};
  double slow_call_rate = 0.5;                 ///< 0.01-1; share of slow calls that opens it
  std::chrono::milliseconds open_first{5'000}; ///< 1 ms-1 h; doubles each time in a row
  std::chrono::milliseconds open_cap{60'000};  ///< 1 ms-1 h, at least open_first
  double jitter = 0.2;                         ///< 0-1; fraction of the open time
};

/// Repeating what is safe to repeat.
struct retry_options {
  std::size_t attempts = 3;                     ///< 0-10; repeats after the first try
  double budget = 0.2;                          ///< 0-1; repeats as a fraction of traffic
  std::chrono::milliseconds backoff_base{50};   ///< 1 ms-1 min; limit of the first pause
  std::chrono::milliseconds backoff_cap{1'000}; ///< 1 ms-10 min; the limit doubles up to this
};

/// Refusing some requests early so that the others keep their latency (CoDel).
struct shedding_options {
  bool enabled = true;
  std::chrono::milliseconds target{50};      ///< 1 ms-10 s; acceptable standing delay
  std::chrono::milliseconds interval{2'000}; ///< 10 ms-1 min; longer than this above it: shed
};

/// Answers kept for requests whose fallback is the latest good one.
struct fallback_options {
  std::size_t cache_entries = 1'000;         ///< 1-1000000, 0: none are kept
  std::size_t cache_size = 16 * 1024 * 1024; ///< 16 KiB-4 GiB; bytes of all of them
};

/// Where a database is, in libpq's own words ("host", "port", "sslmode", …).
/// `password` is kept apart so that nothing that prints parameters prints it.
struct connection_target {
  std::map<std::string, std::string> parameters;
  secret password;
  secret ssl_password; ///< libpq's "sslpassword"
  std::string schema;  ///< search_path of each session; empty: the server's
  friend bool operator==(const connection_target&, const connection_target&) = default;
};

/// One database and how it is used.
struct database_options {
  std::string name; ///< [a-z][a-z0-9_-]*
  connection_target target;
  pool_options pool;
  connect_options connect;
  statement_options statements;
  lease_options lease;
  liveness_options liveness;
  breaker_options breaker;
  retry_options retry;
  shedding_options shedding;
  fallback_options fallback;
};

/// More than `restarts` within `period` hand the failure to the parent.
struct supervision_options {
  std::size_t restarts = 5;                 ///< 0-1000
  std::chrono::milliseconds period{30'000}; ///< 100 ms-1 h
};

/// What the log looks like, and how much of it there is.
struct log_options {
  log_format format = log_format::json; ///< of the runtime's own sink, not of those handed in
  double slow_query_sampling = 1.0;     ///< 0-1; fraction of the slow queries that is logged
  /// 100 ms-1 h, 0: never; a line that repeats within it is counted instead.
  std::chrono::milliseconds repeat_interval{10'000};
};

/// The HTTP endpoint with metrics, health, snapshot and dashboard.
struct admin_options {
  std::string listen; ///< "HOST:PORT", port 0: a free one; empty: off. Restart.
  /// 16-256 printable ASCII characters, or empty; who asks for figures must present
  /// it. Required where `listen` is not a loopback address. Restart.
  secret token;
};

/// The process as a whole.
struct runtime_options {
  /// 1-31 printable ASCII characters; first part of application_name. New
  /// connections.
  std::string service = "freehold";
  std::size_t threads = 0; ///< 1-256 scheduler threads, 0: one per core. Restart.
  /// 1 ms-10 min, 0: do not wait; how long a shutdown lets requests finish.
  std::chrono::milliseconds drain_timeout{30'000};
  log_level level = log_level::info;
  std::chrono::milliseconds slow_query_threshold{500}; ///< 1 ms-1 h; slower is logged at warn
  /// End what a killed run of this service left on the server, once at the start. Restart.
  bool reap_dead_sessions = false;
  log_options log;
  supervision_options supervision;
  admin_options admin;
};

/// One of the service's own parts in the supervision tree: an actor, or a
/// supervisor with children of its own. `strategy`, `restarts` and `period` are a
/// supervisor's, `shutdown` is an actor's.
struct child_options {
  std::string name;  ///< [a-z][a-z0-9_-]*, once among its siblings and the databases
  std::string actor; ///< a factory of `embedding::actors`; empty: a supervisor. Restart.
  restart_policy restart = restart_policy::permanent;
  std::chrono::milliseconds shutdown{5'000}; ///< 1 ms-10 min, 0: killed; time to end in
  restart_strategy strategy = restart_strategy::one_for_one;
  std::size_t restarts = 5;                 ///< 0-1000
  std::chrono::milliseconds period{30'000}; ///< 100 ms-1 h
  /// Started in this order, stopped in the reverse one.
  std::vector<child_options> children;
};

/// Everything an operator says.
struct config {
  std::string profile = "production"; ///< the name of the profile in force
  runtime_options runtime;
  std::vector<database_options> databases; ///< at least one; each name once
  std::vector<child_options> children;     ///< started after the databases
};

/// One thing wrong with a configuration. `line` and `column` count from 1 and
/// are 0 where the value did not come from a file.
struct config_problem {
  std::string source; ///< file name, "DATABASE_URL", or "code"
  std::size_t line = 0;
  std::size_t column = 0;
  std::string key;     ///< dotted: "database.primary.pool.max_connections"
  std::string value;   ///< as written; "***" for secrets
  std::string message; ///< what is wrong, what is allowed, the nearest known key
};

/// Thrown by everything that loads or validates; carries every problem found.
class config_error : public std::runtime_error {
public:
  explicit config_error(std::vector<config_problem> problems);
  [[nodiscard]] const std::vector<config_problem>& problems() const noexcept { return problems_; }

private:
  std::vector<config_problem> problems_;
};

/// Looks up one environment variable; replaced in tests.
using environment = std::function<std::optional<std::string>(const std::string&)>;
[[nodiscard]] environment process_environment();

/// The defaults of a built-in profile, without any database.
[[nodiscard]] config default_config(base_profile profile);
/// The defaults of one database under a built-in profile.
[[nodiscard]] database_options default_database(base_profile profile, std::string name);
/// The defaults of one child under a built-in profile.
[[nodiscard]] child_options default_child(base_profile profile, std::string name);

/// Reads a TOML file. `profile` overrides the file's own choice and
/// FREEHOLD_PROFILE. Throws `config_error` with every problem and its line.
[[nodiscard]] config load_config(const std::filesystem::path& file,
                                 std::optional<std::string> profile = std::nullopt,
                                 const environment& env = process_environment());
/// The same from text; `source` names it in problems.
[[nodiscard]] config parse_config(std::string_view toml, std::string source = "config",
                                  std::optional<std::string> profile = std::nullopt,
                                  const environment& env = process_environment());
/// A configuration with one database from a `postgresql://` URL (or `postgres://`), including the
/// pool parameters people already have in theirs (docs/CONFIGURATION.md).
[[nodiscard]] config config_from_url(std::string_view url, std::string database = "primary",
                                     base_profile profile = base_profile::production);

/// Every problem of a configuration, whatever its origin; empty when sound.
[[nodiscard]] std::vector<config_problem> validate(const config& value);

} // namespace freehold
