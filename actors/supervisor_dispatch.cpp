// Who runs what, and how many connections there are.

#include "actors/connection.hpp"
#include "actors/supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freehold {

// Now, or when what arrived meanwhile has been looked at too: together it makes
// larger batches.
void pool_supervisor::dispatch_soon() {
  if (dispatch_pending_)
    return;
  if (self_->mailbox().empty())
    return dispatch_waiting();
  dispatch_pending_ = true;
  self_->send(self_, dispatch{});
}

void pool_supervisor::dispatch_waiting() {
  dispatch_pending_ = false;
  const time_point at = now();
  const shedding_options& shedding = context_->options.shedding;
  while (!alone_.empty()) {
    if (alone_.front()->unwanted()) {
      alone_.pop(shedding, at);
      continue;
    }
    const lost_commit* const lost = alone_.front()->lost.get();
    const std::optional<connection_id> id =
        ledger_->pick_exclusive(at, lost != nullptr ? lost->began : time_point::max());
    if (!id) {
      ledger_->reserve_one();
      break;
    }
    const request_ptr what = alone_.pop(shedding, at);
    if (what->kind == request_kind::lease)
      grant_lease(*id, what);
    else
      assign_to(*id, what, at);
  }
  if (alone_.empty())
    ledger_->cancel_reservation();
  const std::size_t share = pipeline_share();
  while (!shared_.empty()) {
    if (shared_.front()->unwanted()) {
      shared_.pop(shedding, at);
      continue;
    }
    const std::size_t depth = std::min<std::size_t>(shared_.front()->depth, share);
    const std::optional<connection_id> id = ledger_->pick_shared(depth);
    if (!id)
      break;
    assign_to(*id, shared_.pop(shedding, at), at);
  }
  send_assignments(at);
  spread_->present(sharing(), at);
  renew();
  grow(at);
}

// How long pipelines may get. Who is in one waits for all before it, and nobody else can serve
// them, so beyond what pays for itself there has to be more for everybody: then it is the equal
// share of a connection, those included that are still to be opened.
std::size_t pool_supervisor::pipeline_share() const {
  return std::max(usual_depth, sharing() / context_->options.pool.max_connections);
}

void pool_supervisor::assign_to(connection_id id, request_ptr what, time_point at) {
  statistics_.acquired(*what, at);
  ledger_->assigned(id, 1);
  auto to = std::find_if(outbox_.rbegin(), outbox_.rend(),
                         [id](const outgoing& each) { return each.to == id; });
  if (to == outbox_.rend()) {
    outbox_.push_back({id, {}});
    to = outbox_.rbegin();
    to->batch.reserve(std::min(shared_.size() + 1, context_->options.pool.pipeline_depth));
  }
  to->batch.push_back(std::move(what));
}

void pool_supervisor::send_assignments(time_point at) {
  for (auto& [id, batch] : outbox_) {
    member& m = members_.at(id);
    if (m.assigned.empty())
      check_session(m, at);
    m.used_at = at;
    m.assigned.insert(m.assigned.end(), batch.begin(), batch.end());
    for (const request_ptr& what : batch)
      wake_at(what->deadline);
    self_->send(m.handle, assign{std::move(batch)});
  }
  outbox_.clear();
}

// One that rested is looked at before it is given work: a server that went away
// meanwhile then costs a round trip and not a request. Whether that was needed.
bool pool_supervisor::check_session(member& m, time_point at) {
  const liveness_options& limits = context_->options.liveness;
  const bool rested = at - m.used_at > limits.check_idle_after;
  if (rested)
    self_->send(m.handle, ping{});
  return rested;
}

void pool_supervisor::grow(time_point at) {
  if (stop_at_)
    return;
  if (breaker_->state() == circuit_state::half_open)
    return try_circuit();
  sizing_input input;
  input.counts = ledger_->counts();
  input.waiting = waiting();
  input.all_busy = input.counts.idle == 0 && input.counts.usable() > 0;
  input.backing_off = retry_connect_at_ && at < *retry_connect_at_;
  input.ceiling = std::min(ceiling_.limit(at), breaker_->connections());
  const database_options& options = context_->options;
  for (std::size_t n = connections_to_open(options.pool, options.connect, input); n > 0; --n) {
    open_one();
  }
}

void pool_supervisor::open_one() {
  const connection_id id = ledger_->add(now());
  member m;
  m.generation = generation_;
  m.interrupt = std::make_shared<interrupter>();
  m.begun = now();
  m.handle =
      context_->own_threads
          ? self_->spawn<caf::detached>(connection, context_, id, supervisor_actor{self_},
                                        requests_, m.interrupt)
          : self_->spawn(connection, context_, id, supervisor_actor{self_}, requests_, m.interrupt);
  self_->monitor(m.handle);
  self_->send(m.handle, open_session{});
  members_.emplace(id, std::move(m));
}

} // namespace freehold
