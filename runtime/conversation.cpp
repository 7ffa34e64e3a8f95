#include "runtime/conversation.hpp"

#include "runtime/pipeline.hpp"
#include "runtime/statement_text.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>

namespace freehold {

namespace {

// Of what changes a session's state, that which a transaction's end takes back.
bool ends_with_transaction(std::string_view sql) {
  constexpr std::array<std::string_view, 5> beginnings{"SET LOCAL ", "DECLARE ", "FETCH ", "MOVE ",
                                                       "CLOSE "};
  return std::any_of(beginnings.begin(), beginnings.end(), [sql](std::string_view each) {
    return sql.size() > each.size() && strncasecmp(sql.data(), each.data(), each.size()) == 0;
  });
}

std::string begin_sql(const transaction_mode& how) {
  std::string sql = "BEGIN";
  switch (how.isolation) {
  case isolation::server_default:
    break;
  case isolation::read_committed:
    sql += " ISOLATION LEVEL READ COMMITTED";
    break;
  case isolation::repeatable_read:
    sql += " ISOLATION LEVEL REPEATABLE READ";
    break;
  case isolation::serializable:
    sql += " ISOLATION LEVEL SERIALIZABLE";
    break;
  }
  return how.read_only ? sql + " READ ONLY" : sql;
}

// Savepoints are the function's own business; the transaction around them is not.
bool ends_transaction(const statement& what) {
  if (what.scope() != statement_scope::transaction_control)
    return false;
  sql_words words{what.sql()};
  const std::string first{words.next()};
  if (first == "SAVEPOINT" || first == "RELEASE")
    return false;
  std::string second{words.next()};
  if (second == "WORK" || second == "TRANSACTION")
    second = words.next();
  return first != "ROLLBACK" || second != "TO";
}

} // namespace

void conversation::begin(const transaction_mode& how) {
  begin_ = begin_sql(how);
}

std::chrono::milliseconds conversation::remaining() const {
  return std::max(std::chrono::milliseconds{0},
                  std::chrono::floor<std::chrono::milliseconds>(what_.deadline - session_.now()));
}

void conversation::fail(errc code, const std::string& statement_name, std::string message,
                        fate what) {
  error why = what_.describe(code, std::move(message), what);
  if (!statement_name.empty())
    why.statement = statement_name;
  throw failure{std::move(why)};
}

void conversation::lost(const statement& what, bool sent) {
  const bool final_alone = !in_block_ || what.scope() == statement_scope::transaction_control;
  if (sent && final_alone && !what.is_read_only()) {
    last_failure_ = failure_class::in_doubt;
    fail(errc::outcome_unknown, what.name(),
         "the session ended before the server confirmed the statement; it may or may not have "
         "run: " +
             state_.lost_because,
         fate::unknown);
  }
  last_failure_ = failure_class::connection_fatal;
  // Without a COMMIT the server rolls back what a lost session had begun.
  fail(errc::connection_lost, what.name(), "the session ended: " + state_.lost_because,
       sent || used_ ? fate::rolled_back : fate::not_sent);
}

void conversation::fail_unconfirmed(const std::string& statement_name) {
  last_failure_ = failure_class::in_doubt;
  const error why = unconfirmed_commit();
  fail(why.code, statement_name, why.message, why.fate);
}

void conversation::refuse(const bound_statement& bound, const server_error& why) {
  last_failure_ = classify(why);
  request one{request_kind::execute, {bound},  what_.submitted,
              what_.deadline,        what_.id, std::make_shared<waiting_receiver>()};
  if (settings_ != nullptr)
    one.settings = std::make_unique<const bound_statement>(*settings_);
  const std::size_t step = &bound == settings_ ? request::settings_step : 0;
  error told = describe_refusal(one, step, why, cancelled_);
  told.attempts = what_.attempts;
  if (abandoned_ && told.code == errc::deadline_exceeded) {
    told.code = errc::cancelled;
    told.message = "nobody waited for it any more; it was cancelled on the server";
  }
  throw failure{std::move(told)};
}

void conversation::check_wanted(const statement& what) {
  if (gave_up())
    fail(errc::cancelled, what.name(), "nobody waited for it any more",
         used_ ? fate::rolled_back : fate::not_sent);
}

// Throws when a statement must not, or cannot, be sent.
void conversation::check(const bound_statement& bound) {
  if (std::optional<std::string> problem = unsendable(bound)) {
    fail(errc::bad_parameter, bound.what.name(), *std::move(problem), fate::not_sent);
  }
  if (bound.what.scope() == statement_scope::copy) {
    fail(errc::not_allowed, bound.what.name(), "COPY is run by copy_in and copy_out",
         fate::not_sent);
  }
  if (what_.kind == request_kind::function && ends_transaction(bound.what)) {
    fail(errc::not_allowed, bound.what.name(),
         "the transaction is begun and ended by the runtime: return to commit, throw to roll back",
         fate::not_sent);
  }
  if (bound.what.scope() == statement_scope::session_state && state_.server.pooler &&
      !ends_with_transaction(bound.what.sql())) {
    fail(errc::not_allowed, bound.what.name(),
         "this would leave state behind on a server session that a pooler gives to others next; "
         "SET LOCAL and pg_advisory_xact_lock end with the transaction",
         fate::not_sent);
  }
  if (state_.lost())
    lost(bound.what, false);
  check_wanted(bound.what);
  if (cancelled_ || session_.now() >= what_.deadline) {
    fail(errc::deadline_exceeded, bound.what.name(),
         "the deadline passed before the statement was sent", fate::not_sent);
  }
}

result_set conversation::execute(const bound_statement& bound) {
  check(bound);
  for (int tries = 0;; ++tries) {
    in_block_ = !begin_.empty() || session_.in_transaction();
    result_set rows = attempt(&bound);
    const bool healed = heal();
    state_.names.end_batch();
    if (!refused_)
      return rows;
    if (!healed || in_block_ || tries > 2)
      refuse(refused_at_.of != nullptr ? *refused_at_.of : bound, *refused_);
  }
}

void conversation::command(const std::string& sql) {
  committing_ = sql == "COMMIT";
  session_.execute_unnamed(sql, {});
  session_.sync();
  refused_.reset();
  for (;;) {
    session_reply got = reply();
    if (state_.lost())
      lost(statement{"command", sql, read_only}, true);
    if (got.kind == reply_kind::synced)
      break;
    if (got.kind == reply_kind::failed)
      refused_ = std::move(*got.why);
  }
  if (refused_)
    refuse({statement{"command", sql}, {}}, *refused_);
  if (unconfirmed_)
    fail_unconfirmed({});
}

void conversation::commit() {
  if (!used_)
    return;
  in_block_ = true;
  try {
    command("COMMIT");
  } catch (const failure&) {
    if (!state_.lost())
      throw;
    if (what_.options.read_only) {
      last_failure_ = failure_class::connection_fatal;
      fail(errc::connection_lost, {}, "the session ended at COMMIT: " + state_.lost_because,
           fate::rolled_back);
    }
    last_failure_ = failure_class::in_doubt;
    commit_lost_ = true;
    fail(errc::outcome_unknown, {},
         "the session ended before COMMIT was confirmed; the transaction may or may not have "
         "taken effect: " +
             state_.lost_because,
         fate::unknown);
  }
}

commit_fate conversation::look_up(const lost_commit& other) {
  if (!is_witness(state_, other))
    return commit_fate::under_way;
  return read_commit_fate(execute(commit_fate_query(other)));
}

std::unique_ptr<lost_commit> conversation::take_lost_commit() {
  if (!commit_lost_ || !id_)
    return nullptr;
  auto made = std::make_unique<lost_commit>();
  made->transaction_id = *id_;
  made->server_start = state_.server.server_start;
  made->began = began_;
  return made;
}

void conversation::roll_back() noexcept {
  if (state_.lost() || !session_.in_transaction())
    return;
  const failure_class cause = last_failure_;
  try {
    cancelled_ = true; // the deadline is over: cancel_grace bounds the wait
    command("ROLLBACK");
  } catch (const std::exception& why) { // a session that cannot roll back is not kept
    state_.lose(fmt::format("ROLLBACK failed: {}", why.what()));
  }
  last_failure_ = cause;
}

} // namespace freehold
