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

std::string begin_sql(const transaction_options& how) {
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

void conversation::begin(const transaction_options& how) {
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

void conversation::refuse(const bound_statement& bound, const server_error& why) {
  last_failure_ = classify(why);
  const request one{request_kind::execute, {bound},  what_.submitted,
                    what_.deadline,        what_.id, std::make_shared<waiting_receiver>()};
  error told = describe_refusal(one, 0, why, cancelled_);
  told.attempts = what_.attempts;
  throw failure{std::move(told)};
}

// One reply; cancels when the time is up and gives the session up when that does not help.
session_reply conversation::reply() {
  session::time_point until =
      cancelled_ ? session_.now() + options_.cancel_grace : cancel_time(what_);
  for (;;) {
    session_reply got = session_.next(until);
    if (got.kind == reply_kind::interrupted && !what_.unwanted())
      continue;
    if (got.kind == reply_kind::timed_out || got.kind == reply_kind::interrupted) {
      if (cancelled_ && got.kind == reply_kind::interrupted)
        continue;
      if (cancelled_) {
        state_.lose("the server did not react to a cancellation (statements.cancel_grace)");
        return {};
      }
      cancelled_ = true;
      session_.cancel();
      until = session_.now() + options_.cancel_grace;
      continue;
    }
    if (got.kind == reply_kind::lost ||
        (got.kind == reply_kind::failed && ends_session(*got.why))) {
      state_.lose(got.why->message);
      return {};
    }
    return got;
  }
}

result_set conversation::attempt(const bound_statement& bound, const std::string*& name) {
  std::size_t expected = 0;
  if (!begin_.empty()) {
    session_.execute_unnamed(begin_, {});
    begin_.clear();
    ++expected;
  }
  bool prepared = false;
  std::size_t closes = 0;
  name = state_.name(session_, bound.what, prepared, closes);
  expected += closes + (prepared ? 1U : 0U) + 1;
  if (name != nullptr)
    session_.execute_prepared(*name, bound.values);
  else
    session_.execute_unnamed(bound.what.sql(), bound.values);
  session_.sync();
  used_ = true;

  refused_.reset();
  result_set rows;
  std::optional<server_error> too_large;
  for (;;) {
    session_reply got = reply();
    if (state_.lost())
      lost(bound.what, true);
    if (got.kind == reply_kind::synced)
      break;
    --expected;
    const bool of_prepare = prepared && expected == 1;
    const std::size_t after_closes = prepared ? 1 : 0;
    if (expected > after_closes && expected <= after_closes + closes)
      state_.close_answered(got);
    if (got.kind == reply_kind::result) {
      if (of_prepare)
        state_.names.confirm(bound.what);
      rows = std::move(got.rows);
      continue;
    }
    // A name that was not prepared must not be closed later. `heal` forgets the others.
    if (of_prepare && !is_surprise(got)) {
      state_.names.forget(bound.what, *name);
    }
    if (got.kind == reply_kind::too_large) {
      too_large = std::move(got.why);
    } else if (got.kind == reply_kind::failed && !refused_) {
      refused_ = std::move(got.why);
    }
  }
  if (too_large) {
    // Without the server's refusal it ran to its end, and counts unless its block is rolled back:
    // a function's is, now; whoever holds a lease may still commit.
    const bool kept = !in_block_ || what_.kind != request_kind::function;
    const bool ran = too_large->sqlstate.empty() && kept && !bound.what.is_read_only();
    fail(errc::result_too_large, bound.what.name(),
         fmt::format("the result passed {} bytes; raise statements.result_limit{}",
                     options_.result_limit,
                     !ran        ? ""
                     : in_block_ ? ". What the statement wrote counts if its transaction commits"
                                 : ". What the statement wrote has taken effect"),
         ran ? fate::unknown : fate::rolled_back);
  }
  return rows;
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
  if (cancelled_ || session_.now() >= what_.deadline) {
    fail(errc::deadline_exceeded, bound.what.name(),
         "the deadline passed before the statement was sent", fate::not_sent);
  }
}

result_set conversation::execute(const bound_statement& bound) {
  check(bound);
  for (int tries = 0;; ++tries) {
    in_block_ = !begin_.empty() || session_.in_transaction();
    const std::string* name = nullptr;
    result_set rows = attempt(bound, name);
    const bool healed = refused_ && state_.heal(bound.what, name, *refused_);
    state_.names.end_batch();
    if (!refused_)
      return rows;
    if (!healed || in_block_ || tries > 2)
      refuse(bound, *refused_);
  }
}

void conversation::command(const std::string& sql) {
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
      refused_ = std::move(got.why);
  }
  if (refused_)
    refuse({statement{"command", sql}, {}}, *refused_);
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
    fail(errc::outcome_unknown, {},
         "the session ended before COMMIT was confirmed; the transaction may or may not have "
         "taken effect: " +
             state_.lost_because,
         fate::unknown);
  }
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
