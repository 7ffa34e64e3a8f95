// A connection that serves one holder: handing it out and taking it back.

#include "actors/supervisor.hpp"

#include <caf/send.hpp>

namespace freehold {

lease_grant::~lease_grant() {
  if (used.load(std::memory_order_acquire)) {
    caf::anon_send(connection, lease_release{number});
    interrupter->wake(); // what still runs for the holder is no longer wanted
  } else if (context->own_threads) {
    send_and_run(supervisor, *context->lent, lease_ended{id});
  } else {
    caf::anon_send(supervisor, lease_ended{id});
  }
}

// The connection learns of its lease by the holder's first statement: a lease
// that is given back unused costs it nothing.
void pool_supervisor::grant_lease(connection_id id, const request_ptr& what) {
  const time_point at = now();
  if (totals_.server && totals_.server->pooler && !what->transactional_lease) {
    ledger_->released(id, at);
    statistics_.failed();
    return turn_away(what, errc::not_allowed,
                     "a pooler gives the server session to others between transactions; ask for "
                     "a lease that is a transaction");
  }
  statistics_.acquired(*what, at);
  member& m = members_.at(id);
  m.held_since = at;
  m.holder = what;
  m.warned = false;
  ledger_->lease(id, at);
  const lease_options& limits = context_->options.lease;
  if (limits.warn_after.count() > 0)
    wake_at(at + limits.warn_after);
  auto grant = std::make_shared<lease_grant>();
  grant->connection = m.handle;
  grant->supervisor = self_;
  grant->id = id;
  grant->number = ++leases_;
  grant->interrupter = m.interrupt;
  grant->context = context_;
  grant->origin = what;
  const bool checked = check_session(m, at);
  m.used_at = at;
  // The receiver of a lease is a future's, so this runs no code of the service. If nobody waits
  // for it any more, the grant ends here and gives itself back.
  if (checked) {
    wake_at(what->deadline);
    self_->send(m.handle, hand_over{std::move(grant)});
  } else {
    what->succeed(std::any{std::move(grant)});
  }
}

// When it ends, for then it is certain that it was handed over.
void pool_supervisor::count_lease(const member& m) {
  if (m.holder && m.holder->succeeded())
    statistics_.answered();
}

void pool_supervisor::take_back(const lease_ended& lease) {
  const auto found = members_.find(lease.id);
  if (found == members_.end())
    return;
  member& m = found->second;
  count_lease(m);
  m.held_since.reset();
  m.holder.reset();
  m.used_at = now();
  ledger_->released(lease.id, m.used_at);
  if (ledger_->drained(lease.id))
    self_->send(m.handle, close_session{});
  if (waiting() > 0 || ledger_->counts().draining > 0)
    dispatch_soon();
  if (stop_at_)
    continue_stop(m.used_at);
}

} // namespace freehold
