// A connection while it serves one holder.

#include "actors/connection.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <array>

namespace freehold {

void session_owner::hand_over_lease(hand_over& lease) {
  // Without a session the supervisor has the request run elsewhere. Else, if nobody waits for it
  // any more, the grant ends here and gives itself back.
  if (!session_)
    return;
  const request_ptr origin = lease.grant->origin;
  origin->succeed(std::any{std::move(lease.grant)});
}

// A number that is not above the last one's belongs to a lease that has ended.
bool session_owner::holds(std::uint64_t number, const request_ptr& origin) {
  if (session_ && !lease_ && number > last_lease_ && !interrupter_->severed()) {
    lease_ = held_lease{number, origin};
    last_lease_ = number;
  }
  return session_ && lease_ && lease_->number == number;
}

void session_owner::execute_leased(const lease_execute& m) {
  const request_ptr& what = m.what;
  if (!holds(m.lease, m.origin)) {
    what->fail(errc::lease_lost, "the lease has ended: it was released, reclaimed "
                                 "(lease.reclaim_after), or its session was lost");
    return;
  }
  if (what->unwanted())
    return;
  ++what->attempts;
  lease_->touched = true;
  conversation talk{*session_, *state_, context_->options.statements, *what};
  talk.belong_to(*lease_->origin);
  // Also after a first BEGIN that did not come to be: nothing may run outside the transaction.
  if (lease_->origin->transactional_lease && !session_->in_transaction())
    talk.begin(lease_->origin->options);
  const session::time_point began = context_->now();
  what->mark_sent(true);
  try {
    what->succeed(talk.execute(what->steps.front()));
  } catch (const failure& why) {
    what->fail(why.why());
  }
  log_finished(*what, began);
  finish_if_lost();
}

void session_owner::commit_lease(const lease_commit& m) {
  const request_ptr& what = m.what;
  if (!holds(m.lease, m.origin)) {
    what->fail(errc::lease_lost, "the lease has ended; its transaction was rolled back",
               fate::rolled_back);
    return;
  }
  what->mark_sent(true);
  try {
    if (session_->in_failed_transaction()) {
      what->fail(errc::transaction_failed,
                 "a statement of the transaction failed; it can only be rolled back",
                 fate::rolled_back);
    } else {
      conversation talk{*session_, *state_, context_->options.statements, *what};
      talk.belong_to(*lease_->origin);
      if (session_->in_transaction())
        talk.command("COMMIT");
      what->succeed(std::any{});
    }
  } catch (const failure& why) {
    what->fail(state_->lost()
                   ? what->describe(errc::outcome_unknown,
                                    "the session ended before COMMIT was confirmed", fate::unknown)
                   : why.why());
  }
  end_lease(m.lease);
}

void session_owner::end_lease(std::uint64_t number) {
  if (!session_ || !lease_ || lease_->number != number)
    return;
  const bool reset = lease_->touched && !state_->server.pooler;
  const request work = housekeeping(context_->options.connect.timeout);
  conversation talk{*session_, *state_, context_->options.statements, work};
  talk.roll_back();
  if (reset && !lease_->origin->transactional_lease)
    reset_session();
  lease_.reset();
  self_->send(supervisor_, lease_ended{id_});
  finish_if_lost();
}

// Everything that a holder can leave on a session, except our own statements.
void session_owner::reset_session() {
  const request work = housekeeping(context_->options.connect.timeout);
  static constexpr std::array commands{"CLOSE ALL", "UNLISTEN *", "RESET ALL",
                                       "SELECT pg_advisory_unlock_all()", "DISCARD TEMP"};
  try {
    for (const char* each : commands) {
      if (state_->lost())
        return;
      conversation talk{*session_, *state_, context_->options.statements, work};
      talk.command(each);
    }
    // RESET ALL took the session's own settings with it.
    state_->server = probe(*session_, context_->options, nonce_, work.deadline);
  } catch (const std::exception& why) { // not provably clean: not kept
    state_->lose(fmt::format("could not reset the session after a lease: {}", why.what()));
  }
}

} // namespace freehold
