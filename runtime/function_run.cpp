// One attempt at a transaction function.

#include "runtime/conversation.hpp"

#include <fmt/format.h>

namespace freehold {
namespace {

attempt_failure failed(const request_ptr& what, error why, failure_class kind) {
  // Sent, as far as the outcome is concerned, only if nobody knows it.
  what->mark_sent(why.fate == fate::unknown);
  why.query_id = what->describe(why.code, {}, why.fate).query_id;
  why.attempts = what->attempts;
  return {what, std::move(why), kind};
}

// The function returned although a statement of its had failed: nothing it did
// was kept, and COMMIT would have been answered with ROLLBACK.
error returned_while_aborted(const request& what) {
  return what.describe(errc::transaction_failed,
                       "the function returned although a statement in it had failed, which "
                       "aborts the transaction; let the failure through, or use a savepoint",
                       fate::rolled_back);
}

// What became of an earlier attempt whose COMMIT was lost: answers the request, returns why to ask
// again, or neither when the way is free for another attempt.
std::optional<attempt_failure> settle(conversation& on, const request_ptr& what) {
  const auto ask_again = [&] { return failed(what, what->lost->why, failure_class::in_doubt); };
  try {
    switch (on.look_up(*what->lost)) {
    case commit_fate::committed:
      what->succeed(std::move(what->lost->value));
      break;
    case commit_fate::rolled_back:
      what->clear_doubt();
      what->lost.reset();
      break;
    case commit_fate::under_way:
      return ask_again();
    case commit_fate::unknown:
      what->fail(what->lost->why);
      break;
    }
    return std::nullopt;
  } catch (const failure&) { // of the look-up: it says nothing about what is looked up
    return ask_again();
  }
}

} // namespace

std::optional<attempt_failure> run_function(session& on, session_state& state,
                                            const statement_options& options,
                                            const request_ptr& what) {
  ++what->attempts;
  what->mark_sent(true);
  if (what->lost) {
    conversation asking{on, state, options, *what};
    std::optional<attempt_failure> again = settle(asking, what);
    if (again || what->answered())
      return again;
  }
  conversation tx{on, state, options, *what};
  tx.begin(what->options);
  std::any value;
  try {
    value = what->body(tx);
    if (state.lost() || (tx.used() && tx.aborted())) {
      tx.roll_back();
      what->fail(returned_while_aborted(*what));
      return std::nullopt;
    }
    if (what->unwanted()) {
      tx.roll_back();
      what->fail(errc::cancelled, "nobody waited for it any more", fate::rolled_back);
      return std::nullopt;
    }
    tx.commit();
    what->succeed(std::move(value));
  } catch (const failure& refused) {
    tx.roll_back();
    const bool asked_for = what->options.read_only; // then a write is the function's own mistake
    if (tx.last_failure() == failure_class::role && (asked_for || !state.role_changed())) {
      what->fail(refused.why());
      return std::nullopt;
    }
    attempt_failure told = failed(what, refused.why(), tx.last_failure());
    if (auto lost = tx.take_lost_commit()) {
      lost->value = std::move(value);
      lost->why = told.why;
      what->lost = std::move(lost);
    }
    return told;
  } catch (...) { // the caller's own exception: it goes to the caller
    tx.roll_back();
    error why = what->describe(errc::transaction_failed,
                               "the transaction function threw; the transaction was rolled back",
                               fate::rolled_back);
    why.thrown = std::current_exception();
    what->fail(std::move(why));
  }
  return std::nullopt;
}

} // namespace freehold
