// What a server's error means for the connection, the request and the breaker,
// decided by SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
//
// Nothing here reads a message text: messages are localised. Where a code is
// not enough, the *routine* field decides, which is a C function's name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace freehold {

/// What to do about an error. The comment says what becomes of the connection
/// and of the request.
enum class failure_class : std::uint8_t {
  before_send,      ///< nothing was sent: replace the connection; any statement may go again
  transaction,      ///< lost against a concurrent transaction: keep, roll back; replay
  connection_fatal, ///< the session is gone or not to be trusted: discard
  role,             ///< the server is a standby now: discard, look for the primary; replay
  statement,        ///< a prepared statement's name or plan: rename or drop; heal once
  in_doubt,         ///< whether it took effect is not known: discard; never blindly again
  resource,         ///< a limit, a lock or a cancellation: keep, roll back; no retry
  permanent,        ///< the request's own fault: keep; return it
};

[[nodiscard]] std::string_view to_string(failure_class value) noexcept;

/// What the server said, whichever driver heard it. `severity` is the
/// non-localised field (PG_DIAG_SEVERITY_NONLOCALIZED).
struct server_error {
  std::string sqlstate;
  std::string severity;
  std::string message;
  std::string routine;
  std::string constraint;
  std::string table;
  std::string column;
  std::string datatype;
};

/// Judges an error on an established session. No SQLSTATE at all, or severity
/// FATAL or PANIC, is `connection_fatal`; an unknown SQLSTATE is `permanent`.
[[nodiscard]] failure_class classify(std::string_view sqlstate, std::string_view severity,
                                     std::string_view routine) noexcept;
[[nodiscard]] failure_class classify(const server_error& e) noexcept;

/// Why a connection could not be made.
enum class connect_outcome : std::uint8_t {
  unreachable,    ///< refused, timed out, no such host, or the server broke off: try again
  too_many,       ///< no slot left: lower the pool's ceiling for a while
  authentication, ///< user, password or method refused: open the breaker, probe slowly
  no_database,    ///< the server has no such database: open the breaker, probe slowly
  starting_up,    ///< starting, stopping or recovering: try again
  misconfigured,  ///< the server refuses what the configuration asks for
};

[[nodiscard]] std::string_view to_string(connect_outcome value) noexcept;

/// Judges a failed connect. A pooler reports most of its own refusals as 08P01,
/// "no such database" included; they count as `unreachable`, which is retried.
[[nodiscard]] connect_outcome classify_connect(std::string_view sqlstate) noexcept;

/// "cached plan must not change result type": the statement's tables changed.
[[nodiscard]] bool is_stale_plan(const server_error& e) noexcept;

/// An error that contradicts what the session believed of its own statements.
enum class statement_surprise : std::uint8_t {
  none,
  name_taken,   ///< 42P05: the name exists already
  name_unknown, ///< 26000: the name does not exist
  stale_plan,   ///< the plan's result type changed
};

/// A pooler's complaint about a statement name is not among these: it comes as
/// 08P01 like any other protocol violation, cannot be told apart without its
/// text, and ends the session anyway.
[[nodiscard]] statement_surprise surprise_of(const server_error& e) noexcept;

/// Whether a failure speaks of the server's health rather than of the request:
/// a lost connection (no SQLSTATE), class 08, 53300, 57P01, 57P02 and 57P03.
[[nodiscard]] bool counts_against_server(std::string_view sqlstate) noexcept;
/// The same, and knows that a wrong number of parameters is 08P01 too.
[[nodiscard]] bool counts_against_server(const server_error& e) noexcept;

} // namespace freehold
