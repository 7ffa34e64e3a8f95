// A session without a server: records its calls, and answers as a server would
// unless the script says otherwise. Deterministic, one thread, no waiting.
#pragma once

#include "runtime/session.hpp"
#include "tests/support/transaction_log.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace freehold::testing {

/// What goes wrong with one command.
enum class mishap {
  refuse,      ///< the server answers with `why`
  lose_before, ///< the session ends before it is run
  lose_after,  ///< the session ends after it was run, before the reply
  hang,        ///< no answer until it is cancelled
  deaf,        ///< no answer, and cancelling does not help
  too_large,   ///< it runs, and its result is given up
  unconfirmed, ///< of a Sync: nobody waits for the standby any more
};

struct trouble {
  mishap what = mishap::refuse;
  server_error why;
};

/// An error as the server would report it.
[[nodiscard]] trouble refusal(std::string sqlstate, std::string routine = {},
                              std::string severity = "ERROR");

/// What outlives a session: names on the backend, and what was committed.
struct scripted_server {
  struct prepared_statement {
    std::string sql;
    bool stale = false;
  };
  std::map<std::string, prepared_statement> prepared;
  /// SQL, and values after a bar, of everything that took effect.
  std::vector<std::string> committed;
  std::shared_ptr<transaction_log> transactions = std::make_shared<transaction_log>();
  std::map<std::string, result_set> answers; ///< by SQL
  /// Asked first; what it returns is the result.
  std::function<std::optional<result_set>(const std::string&, const parameters&)> respond;

  /// The plans of this SQL no longer fit its tables.
  void make_stale(const std::string& sql);
  /// How often something took effect.
  [[nodiscard]] std::size_t times(const std::string& entry) const;
};

class scripted_session final : public session {
public:
  explicit scripted_session(
      std::shared_ptr<scripted_server> on = std::make_shared<scripted_server>())
      : server{std::move(on)} {}
  ~scripted_session() override { close_transaction(false); }

  /// A pooler may put another in its place between transactions.
  std::shared_ptr<scripted_server> server;
  /// "prepare SQL", "named SQL", "unnamed SQL", "sync", "cancel", in order.
  std::vector<std::string> calls;
  /// By the number of the execute, from 1, that the server comes to run.
  std::map<std::size_t, trouble> at_execute;
  std::map<std::size_t, trouble> at_sync;            ///< by the number of the Sync, from 1
  std::map<std::string, std::deque<trouble>> at_sql; ///< each is used once
  /// Asked before those above, of each execute (null: of each Sync).
  std::function<std::optional<trouble>(const std::string* sql, const parameters&)> plan;
  std::map<std::string, std::string> reports; ///< parameters the server reported
  int pid = 4711;
  /// How long the last call of `next` would have waited.
  time_point asked_until{};
  /// Called before each reply.
  std::function<void()> before_reply;

  void prepare(const std::string& name, const std::string& sql) override;
  void execute_prepared(const std::string& name, const parameters& values) override;
  void execute_unnamed(const std::string& sql, const parameters& values) override;
  void sync() override;
  session_reply next(time_point deadline) override;
  void cancel() override;
  bool in_transaction() const override { return block_ != block::none; }
  bool in_failed_transaction() const override { return block_ == block::failed; }
  int backend_pid() const override { return pid; }
  int server_version() const override { return 150018; }
  std::string reported(const std::string& name) const override;
  std::size_t copy_in(const std::string& sql,
                      const std::function<std::optional<std::string>()>& next,
                      time_point deadline) override;
  std::size_t copy_out(const std::string& sql, const std::function<void(std::string_view)>& row,
                       time_point deadline) override;
  void with_pqxx(const std::function<void(pqxx::transaction_base&)>& body,
                 std::chrono::milliseconds statement_timeout,
                 const bound_statement* first) override;

  /// Commands without a reply so far.
  [[nodiscard]] std::size_t unanswered() const noexcept { return queue_.size(); }
  /// How often a call was recorded.
  [[nodiscard]] std::size_t count(const std::string& call) const;

private:
  enum class part { prepare, named, unnamed, sync };
  enum class block { none, open, failed };
  struct command {
    part what;
    std::string name;
    std::string sql;
    parameters values;
  };

  session_reply run(const command& c);
  session_reply run_prepare(const command& c);
  session_reply run_execute(const command& c);
  session_reply run_sync();
  session_reply perform(const std::string& sql, const parameters& values);
  std::optional<session_reply> control(const std::string& sql);
  std::optional<trouble> trouble_of(const std::string& sql, const parameters& values);
  void close_transaction(bool committed);
  session_reply fail(const server_error& why);
  session_reply end();

  std::deque<command> queue_;
  std::vector<std::string> pending_; // of the transaction under way
  block block_ = block::none;
  std::optional<std::int64_t> id_; // of the open block
  bool skipping_ = false;
  bool lost_ = false;
  bool cancelled_ = false;
  std::optional<trouble> stuck_; // the head does not answer
  std::size_t executes_ = 0;
  std::size_t syncs_ = 0;
  bool planned_sync_ = false; // the plan was asked about the one at the head
};

} // namespace freehold::testing
