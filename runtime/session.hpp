// The port to the database: everything the runtime asks of a driver. The
// PostgreSQL implementation is runtime/pqxx_session.cpp; tests script their own.
#pragma once

#include "runtime/interrupter.hpp"
#include "runtime/sqlstate.hpp"

#include <freehold/config.hpp>
#include <freehold/error.hpp>
#include <freehold/result_set.hpp>
#include <freehold/transaction.hpp>
#include <freehold/value.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pqxx {
class transaction_base;
}

namespace freehold {

enum class reply_kind : std::uint8_t {
  result,      ///< a command succeeded
  failed,      ///< the server refused a command; `why` says how
  too_large,   ///< the result passed the limit and was given up
  skipped,     ///< not run: an earlier command of the same Sync failed
  synced,      ///< everything up to a Sync is final
  timed_out,   ///< nothing arrived until the deadline
  interrupted, ///< somebody called the interrupter
  lost,        ///< the session has ended; `why.message` says how
};

struct session_reply {
  reply_kind kind = reply_kind::lost;
  result_set rows;
  /// Set for `failed`, `too_large` and `lost`. Apart, for it is large and hardly ever there.
  std::unique_ptr<server_error> why;
  /// Of `synced`: what it makes final is on this server alone, because the wait
  /// for its synchronous standby was cancelled. A failover would lose it.
  bool unconfirmed = false;

  [[nodiscard]] static session_reply without_result(reply_kind kind, server_error why) {
    return {kind, {}, std::make_unique<server_error>(std::move(why))};
  }
};

/// One connection. Created, used and destroyed by one thread (law: one owner).
///
/// Commands are queued without waiting; each gives exactly one reply, in order,
/// from `next`, and each `sync` gives `synced` in its place.
class session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  session() = default;
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  virtual ~session();

  /// The time by the clock that deadlines are meant in, and the one that whoever
  /// uses a session looks at: a session may live in simulated time.
  [[nodiscard]] virtual time_point now() const { return std::chrono::steady_clock::now(); }

  virtual void prepare(const std::string& name, const std::string& sql) = 0;
  virtual void execute_prepared(const std::string& name, const parameters& values) = 0;
  virtual void execute_unnamed(const std::string& sql, const parameters& values) = 0;
  virtual void sync() = 0;
  /// The next reply; sends what is queued while it waits.
  [[nodiscard]] virtual session_reply next(time_point deadline) = 0;

  /// Asks the server to stop the running command. May block for a round trip.
  virtual void cancel() = 0;
  /// Whether a transaction block is open (failed ones included).
  [[nodiscard]] virtual bool in_transaction() const = 0;
  /// Whether the open block has failed and can only be rolled back.
  [[nodiscard]] virtual bool in_failed_transaction() const = 0;
  [[nodiscard]] virtual int backend_pid() const = 0; ///< as announced at connect
  [[nodiscard]] virtual int server_version() const = 0;
  /// A reported parameter ("DateStyle"), empty when the server did not say.
  [[nodiscard]] virtual std::string reported(const std::string& name) const = 0;

  /// COPY, with nothing queued. Throws `copy_refused`, `failure` when the session
  /// is lost or the deadline passes, and what the function throws.
  virtual std::size_t copy_in(const std::string& sql,
                              const std::function<std::optional<std::string>()>& next,
                              time_point deadline) = 0;
  virtual std::size_t copy_out(const std::string& sql,
                               const std::function<void(std::string_view)>& row,
                               time_point deadline) = 0;
  /// Runs `body` in a libpqxx transaction, with nothing queued, and commits. Runs
  /// `first` before it, unless it is null. Throws what libpqxx or `body` throws;
  /// `statement_refused` for `first`; `failure` when the outcome is unknown.
  virtual void with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                         std::chrono::milliseconds statement_timeout,
                         const bound_statement* first = nullptr) = 0;
};

/// What it means for a request when its commit is `unconfirmed`.
[[nodiscard]] error unconfirmed_commit();

/// The server refused what has no reply of its own.
class refused_by_server : public std::exception {
public:
  explicit refused_by_server(server_error why) : why_{std::move(why)} {}
  [[nodiscard]] const server_error& why() const noexcept { return why_; }
  [[nodiscard]] const char* what() const noexcept override { return "the server refused it"; }

private:
  server_error why_;
};

class copy_refused final : public refused_by_server {
public:
  using refused_by_server::refused_by_server;
};

class statement_refused final : public refused_by_server {
public:
  using refused_by_server::refused_by_server;
};

/// Why a session could not be made.
class connect_failure : public std::runtime_error {
public:
  connect_failure(connect_outcome what, std::string sqlstate, const std::string& message)
      : std::runtime_error{message}, outcome_{what}, sqlstate_{std::move(sqlstate)} {}
  [[nodiscard]] connect_outcome outcome() const noexcept { return outcome_; }
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

private:
  connect_outcome outcome_;
  std::string sqlstate_;
};

/// What a session is made from.
struct session_request {
  connection_target target;
  std::string application_name;
  std::size_t result_limit = 0;
  session::time_point deadline;
  std::shared_ptr<freehold::interrupter> interrupter;
};

/// Connects, or throws `connect_failure`. Called on the thread that will own
/// the session; may be called from several threads at once.
using session_factory = std::function<std::unique_ptr<session>(const session_request&)>;

/// The factory for PostgreSQL.
[[nodiscard]] session_factory postgres_sessions();

} // namespace freehold
