// What can go wrong with a request, as a value (`error`) and as the one
// exception type that carries it (`failure`).
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace freehold {

/// Why a request was not answered with a result. The texts of `to_string` are
/// stable: they may be used in metrics and alerts.
enum class errc : std::uint8_t {
  none,
  bad_parameter,         ///< a parameter cannot be sent: NUL byte, invalid UTF-8, too large
  bad_conversion,        ///< a value does not fit the C++ type asked for, or is NULL
  no_such_column,        ///< a column name or index that the result does not have
  statement_conflict,    ///< one statement name was declared with two different SQL texts
  not_allowed,           ///< SQL that would leave state behind on a shared session
  result_too_large,      ///< the result passed `statements.result_limit`
  circuit_open,          ///< the database is out of reach and is not asked; see `retry_after`
  queue_full,            ///< the admission queue is at its limit
  overloaded,            ///< refused to keep the latency of others (`shedding`)
  acquire_timeout,       ///< no connection became free in `pool.acquire_timeout`
  connect_failed,        ///< the server could not be reached
  authentication_failed, ///< the server refused user, password or method (class 28)
  database_missing,      ///< the server has no such database (3D000)
  too_many_connections,  ///< the server has no connection slot left (53300)
  server_error,          ///< the server refused the statement; see `sqlstate`
  serialization_failure, ///< 40001 or 40P01, after the replays that were allowed
  deadline_exceeded,     ///< the deadline passed; see `fate` for what is known
  cancelled,             ///< somebody other than the deadline cancelled it
  connection_lost,       ///< the session ended before an answer; certainly without effect
  outcome_unknown,       ///< it was sent and the answer was lost: it may or may not have run
  transaction_failed,    ///< a transaction function ended without a usable transaction
  lease_lost,            ///< the lease was released, reclaimed, or its session ended
  unknown_database,      ///< the configuration has no database of that name
  stopped,               ///< the runtime is stopping or has stopped
  would_block,           ///< a blocking wait was tried inside a cooperative actor
  internal,              ///< a defect in Freehold
};

[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// What is known of a failed request's effect on the server.
enum class fate : std::uint8_t {
  not_sent,    ///< nothing reached the server
  rolled_back, ///< the server said that it has no effect
  unknown,     ///< it was sent, and no answer tells whether it took effect
};

[[nodiscard]] std::string_view to_string(fate value) noexcept;

/// Everything that is known of a failed request. Never contains the values of
/// parameters or a password: server messages are redacted (runtime/redaction.hpp).
struct error {
  errc code = errc::none;
  std::string message;    ///< what happened, for how long, which setting to turn
  std::string sqlstate;   ///< five characters, empty when not from the server
  std::string statement;  ///< name of the statement, empty when there is none
  std::string query_id;   ///< ties log lines and errors of one request together
  std::string constraint; ///< violated constraint, when the server named one
  std::uint32_t attempts = 0;
  freehold::fate fate = freehold::fate::not_sent;
  std::optional<std::chrono::milliseconds> retry_after;
  /// What a transaction function threw; rethrown to the caller as it is.
  std::exception_ptr thrown;
};

/// One line: code, statement, query id, SQLSTATE and message.
[[nodiscard]] std::string to_string(const error& value);

using error_ptr = std::shared_ptr<const error>;

/// The one exception type of the API.
class failure : public std::exception {
public:
  explicit failure(error value);
  explicit failure(error_ptr value);
  [[nodiscard]] const char* what() const noexcept override { return text_->c_str(); }
  [[nodiscard]] const error& why() const noexcept { return *error_; }
  [[nodiscard]] errc code() const noexcept { return error_->code; }

private:
  error_ptr error_;
  std::shared_ptr<const std::string> text_; // copying an exception must not throw
};

} // namespace freehold
