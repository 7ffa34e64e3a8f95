// Statements one after the other on a session that serves nobody else:
// transaction functions and leases.
#pragma once

#include "runtime/lost_commit.hpp"
#include "runtime/request.hpp"
#include "runtime/session.hpp"
#include "runtime/session_state.hpp"

#include <functional>
#include <string>
#include <vector>

namespace freehold {

/// A transaction, or a plain exchange, held with the server one statement at a
/// time by the session's own thread.
class conversation final : public transaction {
public:
  conversation(session& on, session_state& state, const statement_options& options,
               const request& what)
      : session_{on}, state_{state}, options_{options}, what_{what}, settings_{
                                                                         what.settings.get()} {}

  /// The settings of the transaction that this is a part of, if not the request's own.
  void belong_to(const request& whole) noexcept { settings_ = whole.settings.get(); }
  /// Queues a BEGIN that travels with the first statement, and the settings with it.
  void begin(const transaction_mode& how);
  /// Sends COMMIT. Throws `failure`, with `outcome_unknown` when the session is
  /// lost before the server's answer.
  void commit();
  /// Ends whatever transaction is open; the session is lost if that fails.
  void roll_back() noexcept;
  /// Whether the server was reached since `begin`.
  [[nodiscard]] bool used() const noexcept { return used_; }
  /// Whether a statement failed, so that nothing can be kept.
  [[nodiscard]] bool aborted() const { return session_.in_failed_transaction(); }
  /// What becomes of a transaction whose COMMIT was lost, as this session sees it.
  [[nodiscard]] commit_fate look_up(const lost_commit& other);
  /// Of this one, when its COMMIT was lost and it can be looked up; else null.
  [[nodiscard]] std::unique_ptr<lost_commit> take_lost_commit();
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
  enum class part : std::uint8_t { own, close, prepare, execute };
  struct expected {
    part what = part::own;
    const bound_statement* of = nullptr;
    const std::string* name = nullptr;
  };

  [[nodiscard]] bool asks_for_id(const bound_statement* bound) const;
  void queue(const bound_statement& bound);
  result_set attempt(const bound_statement* bound);
  void take_failure(const expected& e, session_reply&& got, bool& too_large);
  [[noreturn]] void refuse_too_large(const statement& what);
  [[nodiscard]] bool heal();
  session_reply reply();
  [[nodiscard]] bool gave_up() const;
  std::size_t copy(const statement& what, const std::function<std::size_t()>& run);
  void open();
  [[noreturn]] void refuse(const bound_statement& bound, const server_error& why);
  [[noreturn]] void fail_unconfirmed(const std::string& statement_name);
  [[noreturn]] void lost(const statement& what, bool sent);
  void check(const bound_statement& bound);
  void check_wanted(const statement& what);
  [[noreturn]] void fail(errc code, const std::string& statement_name, std::string message,
                         fate what);

  session& session_;
  session_state& state_;
  const statement_options& options_;
  const request& what_;
  const bound_statement* settings_; // of the transaction
  std::string begin_;               // not sent yet
  session::time_point began_{};     // when BEGIN was sent
  std::optional<std::int64_t> id_;  // of the transaction, once it has written
  bool used_ = false;
  bool in_block_ = false; // as far as known before the exchange under way
  bool cancelled_ = false;
  bool abandoned_ = false; // and therefore cancelled
  bool committing_ = false;
  bool commit_lost_ = false;
  bool unconfirmed_ = false;       // the last reply: see session_reply
  std::vector<expected> expected_; // of the exchange under way
  std::optional<server_error> refused_;
  expected refused_at_;
  bool too_large_ran_ = false;
  failure_class last_failure_ = failure_class::permanent;
};

/// Runs a transaction function, BEGIN to COMMIT, and answers its request or
/// returns why the attempt failed and may be repeated. What the function throws
/// reaches the caller as it is.
[[nodiscard]] std::optional<attempt_failure> run_function(session& on, session_state& state,
                                                          const statement_options& options,
                                                          const request_ptr& what);

} // namespace freehold
