// Other options while requests go on.

#include "actors/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

void pool_supervisor::change_to(const adopt& m) {
  const database_options before = context_->options;
  const supervision_options limits = context_->supervision;
  context_ = m.context;
  const database_options& options = context_->options;
  ledger_->reconfigure(options.pool);
  breaker_->reconfigure(options.breaker, options.pool.max_connections);
  backoff_.emplace(options.connect.backoff_first, options.connect.backoff_base,
                   options.connect.backoff_cap, context_->entropy());
  retry_connect_at_.reset(); // what was wrong may be what was changed
  breaker_->try_soon(now());
  if (before.pool.max_connections != options.pool.max_connections)
    spread_.emplace(options.pool.max_connections, now());
  if (limits.restarts != context_->supervision.restarts ||
      limits.period != context_->supervision.period)
    defects_->reconfigure(context_->supervision.restarts, context_->supervision.period);
  if (before.target != options.target)
    ceiling_.lift();
  for (auto& [id, each] : members_)
    self_->send(each.handle, m);
  if (m.renew_sessions) {
    ++generation_;
    for (auto& [id, each] : members_)
      if (ledger_->state(id) == connection_state::connecting)
        each.interrupt->sever(); // to where nobody wants to go any more
  }
  sweep_now(); // deadlines, sizes and lifetimes are others
}

// Sessions that were made for other options go a few at a time, so that the rest serves
// meanwhile: one until the first new one is there, as a proof, then as many as may be
// connecting at once. While nothing connects, none goes: what is there still serves.
void pool_supervisor::renew() {
  if (stop_at_ || renewed_ == generation_ || !breaker_->admits())
    return;
  const time_point at = now();
  const pool_counts counts = ledger_->counts();
  const renewal so_far = count_renewed();
  if (so_far.left == 0 && counts.connecting == 0) {
    renewed_ = generation_;
    context_->log->info("all sessions are of the changed configuration");
    return;
  }
  if (retry_connect_at_ && (at < *retry_connect_at_ || counts.connecting > 0))
    return;
  const std::size_t room = std::min(
      {context_->options.pool.max_connections, ceiling_.limit(at), breaker_->connections()});
  // The first is there before the last of the others goes, if there is room for both.
  if ((so_far.renewed == 0 || retry_connect_at_) && counts.total() < room) {
    if (counts.connecting == 0)
      open_one();
    return;
  }
  const std::size_t at_once = so_far.renewed == 0 ? 1 : context_->options.connect.concurrent;
  const std::size_t under_way = counts.connecting + so_far.draining;
  if (under_way < at_once)
    drain_some(at_once - under_way);
}

pool_supervisor::renewal pool_supervisor::count_renewed() const {
  renewal so_far;
  for (const auto& [id, each] : members_) {
    const connection_state does = ledger_->state(id);
    if (does == connection_state::draining)
      so_far.draining += each.held_since ? 0 : 1;
    else if (does != connection_state::connecting)
      ++(each.generation == generation_ ? so_far.renewed : so_far.left);
  }
  return so_far;
}

void pool_supervisor::drain_some(std::size_t most) {
  std::vector<connection_id> resting;
  std::vector<connection_id> working;
  for (const auto& [id, each] : members_) {
    const connection_state does = ledger_->state(id);
    if (each.generation == generation_ || does == connection_state::connecting ||
        does == connection_state::draining)
      continue;
    // One that is held serves nobody else anyway.
    if (does == connection_state::exclusive || does == connection_state::leased)
      ledger_->drain(id);
    else
      (does == connection_state::idle ? resting : working).push_back(id);
  }
  resting.insert(resting.end(), working.begin(), working.end());
  for (const connection_id id : resting) {
    if (most-- == 0)
      return;
    ledger_->drain(id);
    if (ledger_->drained(id))
      self_->send(members_.at(id).handle, close_session{});
  }
}

} // namespace freehold
