// Statements one after the other on a session that serves nobody else:
// transaction functions and leases.
#pragma once

#include "runtime/request.hpp"
#include "runtime/session.hpp"
#include "runtime/session_state.hpp"

#include <functional>
#include <string>

namespace freehold {

/// A transaction, or a plain exchange, held with the server one statement at a
/// time by the session's own thread.
class conversation final : public transaction {
public:
  conversation(session& on, session_state& state, const statement_options& options,
               const request& what)
      : session_{on}, state_{state}, options_{options}, what_{what} {}

  /// Queues a BEGIN that travels with the first statement.
  void begin(const transaction_options& how);
  /// Sends COMMIT. Throws `failure`, with `outcome_unknown` when the session is
  /// lost before the server's answer.
  void commit();
  /// Ends whatever transaction is open; the session is lost if that fails.
  void roll_back() noexcept;
  /// Whether the server was reached since `begin`.
  [[nodiscard]] bool used() const noexcept { return used_; }
  /// Whether a statement failed, so that nothing can be kept.
  [[nodiscard]] bool aborted() const { return session_.in_failed_transaction(); }
  /// Class of the server's last refusal; decides about a replay.
  [[nodiscard]] failure_class last_failure() const noexcept { return last_failure_; }

  using transaction::execute;
  result_set execute(const bound_statement& bound) override;
  std::size_t copy_in(const statement& what,
                      const std::function<std::optional<std::string>()>& next) override;
  std::size_t copy_out(const statement& what,
                       const std::function<void(std::string_view)>& row) override;
  [[nodiscard]] std::chrono::milliseconds remaining() const override;

  /// Runs a command of our own ("ROLLBACK"); throws `failure`.
  void command(const std::string& sql);

private:
  result_set attempt(const bound_statement& bound, const std::string*& name);
  session_reply reply();
  std::size_t copy(const statement& what, const std::function<std::size_t()>& run);
  void open();
  [[noreturn]] void refuse(const bound_statement& bound, const server_error& why);
  [[noreturn]] void fail_unconfirmed(const std::string& statement_name);
  [[noreturn]] void lost(const statement& what, bool sent);
  void check(const bound_statement& bound);
  [[noreturn]] void fail(errc code, const std::string& statement_name, std::string message,
                         fate what);

  session& session_;
  session_state& state_;
  const statement_options& options_;
  const request& what_;
  std::string begin_; // not sent yet
  bool used_ = false;
  bool in_block_ = false; // as far as known before the exchange under way
  bool cancelled_ = false;
  bool unconfirmed_ = false;            // the last reply: see session_reply
  std::optional<server_error> refused_; // by the exchange under way
  failure_class last_failure_ = failure_class::permanent;
};

/// Runs a transaction function, BEGIN to COMMIT, and answers its request or
/// returns why the attempt failed and may be repeated. What the function throws
/// reaches the caller as it is.
[[nodiscard]] std::optional<attempt_failure> run_function(session& on, session_state& state,
                                                          const statement_options& options,
                                                          const request_ptr& what);

} // namespace freehold
