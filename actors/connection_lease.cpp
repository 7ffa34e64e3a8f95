// A connection while it serves one holder.

#include "actors/connection.hpp"

#include <caf/send.hpp>
#include <fmt/format.h>

#include <array>

namespace freehold {

lease_grant::~lease_grant() {
  if (!connection)
    return;
  caf::anon_send(connection, lease_release{lease});
  interrupter->wake(); // what still runs for the holder is no longer wanted
}

void session_owner::grant_lease(const request_ptr& what) {
  if (state_->server.pooler && !what->transactional_lease) {
    what->fail(errc::not_allowed,
               "a pooler gives the server session to others between transactions; ask for a "
               "lease that is a transaction");
    return;
  }
  auto grant = std::make_shared<lease_grant>();
  grant->connection = self_;
  grant->lease = ++leases_;
  grant->interrupter = interrupter_;
  grant->context = context_;
  lease_ = held_lease{grant->lease, what, false, false, grant};
  self_->send(supervisor_, lease_changed{id_, true});
  // If nobody waits for it any more, the grant dies here and gives itself back.
  what->succeed(std::any{std::move(grant)});
}

void session_owner::execute_leased(std::uint64_t number, const request_ptr& what) {
  if (!session_ || !lease_ || lease_->number != number) {
    what->fail(errc::lease_lost, "the lease has ended: it was released, reclaimed "
                                 "(lease.reclaim_after), or its session was lost");
    return;
  }
  if (what->unwanted())
    return;
  ++what->attempts;
  lease_->touched = true;
  conversation talk{*session_, *state_, context_->options.statements, *what};
  if (lease_->origin->transactional_lease && !std::exchange(lease_->begun, true)) {
    talk.begin(lease_->origin->options);
  }
  what->mark_sent(true);
  try {
    what->succeed(talk.execute(what->steps.front()));
  } catch (const failure& why) {
    what->fail(why.why());
  }
  finish_if_lost();
}

void session_owner::commit_lease(std::uint64_t number, const request_ptr& what) {
  if (!session_ || !lease_ || lease_->number != number) {
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
  end_lease(number);
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
  self_->send(supervisor_, lease_changed{id_, false});
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
