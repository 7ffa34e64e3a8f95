// One exchange of a conversation: what is sent with one Sync, and its replies.

#include "runtime/conversation.hpp"

#include "runtime/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freehold {

// A COMMIT under way is not taken back because nobody waits: it would only be less sure.
bool conversation::gave_up() const {
  return !committing_ && what_.unwanted();
}

// One reply; cancels when the time is up, or when nobody waits for it any more, and gives the
// session up when that does not help.
session_reply conversation::reply() {
  session::time_point until =
      cancelled_ ? session_.now() + options_.cancel_grace : cancel_time(what_);
  for (;;) {
    session_reply got = session_.next(std::min(until, session_.now() + look_again));
    if (got.kind == reply_kind::timed_out || got.kind == reply_kind::interrupted) {
      const bool late = session_.now() >= until;
      if (!late && (cancelled_ || !gave_up()))
        continue;
      if (cancelled_) {
        state_.lose("the server did not react to a cancellation (statements.cancel_grace)");
        return {};
      }
      cancelled_ = true;
      abandoned_ = !late;
      session_.cancel();
      until = session_.now() + options_.cancel_grace;
      continue;
    }
    if (got.kind == reply_kind::lost ||
        (got.kind == reply_kind::failed && ends_session(*got.why))) {
      state_.lose(*got.why);
      return {};
    }
    unconfirmed_ = got.unconfirmed; // a Sync ends each exchange
    return got;
  }
}

// Only the id tells later what became of the transaction, and only what writes has one. What is
// idempotent is repeated without asking.
bool conversation::asks_for_id(const bound_statement* bound) const {
  return !id_ && bound != nullptr && in_block_ && what_.kind == request_kind::function &&
         what_.effect() == effect::writes && !bound->what.is_read_only() &&
         bound->what.scope() == statement_scope::anywhere && !state_.server.server_start.empty();
}

void conversation::queue(const bound_statement& bound) {
  bool prepared = false;
  std::size_t closes = 0;
  const std::string* name = state_.name(session_, bound.what, prepared, closes);
  expected_.insert(expected_.end(), closes, {part::close, nullptr, nullptr});
  if (prepared)
    expected_.push_back({part::prepare, &bound, name});
  if (name != nullptr)
    session_.execute_prepared(*name, bound.values);
  else
    session_.execute_unnamed(bound.what.sql(), bound.values);
  expected_.push_back({part::execute, &bound, name});
}

// What is to come before it, and the statement, if there is one, in one round trip.
result_set conversation::attempt(const bound_statement* bound) {
  expected_.clear();
  if (!begin_.empty()) {
    began_ = session_.now();
    session_.execute_unnamed(std::exchange(begin_, {}), {});
    expected_.push_back({part::own, nullptr, nullptr});
    if (settings_ != nullptr)
      queue(*settings_);
  }
  if (bound != nullptr)
    queue(*bound);
  if (asks_for_id(bound))
    queue(transaction_id_query());
  session_.sync();
  used_ = true;

  refused_.reset();
  result_set rows;
  bool too_large = false;
  for (std::size_t at = 0;;) {
    session_reply got = reply();
    if (state_.lost())
      lost(bound != nullptr ? bound->what : statement{"command", "BEGIN", read_only}, true);
    if (got.kind == reply_kind::synced)
      break;
    // An error may come with the Sync itself: a deferred constraint's.
    const expected e =
        at < expected_.size() ? expected_[at++] : expected{part::own, bound, nullptr};
    if (e.what == part::close)
      state_.close_answered(got);
    if (got.kind != reply_kind::result)
      take_failure(e, std::move(got), too_large);
    else if (e.what == part::prepare)
      state_.names.confirm(e.of->what);
    else if (e.what == part::execute && e.of == bound)
      rows = std::move(got.rows);
    else if (e.what == part::execute && e.of == &transaction_id_query())
      id_ = got.rows.scalar<std::optional<std::int64_t>>();
  }
  if (too_large)
    refuse_too_large(bound->what);
  if (unconfirmed_ && !refused_)
    fail_unconfirmed(bound != nullptr ? bound->what.name() : "BEGIN");
  return rows;
}

void conversation::take_failure(const expected& e, session_reply&& got, bool& too_large) {
  // A name that was not prepared must not be closed later. `heal` forgets the others.
  if (e.what == part::prepare && !is_surprise(got))
    state_.names.forget(e.of->what, *e.name);
  if (got.kind == reply_kind::too_large) {
    too_large = true;
    too_large_ran_ = got.why->sqlstate.empty();
  } else if (got.kind == reply_kind::failed && !refused_) {
    refused_ = std::move(*got.why);
    refused_at_ = e;
  }
}

void conversation::refuse_too_large(const statement& what) {
  // Without the server's refusal it ran to its end, and counts unless its block is rolled back: a
  // function's is, now; whoever holds a lease may still commit.
  const bool kept = !in_block_ || what_.kind != request_kind::function;
  const bool ran = too_large_ran_ && kept && !what.is_read_only();
  fail(errc::result_too_large, what.name(),
       fmt::format("the result passed {} bytes; raise statements.result_limit{}",
                   options_.result_limit,
                   !ran        ? ""
                   : in_block_ ? ". What the statement wrote counts if its transaction commits"
                               : ". What the statement wrote has taken effect"),
       ran ? fate::unknown : fate::rolled_back);
}

bool conversation::heal() {
  return refused_ && refused_at_.of != nullptr &&
         state_.heal(refused_at_.of->what, refused_at_.name, *refused_);
}

} // namespace freehold
